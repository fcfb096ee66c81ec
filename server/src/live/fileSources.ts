/** Files as sources of the same facts (Terraform states, recorded observations): instead of live, before it, or beside it. */
import * as path from 'node:path';
import { sourcesOf, type EnvironmentSource, type Source } from '../core/drift/environment.ts';
import { parseArn } from '../core/drift/kinds/aws/arn.ts';
import type { LookupRequest, Observation, Unknown } from '../core/drift/observation.ts';
import type { Clock, Files } from '../core/ports.ts';
import { answerFromRecording, parseRecording } from './recording.ts';
import { answerFrom, loadState } from './terraform/source.ts';

export type FileSource = Extract<Source, { kind: 'terraform' | 'observations' }>;

export interface FileSources {
  /** Does the environment's list of sources hold `live`? */
  asksLive(environment: EnvironmentSource): boolean;
  /** Answers from the sources in the environment's order; `live` is asked only for what it should be. */
  around(
    requests: readonly LookupRequest[],
    environmentOf: (name: string) => EnvironmentSource | undefined,
    live: (requests: readonly LookupRequest[]) => Promise<readonly Observation[]>,
  ): Promise<readonly Observation[]>;
}

export interface FileSourceDependencies {
  readonly clock: Clock;
  readonly files?: Pick<Files, 'readText' | 'info'> | undefined;
  /** Absolute path of the workspace root. */
  readonly root?: string | undefined;
}

/** Answers one request from a file that was read. */
type Answerer = (request: LookupRequest, source: FileSource, environment: EnvironmentSource) => Observation;

/** An observation and the place of its source in the environment's list. */
interface Ranked {
  readonly rank: number;
  readonly observation: Observation;
}

export function createFileSources(dependencies: FileSourceDependencies): FileSources {
  const { clock } = dependencies;
  const liveRankOf = (request: LookupRequest, environment: EnvironmentSource | undefined): number =>
    environment ? sourcesFor(request, environment).findIndex((source) => source.kind === 'live') : 0;
  return {
    asksLive: (environment) => sourcesOf(environment.value).some((source) => source.kind === 'live'),
    async around(requests, environmentOf, live) {
      const loading = new Map<string, Promise<Answerer>>();
      const answererOf = async (source: FileSource, environment: EnvironmentSource): Promise<Answerer> => {
        const key = `${environment.file} ${source.kind} ${source.path}`;
        const loaded = loading.get(key) ?? load(source, environment, dependencies);
        loading.set(key, loaded);
        return await loaded;
      };
      const fromFiles = await Promise.all(
        requests.map(async (request): Promise<readonly Ranked[]> => {
          const environment = environmentOf(request.environment);
          if (!environment) return [];
          const ranked: Ranked[] = [];
          for (const [rank, source] of sourcesFor(request, environment).entries()) {
            if (source.kind === 'live') continue;
            const observation =
              source.kind === 'unsupported'
                ? unknown(
                    { reason: 'unsupported', detail: `the source ${source.name} can't be read yet` },
                    source.name,
                    clock,
                  )
                : (await answererOf(source, environment))(request, source, environment);
            ranked.push({ rank, observation });
          }
          return fitting(ranked, request);
        }),
      );
      const liveRanks = requests.map((request) => liveRankOf(request, environmentOf(request.environment)));
      // Live isn't asked for what a source that is preferred to it knows.
      const asking = requests.filter((_request, index) => {
        const rank = liveRanks[index] ?? 0;
        return (
          rank >= 0 && !(fromFiles[index] ?? []).some((each) => each.rank < rank && each.observation.state === 'found')
        );
      });
      const answers = asking.length === 0 ? [] : await live(asking);
      const byRequest = new Map(asking.map((request, index) => [request, answers[index]]));
      return requests.map((request, index) => {
        const answer = byRequest.get(request);
        const ranked = [
          ...(fromFiles[index] ?? []),
          ...(answer ? [{ rank: liveRanks[index] ?? 0, observation: answer }] : []),
        ];
        return bestOf(
          ranked.sort((left, right) => left.rank - right.rank).map((each) => each.observation),
          clock,
        );
      });
    },
  };
}

/** A state knows nothing of databases: those are asked live, or answered from a recording. */
function sourcesFor(request: LookupRequest, environment: EnvironmentSource): readonly Source[] {
  const all = sourcesOf(environment.value);
  if (!request.kind.startsWith('database/')) return all;
  const fitting = all.filter((source) => source.kind === 'live' || source.kind === 'observations');
  return fitting.length > 0 ? fitting : [{ kind: 'live' }];
}

/** Where a state holds what was asked for in its region, what others hold by that name elsewhere is something else. */
function fitting(ranked: readonly Ranked[], request: LookupRequest): readonly Ranked[] {
  const wanted = parseArn(request.id)?.region || request.region;
  const isIn = ({ observation }: Ranked): boolean =>
    observation.state !== 'found' || observation.region === undefined || observation.region === wanted;
  const isHeld = wanted !== undefined && ranked.some((each) => each.observation.state === 'found' && isIn(each));
  return isHeld ? ranked.filter(isIn) : ranked;
}

/** The first source that knows; the others that know stand beside it. Where none knows, the first one's reason counts. */
function bestOf(observations: readonly Observation[], clock: Clock): Observation {
  const [first] = observations;
  const best = observations.find((each) => each.state !== 'unknown') ?? first;
  if (!best) return unknown({ reason: 'undecided', detail: 'no source of the environment was asked' }, 'live', clock);
  const others = observations.filter((each) => each !== best && each.state === 'found');
  return others.length === 0 ? best : { ...best, others };
}

function unknown(why: Unknown, source: string, clock: Clock): Observation {
  return { state: 'unknown', unknown: why, at: new Date(clock.now()).toISOString(), source };
}

async function load(
  source: FileSource,
  environment: EnvironmentSource,
  { files, root, clock }: FileSourceDependencies,
): Promise<Answerer> {
  const where = path.resolve(root ?? '/', path.dirname(environment.file), source.path);
  const what = source.kind === 'terraform' ? 'the Terraform state' : 'the recording';
  try {
    if (!files) throw new Error("files can't be read here");
    const text = await files.readText(where);
    if (source.kind === 'observations') {
      const recording = parseRecording(text);
      return (request) => answerFromRecording(recording, request, source.path, clock.now(), source.maxAge);
    }
    const state = loadState(text, (await files.info(where))?.modifiedMs ?? clock.now());
    return (request, asked, of) => answerFrom(state, request, asked, of, clock.now());
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
    const why =
      code === 'ENOENT' ? "it isn't there" : (code ?? (error instanceof Error ? error.message : String(error)));
    const unread: Unknown = { reason: 'unreachable', detail: `${what} ${source.path} can't be read: ${why}` };
    return () => unknown(unread, source.kind, clock);
  }
}
