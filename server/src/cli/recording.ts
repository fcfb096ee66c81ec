/** `--record` and `--observations`: answers saved without secrets, and given again with no call at all. */
import * as path from 'node:path';
import type { Observation } from '../core/drift/observation.ts';
import { mergeRequests, requestKey } from '../core/drift/requests.ts';
import type { Lookup } from '../core/ports.ts';
import { answerFromRecording, parseRecording, recordable, type Recorded, type Recording } from '../live/recording.ts';
import { Failure, type CommandContext } from './command.ts';

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
  const content = {
    version: 1,
    recordedAt: new Date(clock.now()).toISOString(),
    observations: recorded.flatMap((each) => recordable(each, secrets.redact)),
  };
  await files.writeAtomic(path.resolve(context.cwd, file), `${JSON.stringify(content, undefined, 2)}\n`);
}

/** A look-up that answers from a recording; what is older than `maxAge` (a duration), or was never asked, is unknown. */
export async function replay(context: CommandContext, file: string, maxAge: string | undefined): Promise<Lookup> {
  const recorded = await readRecording(context, file);
  const now = context.dependencies.clock.now();
  return {
    plan: () => [],
    look: async (requests, { signal }) => {
      signal.throwIfAborted();
      const observations = requests.map((request) => answerFromRecording(recorded, request, file, now, maxAge));
      return await Promise.resolve({ observations, calls: {} });
    },
  };
}

async function readRecording(context: CommandContext, file: string): Promise<Recording> {
  try {
    return parseRecording(await context.dependencies.files.readText(path.resolve(context.cwd, file)));
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isGone ? "it isn't there" : error instanceof Error ? error.message : String(error);
    throw new Failure(`the observations ${file} can't be read: ${why}.`);
  }
}
