/** What a run of `check` or `drift` found, as every format prints it; its shape is the JSON format's, version 1. */
import type { PositionRange } from '../../core/document/navigate.ts';
import type { Path } from '../../core/document/node.ts';
import type { ResourceRef, Severity } from '../../core/finding.ts';

export interface ReportFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** From the workspace root, with `/`. */
  readonly file: string;
  readonly range: PositionRange;
  readonly path: Path;
  readonly document: number;
  readonly resource?: ResourceRef;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly observedAt?: string;
  readonly related?: readonly ReportRelated[];
  /** Page of the code, from the project's root. */
  readonly help: string;
  /** Stable over line moves: code, file, path and resource, hashed. */
  readonly fingerprint: string;
}

export interface ReportRelated {
  readonly file: string;
  readonly range: PositionRange;
  readonly message: string;
}

/** A finding that a comment or a baseline accepts: no format but SARIF shows it. */
export interface SuppressedFinding extends ReportFinding {
  readonly suppressedBy: 'comment' | 'baseline';
  readonly reason: string;
  /** ISO date. */
  readonly until: string;
}

export interface Summary {
  readonly error: number;
  readonly warning: number;
  readonly information: number;
  readonly unchecked: number;
  readonly factsCompared: number;
}

export interface Report {
  readonly version: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly files: number;
  readonly documents: number;
  readonly summary: Summary;
  readonly calls: Readonly<Record<string, number>>;
  readonly findings: readonly ReportFinding[];
}

/** What formats need beside the report itself. */
export interface FormatContext {
  readonly color: boolean;
  readonly columns: number;
  /** Milliseconds since the epoch, to tell the age of an observation. */
  readonly now: number;
  /** The lines of a file, for showing them; undefined where it can't be shown. */
  readonly linesOf: (file: string) => readonly string[] | undefined;
  /** Path of a file as the person sees it from where they stand. */
  readonly shownPath: (file: string) => string;
  readonly suppressed: readonly SuppressedFinding[];
  /** Title and default severity of every code. */
  readonly rules: readonly { readonly code: string; readonly severity: Severity; readonly title: string }[];
  /** Which files were checked, for formats that list what passed. */
  readonly files: readonly string[];
  /** Base of the links to the pages of the codes. */
  readonly helpBase: string;
  /** Address of the project. */
  readonly homepage: string;
  /** `check` or `drift`. */
  readonly command: string;
  readonly resources: number;
}
