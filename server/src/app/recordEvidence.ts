/** The use case *record a drill*: walks a person through the runbook, times and logs each step and who did it. */
import type { DraftRecord, EvidenceRecord, NoteRecord, StepRecord } from '../core/recovery/record.ts';
import {
  askApproval,
  askDone,
  askYesNo,
  isSamePerson,
  type Conversation,
  type People,
} from '../core/recovery/stepTalk.ts';
import { asText, asTexts, asMap, dig, type PlainMap } from '../core/references/read.ts';
import type { Clock } from '../core/ports.ts';
import { shortTime } from '../core/recovery/measure.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import { draftOf, judge, objectivesOf, textSum, type RecordedBy, type Walked } from './drillRecord.ts';

/** A drill as far as it has come, kept after each step: the program may be killed in the middle of it. */
export interface BegunDrill {
  readonly version: 1;
  /** SHA-256 of the runbook's text that is walked through. */
  readonly runbook: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly savedAt: number;
  readonly people: People;
  readonly steps: readonly StepRecord[];
}

/** Where the one drill of a runbook that is under way is kept. */
export interface BegunDrills {
  read(): Promise<BegunDrill | undefined>;
  write(drill: BegunDrill): Promise<void>;
  remove(): Promise<void>;
}

export interface RecordDependencies extends RecordedBy {
  readonly clock: Clock;
  readonly conversation: Conversation;
  readonly keep: (draft: DraftRecord) => Promise<Kept>;
  readonly begun: BegunDrills;
  /** Who wrote a step, by its id: they can't approve it. */
  readonly authors?: (step: string) => People;
}

interface Kept {
  readonly record: EvidenceRecord;
  readonly file: string;
}

type Begun = Pick<BegunDrill, 'startedAt' | 'people' | 'steps'> & { readonly notes: readonly NoteRecord[] };

/** Walks through the runbook and returns the record as it stands in the journal; undefined where they left before it began. */
export async function recordEvidence(
  entry: Entry,
  workspace: Workspace,
  dependencies: RecordDependencies,
): Promise<Kept | undefined> {
  const { clock, conversation } = dependencies;
  const steps = stepsOf(entry);
  const objectives = objectivesOf(entry, workspace);
  const before = await takeUp(entry, workspace, steps.length, dependencies);
  if (before === 'gone') return undefined;
  conversation.tell(
    `Drill of ${entry.name ?? entry.file}: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}${objectives.rto === undefined ? '' : `, RTO ${objectives.rto}`}. For each: Enter when it is done, "f" where it failed, "s" to skip it, "q" to stop.`,
  );
  const people = before?.people ?? splitPeople((await conversation.ask('Who takes part (names, with commas)? ')) ?? '');
  const startedAt = before?.startedAt ?? clock.now();
  const save = async (done: readonly StepRecord[]): Promise<void> =>
    await dependencies.begun.write({
      version: 1,
      runbook: textSum(entry),
      startedAt,
      savedAt: clock.now(),
      people,
      steps: done,
    });
  const walked = await walk(steps, before?.steps ?? [], people, dependencies, save);
  const isBack = walked.stopped
    ? undefined
    : await askYesNo(conversation, 'Is the service back, with its data right (y/n)? ');
  const finishedAt = clock.now();
  const { result, why } = judge(walked, isBack, startedAt, finishedAt, objectives.rtoMs);
  const outcome = { walked, people, startedAt, finishedAt, result, why, objectives, notes: before?.notes ?? [] };
  const kept = await dependencies.keep(draftOf(entry, workspace, dependencies, outcome));
  await dependencies.begun.remove();
  return kept;
}

/** A drill that was broken off: gone on with, or kept as the broken one that it is before a new one begins. */
async function takeUp(
  entry: Entry,
  workspace: Workspace,
  all: number,
  dependencies: RecordDependencies,
): Promise<Begun | 'gone' | undefined> {
  const { begun, clock, conversation } = dependencies;
  const found = await begun.read();
  if (!found) return undefined;
  const when = `A drill of ${entry.name ?? entry.file} that began at ${new Date(found.startedAt).toISOString()} was broken off after ${found.steps.length} of ${all} steps`;
  const isSame = found.runbook === textSum(entry);
  if (!isSame) conversation.tell(`${when}. The runbook has changed since, so it can't be gone on with.`);
  const goOn = isSame && (await askYesNo(conversation, `${when}. Go on with it (y), or begin anew (n)? `));
  if (goOn === undefined) return 'gone';
  if (!goOn) {
    const { file } = await keepBroken(entry, workspace, dependencies, found);
    conversation.tell(`What was done of it is kept as a stopped drill: ${file}`);
    return undefined;
  }
  const message = `The drill was broken off after ${found.steps.length} steps and gone on with ${shortTime(clock.now() - found.savedAt)} later; that time counts.`;
  return { ...found, notes: [{ severity: 'warning', code: 'drill-resumed', message }] };
}

/** Keeps the drill that was broken off as far as it came. */
async function keepBroken(
  entry: Entry,
  workspace: Workspace,
  dependencies: RecordDependencies,
  { startedAt, savedAt, people, steps }: BegunDrill,
): Promise<Kept> {
  const objectives = objectivesOf(entry, workspace);
  const walked = { steps, stopped: true };
  const message = 'The program ended in the middle of this drill; these are the steps that it had kept.';
  const kept = await dependencies.keep(
    draftOf(entry, workspace, dependencies, {
      ...{ walked, people, startedAt, finishedAt: savedAt, objectives },
      ...judge(walked, undefined, startedAt, savedAt, objectives.rtoMs),
      notes: [{ severity: 'warning', code: 'drill-broken-off', message }],
    }),
  );
  await dependencies.begun.remove();
  return kept;
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

/** The steps from the first that is not among `done`; what is done is saved before the next one begins. */
async function walk(
  steps: readonly PlainMap[],
  done: readonly StepRecord[],
  people: People,
  dependencies: RecordDependencies,
  save: (records: readonly StepRecord[]) => Promise<void>,
): Promise<Walked> {
  const { conversation } = dependencies;
  const records: StepRecord[] = [...done];
  const endsHere = async (): Promise<boolean> =>
    records.at(-1)?.state === 'failed' && (await askYesNo(conversation, 'Go on with the next step (y/n)? ')) !== true;
  await save(records);
  if (await endsHere()) return { steps: records, stopped: false };
  for (const [index, step] of steps.entries()) {
    if (index < done.length) continue;
    const id = asText(step['id']) ?? '';
    const manual = asText(step['manual']);
    const text = manual ?? asText(step['run']) ?? '';
    conversation.tell(`\n${index + 1}/${steps.length} ${id}${manual === undefined ? ' (run)' : ''}\n  ${text}`);
    const { record, stopped } = await walkStep(step, people, dependencies);
    records.push(record);
    if (stopped) return { steps: records, stopped };
    await save(records);
    if (await endsHere()) return { steps: records, stopped: false };
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
  if (approved.why !== undefined)
    conversation.tell(`Not approved (${approved.why}): the record says so; go on as you would.`);
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
