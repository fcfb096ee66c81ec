/** The run behind `check` and `drift`: select, check, compare with what is live, filter, print, and the exit status. */
import { checkWorkspace } from '../app/checkWorkspace.ts';
import { readCodeOwners } from '../app/codeOwners.ts';
import type { Finding, Severity } from '../core/finding.ts';
import { CATALOGUE } from '../core/rules/catalogue.ts';
import type { Suppression } from '../core/suppression/suppressions.ts';
import type { Workspace } from '../core/workspace.ts';
import { applyBaseline, writeBaseline } from './baseline.ts';
import { buildReport, placeFindings, type FindingsOf } from './buildReport.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import { FORMAT_NAMES } from './format/names.ts';
import type { FormatContext, ReportFinding, SuppressedFinding } from './format/report.ts';
import { FORMATS } from './format/table.ts';
import { findOrRecall, type Found } from './recalledFindings.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import * as path from 'node:path';
import { sinceFilter } from './since.ts';
import { statusOf } from './status.ts';
import { selectWorkspaces, toSlashes, type Selection } from './workspace.ts';

export const HOMEPAGE = 'https://github.com/drillbook/drillbook';

/** What a live comparison adds to the static findings of one workspace. */
export interface LivePart {
  readonly findings: readonly Finding[];
  readonly calls: Readonly<Record<string, number>>;
  readonly factsCompared: number;
  readonly resources: number;
}

export type LookLive = (selection: Selection, onSuppressed: OnSuppressed) => Promise<LivePart>;
type OnSuppressed = (finding: Finding, by: Suppression) => void;

interface Accepted {
  readonly finding: Finding;
  readonly by: Suppression;
}

/** Checks what the operands name, prints it in every format asked for, and weighs it. */
export async function runFindings(context: CommandContext, name: string, lookLive?: LookLive): Promise<ExitStatus> {
  const { clock, secrets } = context.dependencies;
  const startedAtMs = clock.now();
  const outputs = parseOutputs(context, FORMAT_NAMES, 'text');
  const selections = await selectWorkspaces(context, context.operands);
  const live: LivePart[] = [];
  const find = async (onChangesAt?: (ms: number) => void): Promise<Found> => {
    const parts: FindingsOf[] = [];
    let suppressed: readonly SuppressedFinding[] = [];
    for (const selection of selections) {
      const found = await findIn(context, selection, lookLive, onChangesAt);
      if (found.live !== undefined) live.push(found.live);
      const prefix = selections.length === 1 ? '' : prefixOf(context, selection);
      const part = { workspace: selection.workspace, prefix };
      parts.push({ ...part, findings: found.findings });
      suppressed = [...suppressed, ...found.suppressed.flatMap((each) => fromComment(part, each, secrets.redact))];
    }
    return {
      findings: placeFindings(parts, secrets.redact),
      suppressed,
      documents: selections.map((each) => each.entries.length),
      foreign: selections.map((each) => each.foreign),
    };
  };
  const [only] = selections;
  const found =
    selections.length === 1 && only !== undefined && lookLive === undefined
      ? await findOrRecall(context, only, find)
      : await find();
  for (const [index, selection] of selections.entries()) noteWhatIsNot(context, selection, index, found);
  const { findings, suppressed } = await useBaseline(context, found.findings, found.suppressed);
  const report = buildReport({
    version: context.program.version,
    startedAtMs,
    finishedAtMs: clock.now(),
    files: sum(selections.map((each) => each.files.length)),
    documents: sum(found.documents),
    factsCompared: sum(live.map((each) => each.factsCompared)),
    calls: addUp(live.map((each) => each.calls)),
    findings,
  });
  const format = formatContext(context, name, selections, suppressed, sum(live.map((each) => each.resources)));
  await writeOutputs(context, outputs, (each, toTerminal) =>
    FORMATS[each](report, { ...format, color: toTerminal && context.terminal.color }),
  );
  const failed = selections.some((each) => each.failed.length > 0);
  const status = statusOf(findings, severityAsked(context));
  return failed && status === 0 ? 3 : status;
}

async function findIn(
  context: CommandContext,
  selection: Selection,
  lookLive?: LookLive,
  onChangesAt?: (ms: number) => void,
): Promise<{
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Accepted[];
  readonly live?: LivePart;
}> {
  const evidence = await readEvidence(context, selection.root);
  const codeOwners = await readCodeOwners(context.dependencies.files, selection.root);
  const owners = codeOwners === undefined ? {} : { codeOwners };
  const suppressed: Accepted[] = [];
  const onSuppressed: OnSuppressed = (finding, by) => void suppressed.push({ finding, by });
  const check = (workspace: Workspace, options: Partial<Parameters<typeof checkWorkspace>[1]>): readonly Finding[] =>
    checkWorkspace(workspace, { now: context.dependencies.clock.now(), evidence, ...owners, ...options });
  const told = onChangesAt === undefined ? {} : { onChangesAt };
  const findings = check(selection.workspace, { files: selection.files, onSuppressed, ...told });
  const live = lookLive === undefined ? undefined : await lookLive(selection, onSuppressed);
  const all = [...findings, ...(live?.findings ?? [])];
  const revision = context.values.text('since');
  const kept =
    revision === undefined
      ? all
      : (await sinceFilter(context, selection, revision, (workspace) => check(workspace, {}))).keep(all);
  return { findings: kept, suppressed, ...(live === undefined ? {} : { live }) };
}

function severityAsked(context: CommandContext): Severity {
  const written = context.values.text('fail-on');
  return written === 'warning' || written === 'information' ? written : 'error';
}

function noteWhatIsNot(context: CommandContext, selection: Selection, index: number, found: Found): void {
  const { failed, root } = selection;
  const foreign = found.foreign[index] ?? [];
  for (const file of foreign) context.terminal.note(`${file}: not a Drillbook document, left alone.`);
  for (const { file, why } of failed) context.terminal.note(`${file} could not be read: ${why}.`);
  const isEmpty = (found.documents[index] ?? 0) === 0 && foreign.length === 0;
  if (isEmpty && found.findings.every((finding) => !selection.files.includes(finding.file))) {
    context.terminal.note(`No Drillbook document in ${root}. "drillbook init" writes a first one.`);
  }
}

async function useBaseline(
  context: CommandContext,
  findings: readonly ReportFinding[],
  suppressed: readonly SuppressedFinding[],
): Promise<{ findings: readonly ReportFinding[]; suppressed: readonly SuppressedFinding[] }> {
  const { values, terminal } = context;
  const write = values.text('write-baseline');
  if (write !== undefined) {
    const count = await writeBaseline(context, write, findings);
    terminal.note(
      `Wrote ${write}: ${count} findings accepted for 90 days. Give each its reason, and use it with --baseline ${write}.`,
    );
  }
  const file = values.text('baseline') ?? write;
  if (file === undefined) return { findings, suppressed };
  const applied = await applyBaseline(context, file, findings);
  if (applied.expired > 0) terminal.note(`${applied.expired} findings of ${file} are past their date.`);
  if (applied.stale > 0) terminal.note(`${applied.stale} entries of ${file} accept nothing any more; take them out.`);
  return { findings: applied.findings, suppressed: [...suppressed, ...applied.suppressed] };
}

/** A finding that a comment accepts, with the comment's own words. */
function fromComment(
  part: Omit<FindingsOf, 'findings'>,
  accepted: Accepted,
  redact: (text: string) => string,
): SuppressedFinding[] {
  const placed = placeFindings([{ ...part, findings: [accepted.finding] }], redact);
  return placed.map((finding) => ({
    ...finding,
    suppressedBy: 'comment',
    reason: redact(accepted.by.reason ?? ''),
    until: accepted.by.until ?? '',
  }));
}

function formatContext(
  context: CommandContext,
  command: string,
  selections: readonly Selection[],
  suppressed: readonly SuppressedFinding[],
  resources: number,
): Omit<FormatContext, 'color'> {
  const places = new Map<string, { readonly selection: Selection; readonly file: string }>();
  const shownFiles: string[] = [];
  for (const selection of selections) {
    const prefix = selections.length === 1 ? '' : prefixOf(context, selection);
    const chosen = new Set(selection.files);
    for (const file of selection.texts.keys()) {
      places.set(prefix + file, { selection, file });
      if (chosen.has(file)) shownFiles.push(prefix + file);
    }
  }
  // Findings come file by file: the lines of the last one are all that is kept.
  let last: { readonly shown: string; readonly lines: readonly string[] | undefined } | undefined;
  return {
    command,
    suppressed,
    resources,
    columns: context.terminal.columns,
    now: context.dependencies.clock.now(),
    rules: CATALOGUE,
    files: shownFiles,
    helpBase: `${HOMEPAGE}/blob/${context.program.commit.split('+')[0] || 'main'}`,
    homepage: HOMEPAGE,
    linesOf: (shown) => {
      if (last?.shown !== shown) {
        const place = places.get(shown);
        last = { shown, lines: place?.selection.texts.get(place.file)?.split(/\r?\n/) };
      }
      return last.lines;
    },
    shownPath: (shown) => {
      const place = places.get(shown);
      return place === undefined
        ? shown
        : toSlashes(path.relative(context.cwd, path.join(place.selection.root, place.file)));
    },
  };
}

function prefixOf(context: CommandContext, selection: Selection): string {
  const relative = toSlashes(path.relative(context.cwd, selection.root));
  return relative === '' ? '' : `${relative}/`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function addUp(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const record of records) {
    for (const [key, count] of Object.entries(record)) total[key] = (total[key] ?? 0) + count;
  }
  return total;
}
