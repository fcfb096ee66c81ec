/** Last-known answers: one flight for many askers, a time to live, kept between runs with their age. */
import { requestKey } from '../core/drift/requests.ts';
import type { LookupRequest, Observation } from '../core/drift/observation.ts';
import type { Cache, Clock } from '../core/ports.ts';

export interface LookupCache {
  /** Answers from what is young enough, from a flight under way, else from `ask`. In order. */
  through(
    requests: readonly LookupRequest[],
    maxAgeMs: number,
    ask: (requests: readonly LookupRequest[]) => Promise<readonly Observation[]>,
  ): Promise<readonly Observation[]>;
  lastKnown(request: LookupRequest): Promise<Observation | undefined>;
}

export function createLookupCache({
  clock,
  store,
}: {
  readonly clock: Clock;
  readonly store: Cache | undefined;
}): LookupCache {
  const held = new Map<string, Observation>();
  const flights = new Map<string, { readonly facts: ReadonlySet<string>; readonly answer: Promise<Observation> }>();

  const lastKnown = async (request: LookupRequest): Promise<Observation | undefined> => {
    const key = requestKey(request);
    const here = held.get(key);
    const kept = store && (await store.get(storeKey(key)));
    const there = isObservation(kept?.value) ? kept.value : undefined;
    // Another window may have looked since: the newer of the two counts.
    if (here && there) return Date.parse(there.at) > Date.parse(here.at) ? there : here;
    return here ?? there;
  };

  const keep = async (request: LookupRequest, observation: Observation): Promise<void> => {
    // What could not be looked up is no knowledge: the answer before it stays.
    if (observation.state === 'unknown') return;
    const key = requestKey(request);
    held.set(key, observation);
    await store?.set(storeKey(key), observation, observation.at);
  };

  /** Asks and keeps; other askers of the same may wait for the answers while they are under way. */
  const fly = async (
    asking: readonly LookupRequest[],
    ask: (requests: readonly LookupRequest[]) => Promise<readonly Observation[]>,
  ): Promise<readonly Observation[]> => {
    const asked = ask(asking);
    asking.forEach((request, index) => {
      const answer = asked.then((all) => one(all, index));
      // Whoever else waits for it gets the failure too; nobody waiting is no reason to crash.
      answer.catch(() => undefined);
      flights.set(requestKey(request), { facts: new Set(request.facts), answer });
    });
    try {
      const all = await asked;
      await Promise.all(asking.map(async (request, index) => await keep(request, one(all, index))));
      return all;
    } finally {
      for (const request of asking) flights.delete(requestKey(request));
    }
  };

  return {
    lastKnown,
    async through(requests, maxAgeMs, ask) {
      const answers = new Map<LookupRequest, Observation>();
      const borrowed = new Map<LookupRequest, Promise<Observation>>();
      const asking: LookupRequest[] = [];
      const known = maxAgeMs > 0 ? await Promise.all(requests.map(lastKnown)) : [];
      requests.forEach((request, index) => {
        const flight = flights.get(requestKey(request));
        const last = known[index];
        if (last && clock.now() - Date.parse(last.at) <= maxAgeMs && answersAll(last, request))
          answers.set(request, last);
        else if (flight && request.facts.every((fact) => flight.facts.has(fact))) borrowed.set(request, flight.answer);
        else asking.push(request);
      });
      if (asking.length > 0) {
        const all = await fly(asking, ask);
        asking.forEach((request, index) => answers.set(request, one(all, index)));
      }
      const orphaned: LookupRequest[] = [];
      for (const [request, answer] of borrowed) {
        // The other asker may have given up: that is not this one's failure.
        const got = await answer.catch(() => undefined);
        if (got) answers.set(request, got);
        else orphaned.push(request);
      }
      if (orphaned.length > 0) {
        const all = await fly(orphaned, ask);
        orphaned.forEach((request, index) => answers.set(request, one(all, index)));
      }
      return requests.map((request) => {
        const answer = answers.get(request);
        if (!answer) throw new RangeError('a request has no answer');
        return answer;
      });
    },
  };
}

function one(all: readonly Observation[], index: number): Observation {
  const found = all[index];
  if (!found) throw new RangeError('a look-up gave fewer answers than questions');
  return found;
}

/** The format's number is part of the key: an answer of another shape is none. */
function storeKey(key: string): string {
  return `observation-1 ${key}`;
}

function answersAll(observation: Observation, request: LookupRequest): boolean {
  return observation.state !== 'found' || request.facts.every((fact) => fact in observation.facts);
}

function isObservation(value: unknown): value is Observation {
  if (typeof value !== 'object' || value === null || !('state' in value) || !('at' in value)) return false;
  const { state } = value;
  return typeof value.at === 'string' && (state === 'absent' || (state === 'found' && 'facts' in value));
}
