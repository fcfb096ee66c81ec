/** The use case *record a drill*: walks a person through the runbook, times and logs each step and who did it. */
import { controlsOf } from '../core/recovery/controls.ts';
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
import { environmentOf } from '../core/references/environment.ts';
import { policyOf } from '../core/references/policy.ts';
import { asMap, asText, asTexts, dig, type PlainMap } from '../core/references/read.ts';
import type { Clock } from '../core/ports.ts';
import { formatDuration, parseDuration } from '../core/values/duration.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

/** The person at the other end. */
export interface Conversation {
  tell(text: string): void;
  /** Undefined where they went away. */
  ask(question: string): Promise<string | undefined>;
}

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

async function walk(
  steps: readonly PlainMap[],
  people: readonly string[],
  { clock, conversation, redact }: RecordDependencies,
): Promise<Walked> {
  const records: StepRecord[] = [];
  for (const [index, step] of steps.entries()) {
    const id = asText(step['id']) ?? '';
    const manual = asText(step['manual']);
    const text = manual ?? asText(step['run']) ?? '';
    conversation.tell(`\n${index + 1}/${steps.length} ${id}${manual === undefined ? ' (run)' : ''}\n  ${text}`);
    const approval = asText(step['approval']);
    const approvedBy =
      approval === undefined ? undefined : await conversation.ask(`Needs the approval of ${approval}. Who approves? `);
    const from = clock.now();
    const answer = await conversation.ask('Done? ');
    const to = clock.now();
    if (answer === undefined || /^q/i.test(answer.trim())) return { steps: records, stopped: true };
    const word = answer.trim();
    const state = /^f(ail(ed)?)?$/i.test(word) ? 'failed' : /^s(kip(ped)?)?$/i.test(word) ? 'skipped' : 'confirmed';
    const said =
      state !== 'confirmed' ? await conversation.ask('Why? ') : /^(y(es)?|d(one)?)?$/i.test(word) ? undefined : word;
    const by = people.length > 1 ? await conversation.ask(`Who did it (${people.join(', ')})? `) : people[0];
    records.push({
      id,
      kind: manual === undefined ? 'run' : 'manual',
      state,
      startedAt: new Date(from).toISOString(),
      finishedAt: new Date(to).toISOString(),
      durationMs: to - from,
      ...(state === 'skipped' ? {} : { effortMs: to - from }),
      ...(by === undefined || by.trim() === '' ? {} : { by: redact(by.trim()) }),
      ...(approvedBy === undefined || approvedBy.trim() === '' ? {} : { approvedBy: redact(approvedBy.trim()) }),
      ...(said === undefined || said.trim() === '' ? {} : { message: redact(said.trim()) }),
    });
    if (state === 'failed' && !/^y/i.test((await conversation.ask('Go on with the next step (y/n)? ')) ?? ''))
      return { steps: records, stopped: false };
  }
  return { steps: records, stopped: false };
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
  if (walked.stopped) return { result: 'cancelled', why: `The drill was stopped after ${done} steps.` };
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
  if (skipped > 0) return { result: 'inconclusive', why: `The service was back, but ${skipped} steps were skipped.` };
  return { result: 'passed', why: `People carried out ${done} steps, and the service was back.` };
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
  const within = objectives.rtoMs === undefined ? undefined : took <= objectives.rtoMs;
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
      statement: `drilled in ${formatDuration(took)}${objectives.rto === undefined ? '' : ` of a ${objectives.rto} RTO`}`,
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
    controls: controlsOf('drill', 5, result),
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
