/** What was last seen live of a root's resources, and of which environments: an answer of where one pointed before it was edited is none. */
import { sameData } from '../core/document/sameData.ts';
import type { EnvironmentSource } from '../core/drift/environment.ts';
import type { Observation } from '../core/drift/observation.ts';
import { requestKey } from '../core/drift/requests.ts';
import type { DriftAnswer } from './dependencies.ts';

export interface Known {
  /** By look-up. */
  readonly seen: Map<string, Observation>;
  /** By name: what each environment said when it was asked. */
  readonly asked: Map<string, EnvironmentSource | undefined>;
  /** Grows with every answer. */
  revision: number;
}

export function nothingKnown(): Known {
  return { seen: new Map(), asked: new Map(), revision: 0 };
}

/** What was seen of an environment as it is now. */
export function seenIn(known: Known, environment: EnvironmentSource | undefined): Known['seen']['get'] {
  const name = environment?.name ?? '';
  const isThere = !known.asked.has(name) || isSamePlace(known.asked.get(name), environment);
  return isThere ? (key) => known.seen.get(key) : () => undefined;
}

/** Takes in an answer of these environments, `lastKnown` or looked up now. */
export function takeIn(
  known: Known,
  answer: DriftAnswer,
  environments: readonly EnvironmentSource[],
  lastKnown: boolean,
): void {
  const reached = new Set<string>();
  for (const { request, observation } of answer.observed) {
    // A last-known answer that knows nothing takes nothing away; a look-up that failed now is said.
    if (lastKnown && observation.state === 'unknown') continue;
    const { environment: name } = request;
    if (!reached.has(name)) {
      reached.add(name);
      const environment = environments.find((each) => each.name === name);
      if (known.asked.has(name) && !isSamePlace(known.asked.get(name), environment)) forget(known, name);
      known.asked.set(name, environment);
    }
    const key = requestKey(request);
    const before = known.seen.get(key);
    // What lies in the cache may be older than what this window saw itself.
    if (lastKnown && before && Date.parse(before.at) >= Date.parse(observation.at)) continue;
    known.seen.set(key, observation);
  }
  known.revision++;
}

function forget(known: Known, environment: string): void {
  const beginning = `[${JSON.stringify(environment)},`;
  for (const key of known.seen.keys()) if (key.startsWith(beginning)) known.seen.delete(key);
}

/** Two states of an environment between which nothing that decides where is looked was edited. */
function isSamePlace(one: EnvironmentSource | undefined, other: EnvironmentSource | undefined): boolean {
  return one === other || (one?.file === other?.file && sameData(withoutHead(one?.value), withoutHead(other?.value)));
}

/** A document without its metadata: whom it belongs to and how it is called says nothing of what is live. */
export function withoutHead(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return { ...value, metadata: undefined };
}
