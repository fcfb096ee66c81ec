/** The findings of one file as `check` prints them, so that each thread can set what it found. */
import * as path from 'node:path';
import { findingsText } from './format/text.ts';
import type { ReportFinding } from './format/report.ts';
import { steerless } from './style.ts';
import { toSlashes } from './workspace.ts';

/** What the text of findings depends on beside them and their lines. */
export interface Look {
  readonly cwd: string;
  readonly color: boolean;
  /** Of the terminal. */
  readonly columns: number;
}

/** The width that text is set to, where the terminal has one or not. */
export function columnsOf(columns: number): number {
  return Number.isFinite(columns) ? columns : 100;
}

/** How a file of a workspace is named to a person who stands in `cwd`. */
export function shownFrom(cwd: string, root: string, file: string): string {
  return toSlashes(path.relative(cwd, path.join(root, file)));
}

/** Sets the findings of one file; without secrets, and without what would steer the terminal. */
export function createPrinter(
  root: string,
  { cwd, color, columns }: Look,
  now: number,
  redact: (text: string) => string,
): (file: string, findings: readonly ReportFinding[], text: string) => string {
  const look = { color, columns: columnsOf(columns), now };
  return (file, findings, text) => {
    if (findings.length === 0) return '';
    const shown = shownFrom(cwd, root, file);
    const shownPath = (asked: string): string => (asked === file ? shown : shownFrom(cwd, root, asked));
    let lines: readonly string[] | undefined;
    const linesOf = (asked: string): readonly string[] | undefined =>
      asked === file ? (lines ??= text.split(/\r?\n/)) : undefined;
    return steerless(redact(findingsText(findings, { ...look, shownPath, linesOf })));
  };
}
