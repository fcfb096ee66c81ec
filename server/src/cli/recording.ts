/** `--record` and `--observations`: answers saved without secrets, and given again with no call at all. */
import * as path from 'node:path';
import { field } from '../core/drift/expected.ts';
import type { Fact, LookupRequest, Observation, Unknown } from '../core/drift/observation.ts';
import { mergeRequests, requestKey } from '../core/drift/requests.ts';
import type { Lookup } from '../core/ports.ts';
import { redactDeep } from '../platform/cache.ts';
import { Failure, type CommandContext } from './command.ts';

interface Recorded {
  readonly request: LookupRequest;
  readonly observation: Observation;
}

export interface Recorder extends Lookup {
  readonly recorded: () => readonly Recorded[];
}

/** Passes everything on, and keeps what was asked and answered. */
export function recording(lookup: Lookup): Recorder {
  const kept = new Map<string, Recorded>();
  return {
    plan: (requests) => lookup.plan(requests),
    look: async (requests, options) => {
      const result = await lookup.look(requests, options);
      requests.forEach((request, index) => {
        const observation = result.observations[index];
        if (observation === undefined) return;
        const key = requestKey(request);
        const before = kept.get(key);
        const merged = before === undefined ? request : (mergeRequests([before.request, request])[0] ?? request);
        kept.set(key, { request: merged, observation: joined(before?.observation, observation) });
      });
      return result;
    },
    recorded: () => [...kept.values()],
  };
}

/** Facts of one thing that were asked in two questions. */
function joined(before: Observation | undefined, after: Observation): Observation {
  if (before?.state !== 'found' || after.state !== 'found') return after;
  return { ...after, facts: { ...before.facts, ...after.facts } };
}

export async function writeRecording(
  context: CommandContext,
  file: string,
  recorded: readonly Recorded[],
): Promise<void> {
  const { files, clock, secrets } = context.dependencies;
  const content = redactDeep(
    { version: 1, recordedAt: new Date(clock.now()).toISOString(), observations: recorded },
    secrets.redact,
  );
  await files.writeAtomic(path.resolve(context.cwd, file), `${JSON.stringify(content, undefined, 2)}\n`);
}

/** A look-up that answers from a recording; what is older than `maxAgeMs`, or was never asked, is unknown. */
export async function replay(context: CommandContext, file: string, maxAgeMs: number | undefined): Promise<Lookup> {
  const recorded = await readRecording(context, file);
  const byKey = new Map(recorded.map((each) => [requestKey(each.request), each]));
  const now = context.dependencies.clock.now();
  const answer = (request: LookupRequest): Observation => {
    const found = byKey.get(requestKey(request));
    if (found === undefined) {
      return unknown(now, {
        reason: 'undecided',
        detail: `${request.id} is not in the recording ${file}; record it anew with --record`,
      });
    }
    const age = now - Date.parse(found.observation.at);
    if (maxAgeMs !== undefined && !(age <= maxAgeMs)) {
      return unknown(Date.parse(found.observation.at), {
        reason: 'stale',
        detail: `the recording of ${request.id} in ${file} is from ${found.observation.at}, older than --max-age allows`,
      });
    }
    return withEveryFact(found.observation, request, file);
  };
  return {
    plan: () => [],
    look: async (requests, { signal }) => {
      signal.throwIfAborted();
      return await Promise.resolve({ observations: requests.map(answer), calls: {} });
    },
  };
}

function withEveryFact(observation: Observation, request: LookupRequest, file: string): Observation {
  const replayed: Observation = { ...observation, source: 'recorded' };
  if (replayed.state !== 'found') return replayed;
  const facts: Record<string, Fact> = { ...replayed.facts };
  for (const fact of request.facts) {
    facts[fact] ??= {
      unknown: { reason: 'undecided', detail: `${fact} of ${request.id} is not in the recording ${file}` },
    };
  }
  return { ...replayed, facts };
}

function unknown(atMs: number, why: Unknown): Observation {
  return { state: 'unknown', at: new Date(atMs).toISOString(), source: 'recorded', unknown: why };
}

async function readRecording(context: CommandContext, file: string): Promise<readonly Recorded[]> {
  let value: unknown;
  try {
    value = JSON.parse(await context.dependencies.files.readText(path.resolve(context.cwd, file)));
  } catch (error) {
    throw new Failure(
      `the observations ${file} can't be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const list = field(value, 'observations');
  if (!Array.isArray(list) || !list.every((each: unknown) => isRecorded(each))) {
    throw new Failure(`${file} holds no observations; write it with drillbook drift --record ${file}.`);
  }
  return list;
}

function isRecorded(value: unknown): value is Recorded {
  const request = field(value, 'request');
  const observation = field(value, 'observation');
  const state = field(observation, 'state');
  return (
    typeof field(request, 'kind') === 'string' &&
    typeof field(request, 'id') === 'string' &&
    (state === 'found' || state === 'absent' || state === 'unknown') &&
    typeof field(observation, 'at') === 'string' &&
    (state !== 'found' || typeof field(observation, 'facts') === 'object')
  );
}
