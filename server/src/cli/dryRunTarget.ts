/** What `drillbook dry-run` is asked to run: a file, a name of the workspace, `#NAME` of one of its dry runs, all, or all that are due. */
import { cadenceOf, type Cadence, type LayerState, type LayerStatus } from '../core/recovery/cadence.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { policyOf } from '../core/references/policy.ts';
import { asTexts, dig } from '../core/references/read.ts';
import type { Entry } from '../core/workspace.ts';
import { UsageError, type CommandContext } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import { runbookNamed } from './oneRunbook.ts';
import { selectWorkspaces, type Selection } from './workspace.ts';

export interface Target {
  readonly selection: Selection;
  readonly entry: Entry;
  /** Name under `dryRuns`; undefined: the first. */
  readonly name: string | undefined;
  /** One of its scenarios, where that is due. */
  readonly scenario?: string;
}

/** @throws UsageError where nothing, or more than one thing, is meant. */
export async function findTargets(context: CommandContext): Promise<readonly Target[]> {
  const { values, operands } = context;
  const written = operands[0];
  const many = values.flag('all') || values.flag('due');
  if (many && written === undefined) return await everything(context);
  if (many) throw new UsageError('--all and --due take no runbook: they choose themselves.');
  if (written === undefined) throw new UsageError('drillbook dry-run needs RUNBOOK[#NAME], --all or --due.', 'dry-run');
  return [await one(context, written)];
}

async function one(context: CommandContext, written: string): Promise<Target> {
  const { base, name } = await splitTarget(context, written);
  return { ...(await runbookNamed(context, base)), name };
}

/** A `#` belongs to the path where such a file is there. */
async function splitTarget(
  context: CommandContext,
  written: string,
): Promise<{ base: string; name: string | undefined }> {
  const hash = written.lastIndexOf('#');
  if (hash < 0 || (await context.dependencies.files.info(written)) !== undefined)
    return { base: written, name: undefined };
  const name = written.slice(hash + 1);
  return { base: written.slice(0, hash), name: name === '' ? undefined : name };
}

async function everything(context: CommandContext): Promise<readonly Target[]> {
  const selections = await selectWorkspaces(context, []);
  const targets: Target[] = [];
  const asked = context.values.text('scenario') !== undefined;
  for (const selection of selections) {
    const due = context.values.flag('due') ? await dueIn(context, selection) : undefined;
    for (const entry of selection.entries.filter((each) => each.kind === 'Runbook')) {
      for (const name of dryRunNames(entry)) {
        const key = `${entry.name ?? ''}#${name}`;
        if (due === undefined || due.has(key)) targets.push({ selection, entry, name });
        if (asked || due === undefined) continue;
        for (const scenario of scenariosOf(entry, name))
          if (due.has(`${key} ${scenario}`)) targets.push({ selection, entry, name, scenario });
      }
    }
  }
  return targets;
}

export function dryRunNames(entry: Entry): readonly string[] {
  const value = entry.document.value;
  const runs: unknown = typeof value === 'object' && value !== null && 'dryRuns' in value ? value.dryRuns : undefined;
  return typeof runs === 'object' && runs !== null ? Object.keys(runs) : [];
}

function scenariosOf(entry: Entry, name: string): readonly string[] {
  return asTexts(dig(entry.document.value, 'dryRuns', name, 'scenarios'));
}

/**
 * Overdue, never run, changed since the last pass, or failed the last time; of what no policy asks for only the last two.
 * A scenario is due with its dry run, where it failed the last time, and where it was never played.
 */
async function dueIn(context: CommandContext, selection: Selection): Promise<ReadonlySet<string>> {
  const due = new Set<string>();
  const evidence = await readEvidence(context, selection.root);
  const played = new Set(evidence.entries.map((each) => `${each.runbook}#${each.dryRun ?? ''} ${each.scenario ?? ''}`));
  for (const { entry, cadence } of await cadencesIn(context, selection, evidence)) {
    for (const layer of cadence.layers)
      if (layer.dryRun !== undefined && isOverdue(layer)) due.add(`${entry.name ?? ''}#${layer.dryRun}`);
    for (const { dryRun } of cadence.needsVerify) due.add(`${entry.name ?? ''}#${dryRun}`);
    for (const { dryRun, level, scenario } of cadence.failed)
      if (dryRun !== undefined && level < 5)
        due.add(`${entry.name ?? ''}#${dryRun}${scenario === undefined ? '' : ` ${scenario}`}`);
    for (const name of dryRunNames(entry))
      for (const scenario of scenariosOf(entry, name)) {
        const key = `${entry.name ?? ''}#${name}`;
        if (due.has(key) || !played.has(`${key} ${scenario}`)) due.add(`${key} ${scenario}`);
      }
  }
  return due;
}

/** Where the verification of each runbook of the selection stands now. */
export async function cadencesIn(
  context: CommandContext,
  selection: Selection,
  known?: EvidenceSummary,
): Promise<readonly { readonly entry: Entry; readonly cadence: Cadence }[]> {
  const evidence = known ?? (await readEvidence(context, selection.root));
  const now = context.dependencies.clock.now();
  return selection.entries
    .filter((each) => each.kind === 'Runbook')
    .map((entry) => {
      const policyClass = policyOf(entry, selection.workspace)?.class;
      return { entry, cadence: cadenceOf(entry.document.value, policyClass, evidence, now) };
    });
}

/** A layer without any evidence is overdue as well. */
export function isOverdue({ state }: LayerStatus): boolean {
  return (['overdue', 'never'] satisfies LayerState[]).some((each) => each === state);
}
