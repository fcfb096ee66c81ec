/** Recorded observations: what a run saw, given again with no call and no credentials. Format: schemas/observations.schema.json. */
import { durationMs, field, listOf, textOf } from '../core/drift/expected.ts';
import { hiddenKey, requestKey } from '../core/drift/requests.ts';
import { holdsNoSecret, withoutSecrets } from '../core/drift/withoutSecrets.ts';
import type { LookupRequest, Observation, Unknown } from '../core/drift/observation.ts';

/** What was asked and what was seen. */
export interface Recorded {
  /** `hiddenKey` of the request, where the request isn't told whole. */
  readonly key?: string;
  readonly request: LookupRequest;
  readonly observation: Observation;
}

/** By the key of its request, or its hidden one. */
export type Recording = ReadonlyMap<string, Recorded>;

/** Reads a recording. @throws Error with a sentence where it is none. */
export function parseRecording(text: string): Recording {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
  const list = field(value, 'observations');
  if (!Array.isArray(list) || !list.every(isRecorded))
    throw new Error('it holds no observations; write it with drillbook drift --record');
  return new Map(list.map((each) => [each.key ?? requestKey(each.request), each]));
}

/** What a recording says of a request; older than `maxAge` (a duration) is stale, never asked is undecided. */
export function answerFromRecording(
  recording: Recording,
  request: LookupRequest,
  file: string,
  now: number,
  maxAge?: string,
): Observation {
  const recorded = recording.get(requestKey(request)) ?? recording.get(hiddenKey(request));
  const unknown = (at: string, why: Unknown): Observation => ({
    state: 'unknown',
    unknown: why,
    at,
    source: 'recorded',
  });
  if (!recorded) {
    return unknown(new Date(now).toISOString(), {
      reason: 'undecided',
      detail: `${request.id} is not in the recording ${file}; record it anew with --record`,
    });
  }
  const { observation } = recorded;
  const most = durationMs(maxAge);
  if (most !== undefined && now - Date.parse(observation.at) > most) {
    return unknown(observation.at, {
      reason: 'stale',
      detail: `the recording of ${request.id} in ${file} is from ${observation.at}, older than ${maxAge ?? ''}`,
    });
  }
  if (observation.state !== 'found') return { ...observation, source: 'recorded' };
  const gaps = request.facts
    .filter((fact) => !(fact in observation.facts))
    .map(
      (fact) =>
        [
          fact,
          {
            unknown: {
              reason: 'undecided' as const,
              detail: `${fact} of ${request.id} is not in the recording ${file}`,
            },
          },
        ] as const,
    );
  return { ...observation, source: 'recorded', facts: { ...observation.facts, ...Object.fromEntries(gaps) } };
}

/** As it may be written: a fact that holds a secret is left out, since blanked it would be another value. */
export function recordable({ request, observation }: Recorded, redact: (text: string) => string): readonly Recorded[] {
  const clean = withoutSecrets(observation, redact);
  if (!clean) return [];
  if (holdsNoSecret(request, redact)) return [{ request, observation: clean }];
  const { kind, id, region, account, facts, environment } = request;
  const told: LookupRequest = {
    kind,
    id: redact(id),
    ...(region === undefined ? {} : { region: redact(region) }),
    ...(account === undefined ? {} : { account: redact(account) }),
    facts: facts.map(redact),
    environment: redact(environment),
  };
  return [{ key: hiddenKey(request), request: told, observation: clean }];
}

function isRecorded(value: unknown): value is Recorded {
  const state = textOf(field(value, 'observation', 'state')) ?? '';
  return (
    ['string', 'undefined'].includes(typeof field(value, 'key')) &&
    textOf(field(value, 'request', 'kind')) !== undefined &&
    textOf(field(value, 'request', 'id')) !== undefined &&
    listOf(field(value, 'request', 'facts')).every((fact) => typeof fact === 'string') &&
    ['found', 'absent', 'unknown'].includes(state) &&
    textOf(field(value, 'observation', 'at')) !== undefined &&
    (state !== 'found' || typeof field(value, 'observation', 'facts') === 'object') &&
    (state !== 'unknown' || textOf(field(value, 'observation', 'unknown', 'reason')) !== undefined)
  );
}
