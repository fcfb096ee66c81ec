/** Last-known answers: one flight for many askers, a time to live, kept between runs with their age. */
import { createHash } from 'node:crypto';
import { requestKey } from '../core/drift/requests.ts';
import type { LookupRequest, Observation } from '../core/drift/observation.ts';
import type { Cache, CacheKey, Clock } from '../core/ports.ts';
import { createShelves } from './shelves.ts';

/** Where an environment of this name is: an answer of another one that is called the same is no answer. Both are hashes. */
export interface Place {
  /** What tells the environment from those of its name elsewhere. */
  readonly environment: string;
  /** What it says. */
  readonly state: string;
}
export type PlaceOf = (environment: string) => Place;

export interface LookupCache {
  /**
   * Answers from what is young enough, from a flight under way, else from `ask`. In order. `place` is what the environments
   * are to `ask`, read before anything is awaited: one that is edited meanwhile gets no answer of what it was.
   */
  through(
    requests: readonly LookupRequest[],
    maxAgeMs: number,
    ask: (requests: readonly LookupRequest[]) => Promise<readonly Observation[]>,
    place?: PlaceOf,
  ): Promise<readonly Observation[]>;
  /** In order; undefined where nothing was known. */
  lastKnown(requests: readonly LookupRequest[]): Promise<readonly (Observation | undefined)[]>;
}

export interface LookupCacheDependencies {
  readonly clock: Clock;
  readonly store: Cache | undefined;
  /** As it is just now. */
  readonly placeOf?: PlaceOf;
  /** What is kept between runs passes it. */
  readonly redact?: (text: string) => string;
}

const NOWHERE: Place = { environment: '0', state: '0' };

/** Part of every row: an answer of another shape is none. */
const FORMAT = 'observations-3';

export function createLookupCache({ clock, store, placeOf, redact }: LookupCacheDependencies): LookupCache {
  const shelves = createShelves(clock, store, redact ?? ((text) => text));
  const hashes = new WeakMap<LookupRequest, string>();
  const held = new Map<string, Observation>();
  const flights = new Map<string, { readonly facts: ReadonlySet<string>; readonly answer: Promise<Observation> }>();

  /** The requests with what they are known by, and the shelf that each is kept on. */
  const placed = (requests: readonly LookupRequest[], placeNow = placeOf): readonly Placed[] => {
    const places = new Map<string, Place>();
    return requests.map((request) => {
      const { environment, kind, account, region } = request;
      let place = places.get(environment);
      if (place === undefined) {
        place = placeNow?.(environment) ?? NOWHERE;
        places.set(environment, place);
      }
      // The same list is asked again and again.
      const row = hashes.get(request) ?? hashOf(requestKey(request));
      hashes.set(request, row);
      const shelf: CacheKey = `${place.environment}/${place.state}/${JSON.stringify([FORMAT, environment, kind, account ?? '', region ?? ''])}`;
      return { request, shelf, row, key: `${place.environment} ${place.state} ${row}` };
    });
  };

  const lastKnown = async (asked: readonly Placed[]): Promise<readonly (Observation | undefined)[]> => {
    const kept = await shelves.read(asked);
    return asked.map(({ key }, index) => {
      const here = held.get(key);
      const there = kept[index];
      // Another window may have looked since: the newer of the two counts.
      if (here && there) return Date.parse(there.at) > Date.parse(here.at) ? there : here;
      return here ?? there;
    });
  };

  const keep = async (asked: readonly Placed[], all: readonly Observation[]): Promise<void> => {
    const answered = asked.flatMap((each, index): (Placed & { readonly observation: Observation })[] => {
      const observation = one(all, index);
      // What could not be looked up is no knowledge: the answer before it stays.
      return observation.state === 'unknown' ? [] : [{ ...each, observation }];
    });
    for (const { key, observation } of answered) held.set(key, observation);
    await shelves.write(answered);
  };

  /** Asks and keeps; other askers of the same may wait for the answers while they are under way. */
  const fly = async (
    asking: readonly Placed[],
    ask: (requests: readonly LookupRequest[]) => Promise<readonly Observation[]>,
  ): Promise<readonly Observation[]> => {
    const asked = ask(asking.map(({ request }) => request));
    asking.forEach(({ request, key }, index) => {
      const answer = asked.then((all) => one(all, index));
      // Whoever else waits for it gets the failure too; nobody waiting is no reason to crash.
      answer.catch(() => undefined);
      flights.set(key, { facts: new Set(request.facts), answer });
    });
    try {
      const all = await asked;
      await keep(asking, all);
      return all;
    } finally {
      for (const { key } of asking) flights.delete(key);
    }
  };

  return {
    lastKnown: async (requests) => await lastKnown(placed(requests)),
    async through(requests, maxAgeMs, ask, place) {
      const all = placed(requests, place);
      const answers = new Map<Placed, Observation>();
      const borrowed = new Map<Placed, Promise<Observation>>();
      const asking: Placed[] = [];
      const known = maxAgeMs > 0 ? await lastKnown(all) : [];
      all.forEach((each, index) => {
        const { request, key } = each;
        const flight = flights.get(key);
        const last = known[index];
        // A clock that was set back makes no answer younger.
        const age = last ? Math.abs(clock.now() - Date.parse(last.at)) : Infinity;
        if (last && age <= maxAgeMs && answersAll(last, request)) answers.set(each, last);
        else if (flight && request.facts.every((fact) => flight.facts.has(fact))) borrowed.set(each, flight.answer);
        else asking.push(each);
      });
      const ownFlight = async (mine: readonly Placed[]): Promise<void> => {
        if (mine.length === 0) return;
        const got = await fly(mine, ask);
        mine.forEach((each, index) => answers.set(each, one(got, index)));
      };
      await ownFlight(asking);
      const orphaned: Placed[] = [];
      for (const [each, answer] of borrowed) {
        // The other asker may have given up: that is not this one's failure.
        const got = await answer.catch(() => undefined);
        if (got) answers.set(each, got);
        else orphaned.push(each);
      }
      await ownFlight(orphaned);
      return all.map((each) => {
        const answer = answers.get(each);
        if (!answer) throw new RangeError('a request has no answer');
        return answer;
      });
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

interface Placed {
  readonly request: LookupRequest;
  readonly shelf: CacheKey;
  readonly row: string;
  /** Of the answers that are held here. */
  readonly key: string;
}

function one(all: readonly Observation[], index: number): Observation {
  const found = all[index];
  if (!found) throw new RangeError('a look-up gave fewer answers than questions');
  return found;
}

function answersAll(observation: Observation, request: LookupRequest): boolean {
  return observation.state !== 'found' || request.facts.every((fact) => fact in observation.facts);
}
