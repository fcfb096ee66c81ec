/** What people do in a dry run of the steps: manual steps shown, timed and confirmed, approvals given; where nobody is there, said so. */
import type { RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { StepRecord } from '../../core/recovery/record.ts';
import { askApproval, askDone, type Done } from '../../core/recovery/stepTalk.ts';
import { asText, type PlainMap } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';

/** What came of asking for an approval. */
export interface Approved {
  readonly by?: string;
  readonly refused?: string;
  /** Nobody was there to be asked. */
  readonly unasked?: string;
}

/** One question after another, though steps run side by side. */
export type InTurn = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

export function turns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return await next;
  };
}

/** Who agrees to the step, where it needs someone. In a sandbox an approval that nobody could be asked for stops nothing. `told`: which step it is was said. */
export async function approvalOf(run: RunContext, step: PlainMap, told = false): Promise<Approved> {
  const approval = asText(step['approval']);
  if (approval === undefined) return {};
  const { people } = run;
  if (!people) return { unasked: `the approval of ${approval} was not asked for: nobody is asked here` };
  const id = asText(step['id']) ?? '';
  if (!told) people.conversation.tell(`Step ${id}`);
  const given = await askApproval(people.conversation, approval, { authors: people.authors(id), doers: people.doers });
  return given.by === undefined ? { refused: given.why ?? 'nobody approved it' } : { by: given.by };
}

export async function manualStep(ports: EnginePorts, run: RunContext, step: PlainMap): Promise<StepRecord> {
  const id = asText(step['id']) ?? '';
  const { people } = run;
  if (!people)
    return {
      id,
      kind: 'manual',
      state: 'skipped',
      message: 'manual: nobody is asked here; counted as untimed',
    };
  people.conversation.tell(`Step ${id}, by a person: ${asText(step['manual']) ?? ''}`);
  const approval = await approvalOf(run, step, true);
  const started = ports.clock.now();
  const done: Done =
    approval.refused === undefined ? await askDone(people.conversation) : { state: 'failed', said: approval.refused };
  run.signal.throwIfAborted();
  if (done.state === 'stopped')
    throw new StageFault('inconclusive', `The person who carried the steps out stopped in step "${id}".`);
  const durationMs = ports.clock.now() - started;
  const { state, said } = done;
  return {
    id,
    kind: 'manual',
    state,
    startedAt: new Date(started).toISOString(),
    finishedAt: new Date(started + durationMs).toISOString(),
    durationMs,
    ...(state === 'skipped' ? {} : { effortMs: durationMs }),
    ...(people.doers[0] === undefined || state === 'skipped' ? {} : { by: people.doers[0] }),
    ...(approval.by === undefined ? {} : { approvedBy: ports.secrets.redact(approval.by) }),
    ...(said === undefined ? {} : { message: ports.secrets.redact(said) }),
  };
}
