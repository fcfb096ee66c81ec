/** The look-up as the editor uses it: on a thread of its own, started when first needed and stopped when idle. */
import type { Observation } from '../core/drift/observation.ts';
import type { LookResult } from '../core/ports.ts';
import { unknownObservation } from './aws/provider.ts';
import { hostsNamed } from './hosts.ts';
import { reasonOf } from './limits.ts';
import { createLookup, type LiveLookup, type LookupDependencies } from './lookup.ts';
import type { FromWorker, HostQuestion, ToKeep, ToWorker } from './workerMessages.ts';

/** A started thread. `terminate` ends it at once. */
export interface LookupThread {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** Starts `dist/worker.js` on a thread; `exited` is called once when it is gone, for whatever reason. */
export type StartThread = (listen: (message: unknown) => void, exited: (reason: string) => void) => LookupThread;

export interface WorkerLookupDependencies extends LookupDependencies {
  readonly startThread: StartThread;
  /** Milliseconds without work after which the thread is stopped; default 30,000. */
  readonly idleMs?: number;
}

interface Pending {
  readonly resolve: (result: LookResult) => void;
  readonly lost: (message: string) => void;
}

export function createWorkerLookup(dependencies: WorkerLookupDependencies): LiveLookup {
  // Planning and last-known answers need no SDK: they are this thread's, and always at hand.
  const here = createLookup(dependencies);
  const { clock } = dependencies;
  const pending = new Map<number, Pending>();
  let thread: LookupThread | undefined;
  let nextId = 0;
  let stopIdle = (): void => undefined;

  const listen = (from: LookupThread, raw: unknown): void => {
    const message = raw as FromWorker;
    switch (message.type) {
      case 'log':
        dependencies.log.write(message.level, message.message);
        return;
      case 'ask':
        void answer(dependencies, message.what, message.args).then((reply) =>
          from.postMessage({ type: 'answer', id: message.id, ...reply } satisfies ToWorker),
        );
        return;
      case 'result':
        pending.get(message.id)?.resolve(message.result);
        void keepAll(message.keep);
        break;
      case 'failed':
        pending.get(message.id)?.lost(message.message);
        break;
    }
    settled(message.id);
  };

  /** One after the other: nobody waits for it, and what is typed meanwhile goes first. */
  const keepAll = async (answers: readonly ToKeep[]): Promise<void> => {
    for (const { key, value, at } of answers) await dependencies.cache?.set(key, value, at);
  };

  const settled = (id: number): void => {
    pending.delete(id);
    if (pending.size > 0) return;
    stopIdle();
    stopIdle = clock.after(dependencies.idleMs ?? 30_000, stop);
  };

  const stop = (): void => {
    stopIdle();
    const ending = thread;
    thread = undefined;
    if (ending) void Promise.resolve(ending.terminate());
  };

  const running = (): LookupThread => {
    stopIdle();
    if (thread) return thread;
    const held: { thread?: LookupThread } = {};
    const started = dependencies.startThread(
      (message) => {
        if (held.thread) listen(held.thread, message);
      },
      (reason) => {
        if (thread !== held.thread) return;
        thread = undefined;
        for (const [id, each] of [...pending]) {
          pending.delete(id);
          each.lost(reason);
        }
      },
    );
    held.thread = started;
    thread = started;
    return started;
  };

  return {
    plan: (requests) => here.plan(requests),
    lastKnown: async (requests) => await here.lastKnown(requests),

    async look(requests, { signal, deadlineMs, maxAgeMs }) {
      signal.throwIfAborted();
      // Without trust there is nothing for a thread to do.
      if (!dependencies.trusted()) return await here.look(requests, { signal });
      const id = ++nextId;
      return await new Promise<LookResult>((resolve, reject) => {
        const aborted = (): void => {
          thread?.postMessage({ type: 'abort', id } satisfies ToWorker);
          settled(id);
          reject(reasonOf(signal));
        };
        const finish = (result: LookResult): void => {
          signal.removeEventListener('abort', aborted);
          resolve(result);
        };
        signal.addEventListener('abort', aborted, { once: true });
        pending.set(id, {
          resolve: finish,
          lost: (message) => {
            const detail = `the look-up stopped: ${message}`;
            const observations = requests.map((request): Observation =>
              unknownObservation(request, { reason: 'unreachable', detail }, clock),
            );
            finish({ observations, calls: {} });
          },
        });
        try {
          running().postMessage({
            type: 'look',
            id,
            requests,
            environments: dependencies.environments(),
            approvedHosts: hostsNamed(dependencies.environments()).filter((host) =>
              dependencies.allowedHosts.isApproved(host),
            ),
            root: dependencies.root,
            options: dependencies.options,
            deadlineMs,
            maxAgeMs,
          } satisfies ToWorker);
        } catch (error) {
          pending.get(id)?.lost(error instanceof Error ? error.message : String(error));
          settled(id);
        }
      });
    },

    close: async () => {
      stop();
      for (const [id, each] of [...pending]) {
        pending.delete(id);
        each.lost('it was closed');
      }
      await here.close();
    },
  };
}

/** What the host gives the worker: a secret only for the moment it is needed, never the store of them. */
async function answer(
  dependencies: LookupDependencies,
  what: HostQuestion,
  args: readonly unknown[],
): Promise<{ value?: unknown; error?: string }> {
  try {
    return { value: await ask(dependencies, what, args) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function ask(dependencies: LookupDependencies, what: HostQuestion, args: readonly unknown[]): Promise<unknown> {
  const [first] = args;
  switch (what) {
    case 'secrets.read':
      return await dependencies.secrets.read(first as { env?: string; file?: string });
    case 'cache.get':
      return await dependencies.cache?.get(String(first));
    case 'files.readText':
      if (!dependencies.files) throw new Error('no files here');
      return await dependencies.files.readText(String(first));
    case 'files.info':
      return await dependencies.files?.info(String(first));
  }
}
