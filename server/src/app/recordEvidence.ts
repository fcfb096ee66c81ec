/** The use case *record a drill*: walks a person through the runbook, times and logs each step and who did it. */
import { shortTime } from '../core/recovery/measure.ts';
import { controlsOf } from '../core/recovery/controls.ts';
import { frameworksOf } from '../core/recovery/dryRunPlan.ts';
import { restoreFingerprint } from '../core/recovery/fingerprint.ts';
import {
  STAGES,
  type DraftRecord,
  type EvidenceRecord,
  type RunResult,
  type StageRecord,
  type StepRecord,
} from '../core/recovery/record.ts';
import { sha256 } from '../core/recovery/sha256.ts';
import { askApproval, askDone, isSamePerson, type Conversation, type People } from '../core/recovery/stepTalk.ts';
import { environmentOf } from '../core/references/environment.ts';
import { policyOf } from '../core/references/policy.ts';
import { asMap, asText, asTexts, dig, type PlainMap } from '../core/references/read.ts';
import type { Clock } from '../core/ports.ts';
import { describeDuration, formatDuration, parseDuration } from '../core/values/duration.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

export interface RecordDependencies {
  readonly clock: Clock;
  readonly conversation: Conversation;
  readonly redact: (text: string) => string;
  readonly keep: (draft: DraftRecord) => Promise<{ readonly record: EvidenceRecord; readonly file: string }>;
  readonly by: DraftRecord['by'];
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly version: string;
  readonly newId: () => string;
  /** Who wrote a step, by its id: they can't approve it. */
  readonly authors?: (step: string) => People;
}

interface Walked {
  readonly steps: readonly StepRecord[];
  /** They stopped in the middle. */
  readonly stopped: boolean;
}

/** Walks through the runbook and returns the record as it stands in the journal. */
export async function recordEvidence(
  entry: Entry,
  workspace: Workspace,
  dependencies: RecordDependencies,
): Promise<{ readonly record: EvidenceRecord; readonly file: string }> {
  const { clock, conversation } = dependencies;
  const steps = stepsOf(entry);
  const objectives = objectivesOf(entry, workspace);
  conversation.tell(
    `Drill of ${entry.name ?? entry.file}: ${steps.length} steps${objectives.rto === undefined ? '' : `, RTO ${objectives.rto}`}. For each: Enter when it is done, "f" where it failed, "s" to skip it, "q" to stop.`,
  );
  const people = splitPeople((await conversation.ask('Who takes part (names, with commas)? ')) ?? '');
  const startedAt = clock.now();
  const walked = await walk(steps, people, dependencies);
  const answer = walked.stopped
    ? undefined
    : await conversation.ask('Is the service back, with its data right (y/n)? ');
  const finishedAt = clock.now();
  const { result, why } = judge(walked, answer, startedAt, finishedAt, objectives.rtoMs);
  return await dependencies.keep(
    draftOf(entry, workspace, dependencies, { walked, people, startedAt, finishedAt, result, why, objectives }),
  );
}

function stepsOf(entry: Entry): readonly PlainMap[] {
  const steps = dig(entry.document.value, 'restore', 'steps');
  const waiting = (Array.isArray(steps) ? steps.map(asMap) : []).map((step, index) => ({
    step,
    index,
    id: asText(step['id']) ?? `step ${index + 1}`,
  }));
  const ordered: PlainMap[] = [];
  const done = new Set<string>();
  const known = new Set(waiting.map((each) => each.id));
  while (waiting.length > 0) {
    // In order, unless `needs` says otherwise; a circle is taken as it is written.
    const next = Math.max(
      0,
      waiting.findIndex(({ step }) => asTexts(step['needs']).every((need) => done.has(need) || !known.has(need))),
    );
    const [taken] = waiting.splice(next, 1);
    if (taken === undefined) break;
    ordered.push({ ...taken.step, id: taken.id });
    done.add(taken.id);
  }
  return ordered;
}

async function walk(steps: readonly PlainMap[], people: People, dependencies: RecordDependencies): Promise<Walked> {
  const { conversation } = dependencies;
  const records: StepRecord[] = [];
  for (const [index, step] of steps.entries()) {
    const id = asText(step['id']) ?? '';
    const manual = asText(step['manual']);
    const text = manual ?? asText(step['run']) ?? '';
    conversation.tell(`\n${index + 1}/${steps.length} ${id}${manual === undefined ? ' (run)' : ''}\n  ${text}`);
    const { record, stopped } = await walkStep(step, people, dependencies);
    records.push(record);
    if (stopped) return { steps: records, stopped };
    if (record.state === 'failed' && !/^y/i.test((await conversation.ask('Go on with the next step (y/n)? ')) ?? ''))
      return { steps: records, stopped: false };
  }
  return { steps: records, stopped: false };
}

/** One step from its approval to who did it; one that they stop in is kept as far as it came. */
async function walkStep(
  step: PlainMap,
  people: People,
  { clock, conversation, redact, authors }: RecordDependencies,
): Promise<{ readonly record: StepRecord; readonly stopped: boolean }> {
  const id = asText(step['id']) ?? '';
  const approval = asText(step['approval']);
  const alone = people.length === 1 ? { doers: people } : {};
  const approved =
    approval === undefined ? {} : await askApproval(conversation, approval, { authors: authors?.(id) ?? [], ...alone });
  const from = clock.now();
  const done = await askDone(conversation);
  const to = clock.now();
  const stopped = done.state === 'stopped';
  const asked =
    people.length < 2 ? people[0] : stopped ? undefined : await conversation.ask(`Who did it (${people.join(', ')})? `);
  const by = asked?.trim() ?? '';
  const ownWork = approved.by !== undefined && by !== '' && isSamePerson(approved.by, by);
  const words = [
    stopped ? 'the drill was stopped in this step' : done.said,
    ownWork ? `${by} did it and can't have approved it` : approved.why,
  ].filter((each) => each !== undefined);
  return {
    stopped,
    record: {
      id,
      kind: step['manual'] === undefined ? 'run' : 'manual',
      state: done.state === 'stopped' ? 'inconclusive' : done.state,
      startedAt: new Date(from).toISOString(),
      finishedAt: new Date(to).toISOString(),
      durationMs: to - from,
      ...(done.state === 'skipped' ? {} : { effortMs: to - from }),
      ...(by === '' ? {} : { by: redact(by) }),
      ...(approved.by === undefined || ownWork ? {} : { approvedBy: redact(approved.by) }),
      ...(words.length === 0 ? {} : { message: redact(words.join('; ')) }),
    },
  };
}

function judge(
  walked: Walked,
  answer: string | undefined,
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
  if (answer === undefined || !/^y/i.test(answer.trim()))
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

interface Outcome {
  readonly walked: Walked;
  readonly people: readonly string[];
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly result: RunResult;
  readonly why: string;
  readonly objectives: Objectives;
}

function draftOf(entry: Entry, workspace: Workspace, dependencies: RecordDependencies, outcome: Outcome): DraftRecord {
  const { startedAt, finishedAt, result, why, objectives, walked } = outcome;
  const text = entry.parsed.text.slice(entry.document.start, entry.document.end);
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
      sha256: sha256(text),
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
    notes: [],
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

interface Objectives {
  readonly rto: string | undefined;
  readonly rtoMs: number | undefined;
  readonly effortMs: number | undefined;
}

function objectivesOf(entry: Entry, workspace: Workspace): Objectives {
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

function splitPeople(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(/[,;]/)
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    ),
  ];
}
