/** What a drill came to, as the record that is kept of it: its result, its times and effort against the objectives. */
import { controlsOf } from '../core/recovery/controls.ts';
import { frameworksOf } from '../core/recovery/dryRunPlan.ts';
import { restoreFingerprint } from '../core/recovery/fingerprint.ts';
import { shortTime } from '../core/recovery/measure.ts';
import {
  STAGES,
  type DraftRecord,
  type NoteRecord,
  type RunResult,
  type StageRecord,
  type StepRecord,
} from '../core/recovery/record.ts';
import { sha256 } from '../core/recovery/sha256.ts';
import { environmentOf } from '../core/references/environment.ts';
import { policyOf } from '../core/references/policy.ts';
import { asMap, asText, dig } from '../core/references/read.ts';
import { describeDuration, formatDuration, parseDuration } from '../core/values/duration.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

/** What a record needs besides what was told. */
export type RecordedBy = Pick<DraftRecord, 'by'> & {
  readonly redact: (text: string) => string;
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly version: string;
  readonly newId: () => string;
};

export interface Walked {
  readonly steps: readonly StepRecord[];
  /** They stopped in the middle. */
  readonly stopped: boolean;
}

/** `isBack`: undefined where nobody said. */
export function judge(
  walked: Walked,
  isBack: boolean | undefined,
  startedAt: number,
  finishedAt: number,
  rtoMs: number | undefined,
): { readonly result: RunResult; readonly why: string } {
  const done = walked.steps.filter((step) => step.state === 'confirmed').length;
  const failed = walked.steps.find((step) => step.state === 'failed');
  const took = finishedAt - startedAt;
  if (walked.stopped)
    return { result: 'cancelled', why: `The drill was stopped after ${done} ${done === 1 ? 'step' : 'steps'}.` };
  if (failed !== undefined)
    return { result: 'failed', why: `Step ${failed.id} failed: ${failed.message ?? 'no reason was given'}.` };
  if (done === 0) return { result: 'inconclusive', why: 'No step was carried out.' };
  if (isBack === undefined)
    return { result: 'cancelled', why: 'The drill was stopped before anyone said whether the service was back.' };
  if (!isBack)
    return { result: 'failed', why: 'The steps were done, but the service was not back with its data right.' };
  if (rtoMs !== undefined && took > rtoMs)
    return {
      result: 'failed',
      why: `The service was back after ${formatDuration(took)}, later than its RTO of ${formatDuration(rtoMs)}.`,
    };
  const skipped = walked.steps.filter((step) => step.state === 'skipped').length;
  if (skipped > 0)
    return {
      result: 'inconclusive',
      why: `The service was back, but ${skipped} ${skipped === 1 ? 'step was' : 'steps were'} skipped.`,
    };
  return {
    result: 'passed',
    why: `People carried out ${done} ${done === 1 ? 'step' : 'steps'}, and the service was back.`,
  };
}

export interface Outcome {
  readonly walked: Walked;
  readonly people: readonly string[];
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly result: RunResult;
  readonly why: string;
  readonly objectives: Objectives;
  readonly notes?: readonly NoteRecord[];
}

export function draftOf(entry: Entry, workspace: Workspace, dependencies: RecordedBy, outcome: Outcome): DraftRecord {
  const { startedAt, finishedAt, result, why, objectives, walked } = outcome;
  const title = asText(dig(entry.document.value, 'metadata', 'title'));
  const dataClass = asText(dig(entry.document.value, 'dataClass'));
  const environment = environmentOf(entry, workspace)?.name;
  const measuredMs = walked.steps.reduce((total, step) => total + (step.effortMs ?? 0), 0);
  const took = finishedAt - startedAt;
  // A drill that was stopped, or did not bring the service back, shows no recovery time.
  const decided = result === 'passed' || (objectives.rtoMs !== undefined && took > objectives.rtoMs);
  const within = objectives.rtoMs === undefined || !decided ? undefined : took <= objectives.rtoMs;
  const budgetMs = objectives.effortMs;
  return {
    version: 1,
    kind: 'drill',
    id: dependencies.newId(),
    tool: { name: 'drillbook', version: dependencies.version },
    runbook: {
      name: entry.name ?? entry.file,
      file: entry.file,
      ...(title === undefined ? {} : { title }),
      sha256: textSum(entry),
      ...(dependencies.commit === undefined ? {} : { commit: dependencies.commit }),
      ...(dependencies.dirty === undefined ? {} : { dirty: dependencies.dirty }),
    },
    restoreFingerprint: restoreFingerprint(entry.document.value),
    ...(environment === undefined ? {} : { environment: { name: environment } }),
    level: 5,
    requestedLevel: 5,
    result,
    summary: dependencies.redact(why),
    proves: 'runbook',
    ...(dataClass === undefined ? {} : { dataClass }),
    by: dependencies.by,
    engines: [],
    stages: stagesOf(outcome),
    checks: [],
    steps: walked.steps,
    measured: {
      elapsedMs: took,
      ...(objectives.rtoMs === undefined ? {} : { rtoMs: objectives.rtoMs }),
      ...(within === undefined ? {} : { withinRto: within }),
      untimedManualSteps: 0,
      statement: `${result === 'cancelled' ? 'stopped after' : 'drilled in'} ${shortTime(took)}${objectives.rtoMs === undefined ? '' : ` of a ${describeDuration(objectives.rtoMs)} RTO`}`,
    },
    budget: {
      effort: {
        measuredMs,
        ...(budgetMs === undefined ? {} : { budgetMs }),
        over: budgetMs !== undefined && measuredMs > budgetMs,
      },
      items: walked.steps.map((step) => ({ item: step.id, effortMs: step.effortMs ?? 0, how: 'timed in the drill' })),
    },
    drift: { state: 'not-looked', factsCompared: 0, findings: [], unchecked: 0 },
    notes: outcome.notes ?? [],
    teardown: { proven: true, removed: [], remaining: [] },
    attempts: 1,
    controls: controlsOf('drill', 5, result, frameworksOf(policyOf(entry, workspace)?.value)),
    people: outcome.people.map((name) => ({ name: dependencies.redact(name), part: 'took part' })),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
  };
}

/** What people did is the restore; what Drillbook itself does in a dry run was not done. */
function stagesOf({ startedAt, finishedAt, result, why }: Outcome): readonly StageRecord[] {
  const times = {
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    durationMs: finishedAt - startedAt,
  };
  return STAGES.map((stage): StageRecord => {
    if (stage === 'restore') return { stage, state: result, ...times, message: why };
    if (stage === 'measure' || stage === 'record') return { stage, state: 'passed' };
    return { stage, state: 'skipped', message: 'People did it in a drill.' };
  });
}

export interface Objectives {
  readonly rto: string | undefined;
  readonly rtoMs: number | undefined;
  readonly effortMs: number | undefined;
}

export function objectivesOf(entry: Entry, workspace: Workspace): Objectives {
  const inherited = asMap(policyOf(entry, workspace)?.class);
  const restore = asMap(dig(entry.document.value, 'restore'));
  const rto = asText(restore['rto']) ?? asText(inherited['rto']);
  const effort = asText(dig(restore, 'budget', 'effort')) ?? asText(dig(inherited, 'budget', 'effort'));
  return {
    rto,
    rtoMs: rto === undefined ? undefined : parseDuration(rto)?.ms,
    effortMs: effort === undefined ? undefined : parseDuration(effort)?.ms,
  };
}

/** SHA-256 of the runbook's text. */
export function textSum(entry: Entry): string {
  return sha256(entry.parsed.text.slice(entry.document.start, entry.document.end));
}
