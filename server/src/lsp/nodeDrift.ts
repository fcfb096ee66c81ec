/** Look-ups for the language server on Node: one look-up a root, on a thread of its own, loaded when the first is asked for. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { EnvironmentSource } from '../core/drift/environment.ts';
import { environmentsOf } from '../core/drift/environments.ts';
import type { Clock, Files, Log } from '../core/ports.ts';
import type { Workspace } from '../core/workspace.ts';
import type { LiveLookup } from '../live/lookup.ts';
import { createApprovedHosts, readApprovedHosts } from '../platform/approvedHosts.ts';
import { createCache } from '../platform/cache.ts';
import { createSecrets } from '../platform/secrets.ts';
import type { DriftAnswer, DriftRequest } from './dependencies.ts';

/** Milliseconds for one comparison in the editor. */
const DEADLINE_MS = 60_000;

export interface NodeDriftDependencies {
  readonly clock: Clock;
  readonly files: Files;
  /** Where last-known answers are kept, absolute. */
  readonly cacheFolder: string;
  readonly log: Log;
  readonly configFolder: string;
  /** URL of the folder of worker.mjs. */
  readonly home: URL;
}

/** What the look-up thread is started with. */
export interface DriftThreadData {
  /** URL of its program. */
  readonly program: string;
  readonly cacheFolder: string;
}

interface RootLookup {
  readonly lookup: LiveLookup;
  /** What the next question is asked with: set together with asking, since questions wait for each other to be opened. */
  environments: readonly EnvironmentSource[];
  allowed: readonly string[];
}

export interface NodeDrift {
  detectDrift(request: DriftRequest): Promise<DriftAnswer>;
  /** The look-up of a root, for inventories. */
  lookupOf(root: string, workspace: Workspace, allowedHosts: readonly string[]): Promise<LiveLookup>;
  close(): Promise<void>;
}

export function createNodeDrift(dependencies: NodeDriftDependencies): NodeDrift {
  const { clock, files, log } = dependencies;
  const roots = new Map<string, Promise<RootLookup>>();

  const open = async (root: string): Promise<RootLookup> => {
    const { createWorkerLookup } = await import('../live/workerLookup.ts');
    const own = await readApprovedHosts(files, dependencies.configFolder);
    // Asked only where the workspace is trusted: the server sees to that before it comes here.
    const secrets = createSecrets({ trusted: () => true, folder: root });
    const opened: { state?: RootLookup } = {};
    const lookup = createWorkerLookup({
      environments: () => opened.state?.environments ?? [],
      secrets,
      clock,
      cache: createCache(files, dependencies.cacheFolder, secrets.redact),
      log: {
        write: (level, message) => {
          log.write(level, secrets.redact(message));
        },
      },
      files,
      root,
      allowedHosts: {
        isApproved: (host) => createApprovedHosts([...own, ...(opened.state?.allowed ?? [])]).isApproved(host),
        list: () => [...own, ...(opened.state?.allowed ?? [])],
      },
      trusted: () => true,
      startThread: (listen, exited) => startThread(dependencies, listen, exited),
    });
    const state: RootLookup = { lookup, environments: [], allowed: [] };
    opened.state = state;
    return state;
  };

  const rootLookup = async (root: string): Promise<RootLookup> => {
    let known = roots.get(root);
    if (!known) {
      known = open(root);
      roots.set(root, known);
      known.catch(() => roots.delete(root));
    }
    return await known;
  };

  /** The look-up of a root, asking with these whenever it is asked. */
  const asking = async (
    root: string,
    environments: readonly EnvironmentSource[],
    allowed: readonly string[],
  ): Promise<LiveLookup> => {
    const state = await rootLookup(root);
    const { lookup } = state;
    const ready = (): LiveLookup => {
      state.environments = environments;
      state.allowed = allowed;
      return lookup;
    };
    return {
      plan: (requests) => ready().plan(requests),
      look: async (requests, options) => await ready().look(requests, options),
      lastKnown: async (requests) => await ready().lastKnown(requests),
      close: async () => await lookup.close(),
    };
  };

  return {
    async detectDrift({ root, environments, requests, maxAgeMs, lastKnownOnly, allowedHosts, signal }) {
      if (requests.length === 0) return { observed: [] };
      const lookup = await asking(root, environments, allowedHosts);
      const seen = lastKnownOnly
        ? await lookup.lastKnown(requests)
        : (await lookup.look(requests, { signal, maxAgeMs, deadlineMs: DEADLINE_MS })).observations;
      return {
        observed: requests.flatMap((request, index) => {
          const observation = seen[index];
          return observation ? [{ request, observation }] : [];
        }),
      };
    },
    lookupOf: async (root, workspace, allowed) => await asking(root, environmentsOf(workspace), allowed),
    close: async () => {
      const open = await Promise.allSettled([...roots.values()]);
      await Promise.all(open.flatMap((each) => (each.status === 'fulfilled' ? [each.value.lookup.close()] : [])));
    },
  };
}

/**
 * The thread's first words: it gives way to the one that answers the editor (only Linux gives priorities to threads).
 * Run from its source it needs the loader that the thread of the server has.
 */
const QUIETLY = `
const { program } = require('node:worker_threads').workerData;
if (process.platform === 'linux') require('node:os').setPriority(0, 10);
const loader = program.endsWith('.ts') ? import('tsx/esm/api').then(({ register }) => register()) : Promise.resolve();
void loader.then(() => import(program));
`;

function startThread(
  { home, cacheFolder }: NodeDriftDependencies,
  listen: (message: unknown) => void,
  exited: (reason: string) => void,
): { postMessage(message: unknown): void; terminate(): unknown } {
  const built = new URL('worker.mjs', home);
  const program = existsSync(fileURLToPath(built)) ? built : new URL('lsp/driftThread.ts', home);
  const workerData: DriftThreadData = { program: program.href, cacheFolder };
  const worker = new Worker(QUIETLY, { eval: true, workerData });
  worker.on('message', listen);
  worker.once('error', (error) => {
    // Its message may quote what the thread alone knows to be secret.
    exited(`the look-up thread failed with ${error instanceof Error ? error.name : 'an error'}`);
  });
  worker.once('exit', (code) => {
    exited(`the look-up thread ended with status ${code}`);
  });
  worker.unref();
  return worker;
}
