/** What a run of `check` or `drift` found, before it is a report. */
import type { Finding } from '../core/finding.ts';
import type { CommandContext } from './command.ts';
import type { ReportFinding, SuppressedFinding } from './format/report.ts';
import type { Selection } from './workspace.ts';

/** What a live comparison adds to the static findings of one workspace. */
export interface LivePart {
  readonly findings: readonly Finding[];
  readonly calls: Readonly<Record<string, number>>;
  readonly factsCompared: number;
  readonly resources: number;
}

/** The findings of a run, placed and redacted; the lists of the workspaces are in their order. */
export interface Found {
  readonly shown: readonly Shown[];
  readonly findings: readonly ReportFinding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly live: readonly LivePart[];
}

/** What the report tells of a workspace. */
export interface Shown extends Pick<Selection, 'root' | 'files' | 'failed' | 'foreign'> {
  /** How many documents of ours its files have. */
  readonly documents: number;
  readonly allFiles: readonly string[];
  readonly textOf: (file: string) => string | undefined;
}

/** Tells the person what of a workspace could not be read, or is nothing of ours. */
export function noteWhatIsNot(context: CommandContext, shown: Shown, hasFindings: boolean): void {
  const { failed, foreign, root } = shown;
  for (const file of foreign) context.terminal.note(`${file}: not a Drillbook document, left alone.`);
  for (const { file, why } of failed) context.terminal.note(`${file} could not be read: ${why}.`);
  if (shown.documents > 0 || foreign.length > 0 || hasFindings) return;
  context.terminal.note(`No Drillbook document in ${root}. "drillbook init" writes a first one.`);
}
