/** The language server's dependencies in a browser's worker: files lent by the client, recorded observations, no process. */
import type { LookupRequest, Observation } from '../core/drift/observation.ts';
import { hiddenKey, requestKey } from '../core/drift/requests.ts';
import type { Log } from '../core/ports.ts';
import { isMap, dig } from '../core/references/read.ts';
import type { EvidenceEntry, EvidenceSummary } from '../core/rules/rule.ts';
import { LIST_FILES, READ_FILE, type ListFilesResult, type ReadFileResult } from '../protocol.ts';
import type { DriftAnswer, DriftRequest, ServerDependencies } from './dependencies.ts';
import { isYaml, joinPath, parentOf, pathOf, relativePath, uriOfPath } from './paths.ts';

/** Asks the client; as `connection.sendRequest` does. */
export type AskClient = (method: string, params: unknown) => Promise<unknown>;

export interface BrowserParts {
  readonly version: string;
  readonly ask: AskClient;
  readonly log: Log;
  readonly soon: (callback: () => void) => () => void;
  readonly now: () => number;
  readonly after: (ms: number, callback: () => void) => () => void;
}

const RECORDINGS = ['**/*.observations.json', '**/.drillbook/observations.json'];

/** Builds them. */
export function createBrowserDependencies(parts: BrowserParts): ServerDependencies {
  const { ask } = parts;
  const list = async (root: string, globs: readonly string[]): Promise<readonly string[]> => {
    const uris = (await ask(LIST_FILES, { globs })) as ListFilesResult;
    return uris.map(pathOf).filter((path) => relativePath(root, path) !== undefined);
  };
  const readText = async (path: string): Promise<string> => {
    const text = (await ask(READ_FILE, { uri: uriOfPath(path) })) as ReadFileResult;
    if (text === null) throw new Error(`${path} is not there.`);
    return text;
  };
  return {
    version: parts.version,
    clock: { now: parts.now, after: parts.after },
    log: parts.log,
    soon: parts.soon,
    files: {
      rootOf: (path) => Promise.resolve(isYaml(path) ? parentOf(path) : path),
      list: async (root) =>
        (await list(root, ['**/*.yaml', '**/*.yml'])).flatMap((path) => relativePath(root, path) ?? []).sort(),
      readText,
    },
    helpUri: () => undefined,
    readEvidence: async (root) =>
      await readEvidence(await list(root, ['**/.drillbook/evidence/*.jsonl']), root, readText),
    recordedOnly: true,
    detectDrift: (request) => replay(request, list, readText),
  };
}

/** The evidence that is committed, from the chains' own summaries. Whether a chain was tampered with is for the command line to say. */
async function readEvidence(
  journals: readonly string[],
  root: string,
  readText: (path: string) => Promise<string>,
): Promise<EvidenceSummary> {
  const folder = joinPath(root, '.drillbook/evidence/');
  const entries: EvidenceEntry[] = [];
  for (const journal of journals.filter((path) => path.startsWith(folder))) {
    for (const line of (await readText(journal)).split('\n')) {
      const entry = parseJson(line);
      const summary = dig(entry, 'summary');
      if (isMap(summary) && typeof summary['runbook'] === 'string') entries.push(summary as unknown as EvidenceEntry);
    }
  }
  entries.sort((one, other) => (one.finishedAt < other.finishedAt ? 1 : -1));
  return { entries, problems: [] };
}

/** Judges what was recorded with `drillbook drift --record`; what is in no recording stays unjudged, and is not called clean. */
async function replay(
  { root, requests }: DriftRequest,
  list: (root: string, globs: readonly string[]) => Promise<readonly string[]>,
  readText: (path: string) => Promise<string>,
): Promise<DriftAnswer> {
  const known = new Map<string, Observation>();
  for (const path of await list(root, RECORDINGS)) {
    const recorded = dig(parseJson(await readText(path)), 'observations');
    for (const each of Array.isArray(recorded) ? recorded : []) {
      const request = dig(each, 'request');
      const observation = dig(each, 'observation');
      if (!isMap(request) || !isMap(observation) || typeof observation['at'] !== 'string') continue;
      const hidden = dig(each, 'key');
      const key = typeof hidden === 'string' ? hidden : requestKey(request as unknown as LookupRequest);
      const before = known.get(key);
      if (before && before.at >= observation['at']) continue;
      known.set(key, { ...(observation as unknown as Observation), source: 'recorded' });
    }
  }
  return {
    observed: requests.flatMap((request) => {
      const observation = known.get(requestKey(request)) ?? known.get(hiddenKey(request));
      return observation ? [{ request, observation }] : [];
    }),
  };
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
