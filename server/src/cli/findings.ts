/** The run behind `check` and `drift`: select, check, compare with what is live, filter, print, and the exit status. */
import { checkWorkspace } from '../app/checkWorkspace.ts';
import { readCodeOwners } from '../app/codeOwners.ts';
import type { Finding } from '../core/finding.ts';
import { CATALOGUE } from '../core/rules/catalogue.ts';
import type { Suppression } from '../core/suppression/suppressions.ts';
import type { Workspace } from '../core/workspace.ts';
import { applyBaseline, writeBaseline } from './baseline.ts';
import { buildReport, placeFile, placeFindings, type Accepted, type FindingsOf } from './buildReport.ts';
import { findInLarge } from './findInLarge.ts';
import { noteWhatIsNot, type Found, type LivePart, type Shown } from './found.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import { FORMAT_NAMES } from './format/names.ts';
import type { FormatContext, ReportFinding, SuppressedFinding } from './format/report.ts';
import { FORMATS } from './format/table.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import * as path from 'node:path';
import { columnsOf, shownFrom } from './printedFile.ts';
import { sinceFilter } from './since.ts';
import { severityAsked, statusOf } from './status.ts';
import { locateRoots, readWorkspaces, toSlashes, type Selection } from './workspace.ts';

const HOMEPAGE = 'https://github.com/drillbook/drillbook';

export type { LivePart } from './found.ts';
export type LookLive = (selection: Selection, onSuppressed: OnSuppressed) => Promise<LivePart>;
type OnSuppressed = (finding: Finding, by: Suppression) => void;

/** Checks what the operands name, prints it in every format asked for, and weighs it. */
export async function runFindings(context: CommandContext, name: string, lookLive?: LookLive): Promise<ExitStatus> {
  const { clock } = context.dependencies;
  const startedAtMs = clock.now();
  const outputs = parseOutputs(context, FORMAT_NAMES, 'text');
  const roots = await locateRoots(context, context.operands);
  const large = lookLive === undefined ? await findInLarge(context, roots, outputs) : undefined;
  if (large !== undefined && 'text' in large) {
    await Promise.all([context.terminal.outBytes(large.text), large.keep()]);
    return large.status;
  }
  const found = large?.found ?? (await findInWhole(context, await readWorkspaces(context, roots), lookLive));
  const { shown, live } = found;
  for (const each of shown) {
    const files = new Set(each.files);
    const hasFindings = (): boolean => found.findings.some((finding) => files.has(finding.file));
    noteWhatIsNot(context, each, each.documents > 0 || hasFindings());
  }
  const { findings, suppressed } = await useBaseline(context, found.findings, found.suppressed);
  const report = buildReport({
    version: context.program.version,
    startedAtMs,
    finishedAtMs: clock.now(),
    files: sum(shown.map((each) => each.files.length)),
    documents: sum(shown.map((each) => each.documents)),
    factsCompared: sum(live.map((each) => each.factsCompared)),
    calls: addUp(live.map((each) => each.calls)),
    findings,
  });
  const format = formatContext(context, name, shown, suppressed, sum(live.map((each) => each.resources)));
  const status = statusOf(findings, severityAsked(context));
  const ending = shown.some((each) => each.failed.length > 0) && status === 0 ? 3 : status;
  await writeOutputs(context, outputs, (each, toTerminal) =>
    FORMATS[each](report, { ...format, color: toTerminal && context.terminal.color }),
  );
  await large?.keep();
  return ending;
}

async function findInWhole(
  context: CommandContext,
  selections: readonly Selection[],
  lookLive: LookLive | undefined,
): Promise<Found> {
  const { redact } = context.dependencies.secrets;
  const parts: FindingsOf[] = [];
  const suppressed: SuppressedFinding[] = [];
  const live: LivePart[] = [];
  for (const selection of selections) {
    const found = await findIn(context, selection, lookLive);
    if (found.live !== undefined) live.push(found.live);
    const prefix = selections.length === 1 ? '' : prefixOf(context, selection);
    const part = { workspace: selection.workspace, prefix };
    parts.push({ ...part, findings: found.findings });
    suppressed.push(...placeFile({ ...part, findings: [], suppressed: found.suppressed }, redact).suppressed);
  }
  const shown = selections.map((selection): Shown => ({
    root: selection.root,
    files: selection.files,
    failed: selection.failed,
    foreign: selection.foreign,
    documents: selection.entries.length,
    allFiles: [...selection.texts.keys()],
    textOf: (file) => selection.texts.get(file),
  }));
  return { shown, findings: placeFindings(parts, redact), suppressed, live };
}

async function findIn(
  context: CommandContext,
  selection: Selection,
  lookLive?: LookLive,
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
  const findings = check(selection.workspace, { files: selection.files, onSuppressed });
  const live = lookLive === undefined ? undefined : await lookLive(selection, onSuppressed);
  const all = [...findings, ...(live?.findings ?? [])];
  const revision = context.values.text('since');
  const kept =
    revision === undefined
      ? all
      : (await sinceFilter(context, selection, revision, (workspace) => check(workspace, {}))).keep(all);
  return { findings: kept, suppressed, ...(live === undefined ? {} : { live }) };
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

function formatContext(
  context: CommandContext,
  command: string,
  shown: readonly Shown[],
  suppressed: readonly SuppressedFinding[],
  resources: number,
): Omit<FormatContext, 'color'> {
  const places = new Map<string, { readonly workspace: Shown; readonly file: string }>();
  const shownFiles: string[] = [];
  for (const workspace of shown) {
    const prefix = shown.length === 1 ? '' : prefixOf(context, workspace);
    const chosen = new Set(workspace.files);
    for (const file of workspace.allFiles) {
      places.set(prefix + file, { workspace, file });
      if (chosen.has(file)) shownFiles.push(prefix + file);
    }
  }
  // Findings come file by file: the lines of the last one are all that is kept.
  const shownPaths = new Map<string, string>();
  let last: { readonly file: string; readonly lines: readonly string[] | undefined } | undefined;
  return {
    command,
    suppressed,
    resources,
    columns: columnsOf(context.terminal.columns),
    now: context.dependencies.clock.now(),
    rules: CATALOGUE,
    files: shownFiles,
    helpBase: `${HOMEPAGE}/blob/${context.program.commit.split('+')[0] || 'main'}`,
    homepage: HOMEPAGE,
    linesOf: (file) => {
      if (last?.file !== file) {
        const place = places.get(file);
        last = { file, lines: place?.workspace.textOf(place.file)?.split(/\r?\n/) };
      }
      return last.lines;
    },
    shownPath: (file) => {
      const known = shownPaths.get(file);
      if (known !== undefined) return known;
      const place = places.get(file);
      const made = place === undefined ? file : shownFrom(context.cwd, place.workspace.root, place.file);
      shownPaths.set(file, made);
      return made;
    },
  };
}

function prefixOf(context: CommandContext, { root }: Pick<Selection, 'root'>): string {
  const relative = toSlashes(path.relative(context.cwd, root));
  return relative === '' ? '' : `${relative}/`;
}

function addUp(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const record of records) {
    for (const [key, count] of Object.entries(record)) total[key] = (total[key] ?? 0) + count;
  }
  return total;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
