/** The look-up as the editor uses it: on a thread of its own, started when first needed and stopped when idle. */
import type { LookupRequest, Observation } from '../core/drift/observation.ts';
import type { LookResult } from '../core/ports.ts';
import { unpacked, type Told } from './answers.ts';
import { unknownObservation } from './aws/provider.ts';
import { hostsNamed } from './hosts.ts';
import { reasonOf } from './limits.ts';
import { createLookup, type LiveLookup, type LookupDependencies } from './lookup.ts';
import type { FromWorker, ToWorker } from './workerMessages.ts';

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

/** A thread, and what it was sent. */
interface Running {
  readonly thread: LookupThread;
  told: Told;
  /** The requests of each run that it has not ended yet, be they called off. */
  readonly asked: Map<number, Told>;
}

export function createWorkerLookup(dependencies: WorkerLookupDependencies): LiveLookup {
  // Planning and last-known answers need no SDK: they are this thread's, and always at hand.
  const here = createLookup(dependencies);
  const { clock } = dependencies;
  const pending = new Map<number, Pending>();
  let running: Running | undefined;
  let nextId = 0;
  let stopIdle = (): void => undefined;

  const listen = (from: Running, raw: unknown): void => {
    const message = raw as FromWorker;
    if (message.type === 'log') {
      dependencies.log.write(message.level, message.message);
      return;
    }
    const { id } = message;
    const asked = from.asked.get(id);
    from.asked.delete(id);
    if (message.type === 'result') {
      // What they refer to is what was told of the same requests, be others asked since.
      const observations = unpacked(message.answers, asked);
      pending.get(id)?.resolve({ observations, calls: message.calls });
    } else pending.get(id)?.lost(message.message);
    settled(id);
  };

  const settled = (id: number): void => {
    pending.delete(id);
    if (pending.size > 0) return;
    stopIdle();
    stopIdle = clock.after(dependencies.idleMs ?? 30_000, stop);
  };

  const stop = (): void => {
    stopIdle();
    const ending = running;
    running = undefined;
    if (ending) void Promise.resolve(ending.thread.terminate());
  };

  const start = (): Running => {
    stopIdle();
    if (running) return running;
    const held: { running?: Running } = {};
    const thread = dependencies.startThread(
      (message) => {
        if (held.running) listen(held.running, message);
      },
      (reason) => {
        if (running !== held.running) return;
        running = undefined;
        for (const [id, each] of [...pending]) {
          pending.delete(id);
          each.lost(reason);
        }
      },
    );
    running = { thread, told: { requests: [] }, asked: new Map() };
    held.running = running;
    return running;
  };

  /** Hands a run to the thread; requests that it was sent last it is not sent again. */
  const hand = (id: number, requests: readonly LookupRequest[], deadlineMs?: number, maxAgeMs?: number): void => {
    const to = start();
    const told = requests === to.told.requests ? to.told : { requests };
    const isNew = told !== to.told;
    const environments = dependencies.environments();
    to.thread.postMessage({
      type: 'look',
      id,
      ...(isNew ? { requests } : {}),
      environments,
      approvedHosts: hostsNamed(environments).filter((host) => dependencies.allowedHosts.isApproved(host)),
      root: dependencies.root,
      options: dependencies.options,
      deadlineMs,
      maxAgeMs,
    } satisfies ToWorker);
    // Only what has gone out was told: after a failure all is sent anew.
    to.told = told;
    to.asked.set(id, told);
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
          running?.thread.postMessage({ type: 'abort', id } satisfies ToWorker);
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
          hand(id, requests, deadlineMs, maxAgeMs);
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
