/** Answers between the look-up thread and its host: what was told before and says the same is not copied again. */
import { saysTheSame, type LookupRequest, type Observation } from '../core/drift/observation.ts';
import type { Answers } from './workerMessages.ts';

/** What one end knows of the requests that were sent last: both ends keep one, and do the same to it in the same order. */
export interface Told {
  readonly requests: readonly LookupRequest[];
  observations?: readonly Observation[];
}

/** The answers as they are sent. `told` is of the same requests, or left out. */
export function packed(observations: readonly Observation[], told: Told | undefined): Answers {
  const ats: string[] = [];
  const before = told?.observations;
  const each = observations.map((observation, index) => {
    const last = before?.[index];
    if (!last || !saysTheSame(last, observation)) return observation;
    // Those of one call were seen at one moment.
    const place = ats.lastIndexOf(observation.at);
    return place >= 0 ? place : ats.push(observation.at) - 1;
  });
  if (told) told.observations = observations;
  return { ats, each };
}

/** The answers as they were before they were packed; what says the same as before is the same object but for its time. */
export function unpacked({ ats, each }: Answers, told: Told | undefined): readonly Observation[] {
  const before = told?.observations;
  const observations = each.map((answer, index): Observation => {
    if (typeof answer !== 'number') return answer;
    const last = before?.[index];
    const at = ats[answer];
    if (!last || at === undefined) throw new RangeError('an answer refers to one that was never told');
    return last.at === at ? last : { ...last, at };
  });
  if (told) told.observations = observations;
  return observations;
}
