/** Every runbook with what a person wants to see at a glance: the state behind the Test Explorer, the recovery view and the readiness report. */
import { cadenceOf, type LayerStatus } from '../core/recovery/cadence.ts';
import { policyOf } from '../core/references/policy.ts';
import { asText, dig } from '../core/references/read.ts';
import { resourcesOf } from '../core/references/effective.ts';
import type { EvidenceEntry, EvidenceSummary } from '../core/rules/rule.ts';
import type { Entry } from '../core/workspace.ts';
import type { DryRunState, LastRun, PastRun, RunbookState } from '../protocol.ts';
import type { LanguageContext } from './context.ts';
import { lineOf, lineOfFailure } from './dryRunLines.ts';
import { dryRunsOf, lastRun } from './dryRuns.ts';
import { objectivesOf } from './objectives.ts';

/**
 * The state of one runbook; `evidenceUri` turns a record's path from the root into its URI, `worstOf` says what the
 * findings on a resource come to, by its name: that it was found says little where it drifted.
 */
export function runbookState(
  context: LanguageContext,
  entry: Entry,
  evidenceUri: (path: string) => string,
  findings: { readonly drifted: number; readonly unchecked: number },
  worstOf: (resource: string) => string | undefined = () => undefined,
): RunbookState {
  const { value } = entry.document;
  const live = context.live.resourcesOf(context.file).filter((each) => each.document === entry.document.index);
  const checkedAtMs = context.live.stateOf(context.file)?.checkedAtMs;
  const cadence = cadenceOf(value, policyOf(entry, context.workspace)?.class, context.evidence, context.now);
  const overdue = cadence.layers.filter((layer) => layer.state === 'overdue' || layer.state === 'never');
  const dataClass = asText(dig(value, 'dataClass'));
  const recovery = asText(dig(value, 'recovery'));
  const owners = dig(value, 'metadata', 'owners');
  return {
    uri: context.uri,
    name: entry.name ?? '',
    title: asText(dig(value, 'metadata', 'title')) ?? entry.name ?? context.file,
    line: lineOf(entry, ['metadata', 'name']) ?? lineOf(entry, ['kind']) ?? 0,
    ...(dataClass === undefined ? {} : { dataClass }),
    ...(recovery === undefined ? {} : { recovery }),
    owners: (Array.isArray(owners) ? owners : []).flatMap((owner) => asText(dig(owner, 'name')) ?? asText(owner) ?? []),
    ...findings,
    ...(checkedAtMs === undefined ? {} : { checkedAt: new Date(checkedAtMs).toISOString() }),
    overdue: overdue.map(layerText),
    dryRuns: dryRunStates(context, entry, cadence.layers, evidenceUri),
    resources: resourcesOf(entry, context.workspace)
      .filter((resource) => resource.name !== undefined)
      .map((resource) => {
        const seen = live.find((each) => each.name === resource.name);
        const name = resource.name ?? '';
        return {
          name,
          kind: resource.kind,
          id: resource.id ?? '',
          line: lineOf(entry, ['resources', name]) ?? 0,
          state: worstOf(name) ?? seen?.observation.state ?? 'not checked',
          ...(seen ? { at: seen.observation.at } : {}),
        };
      }),
  };
}

function dryRunStates(
  context: LanguageContext,
  entry: Entry,
  layers: readonly LayerStatus[],
  evidenceUri: (path: string) => string,
): DryRunState[] {
  const { rtoMs } = objectivesOf(entry, context.workspace);
  return dryRunsOf(entry, context.workspace, context.evidence).map(({ name, scenarios, last }) => ({
    name,
    line: lineOf(entry, ['dryRuns', name]) ?? 0,
    scenarios,
    ...(last ? { last: lastState(last, evidenceUri, lineOfFailure(entry, name, last.failed)) } : {}),
    ...scenarioRuns(context.evidence, entry, name, scenarios, evidenceUri),
    ...historyOf(context.evidence, entry.name, name),
    ...(rtoMs === undefined ? {} : { rtoMs }),
    due: layers.some((layer) => layer.dryRun === name && layer.state !== 'current'),
  }));
}

function scenarioRuns(
  evidence: EvidenceSummary,
  entry: Entry,
  dryRun: string,
  scenarios: readonly string[],
  evidenceUri: (path: string) => string,
): Pick<DryRunState, 'lastOf'> {
  const played = scenarios.flatMap((scenario) => {
    const last = lastRun(evidence, entry.name, dryRun, scenario);
    return last === undefined
      ? []
      : [[scenario, lastState(last, evidenceUri, lineOfFailure(entry, dryRun, last.failed))] as const];
  });
  return played.length === 0 ? {} : { lastOf: Object.fromEntries(played) };
}

/** How many past runs are told: enough for a trend. */
const MOST_PAST = 24;

function historyOf(
  evidence: EvidenceSummary,
  runbook: string | undefined,
  dryRun: string,
): { readonly history?: readonly PastRun[] } {
  const history = evidence.entries
    .filter((each) => each.runbook === runbook && each.dryRun === dryRun && each.scenario === undefined)
    .sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1))
    .slice(-MOST_PAST)
    .map(({ result, level, finishedAt, elapsedMs, restoreMs }) => ({
      result,
      level,
      at: finishedAt,
      ...(elapsedMs === undefined ? {} : { elapsedMs }),
      ...(restoreMs === undefined ? {} : { restoreMs }),
    }));
  return history.length > 0 ? { history } : {};
}

function lastState(last: EvidenceEntry, evidenceUri: (path: string) => string, line: number | undefined): LastRun {
  return {
    result: last.result,
    level: last.level,
    at: last.finishedAt,
    ...(last.elapsedMs === undefined ? {} : { elapsedMs: last.elapsedMs }),
    ...(last.file === undefined ? {} : { evidence: evidenceUri(last.file) }),
    ...(last.result === 'passed' ? {} : { message: last.message ?? `The last run ended as ${last.result}.` }),
    ...(last.result === 'passed' || line === undefined ? {} : { line }),
  };
}

function layerText(layer: LayerStatus): string {
  const which = layer.dryRun === undefined ? '' : ` of ${layer.dryRun}`;
  const name = layer.layer === 'restore-test' ? 'restore test' : layer.layer;
  return layer.state === 'never'
    ? `${name}${which}: never done (every ${layer.every})`
    : `${name}${which}: overdue (every ${layer.every})`;
}
