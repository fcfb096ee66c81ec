/** Spreads the tasks of a large check over this thread and as many others as the machine has cores for. */
import { Worker } from 'node:worker_threads';
import { setImmediate as pause } from 'node:timers/promises';
import { createPartChecker, type PartAnswer, type PartSetting, type PartTask } from './checkPart.ts';
import type { ThreadAnswer } from './checkThread.ts';

/** More threads than this wait for the one that gathers. */
const MOST_THREADS = 8;
/** Fewer tasks than this are done before a thread has started. */
const FEWEST_TASKS = 3;

export interface Threads {
  /** Does the tasks in whatever order; `take` is called with each answer. @throws what a rule throws, or the signal's reason. */
  readonly run: (tasks: readonly PartTask[], take: (answer: PartAnswer) => void) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** `program` is the thread's program; undefined where there is none: then this thread does it all. */
export function createThreads(options: {
  readonly setting: PartSetting;
  readonly program: URL | undefined;
  readonly cores: number;
  readonly signal: AbortSignal;
}): Threads {
  const { setting, program, cores, signal } = options;
  const workers: Worker[] = [];
  let own: ReturnType<typeof createPartChecker> | undefined;
  return {
    run: async (tasks, take) => {
      const queue = [...tasks].reverse();
      let failure: Error | undefined;
      const wanted =
        program === undefined || tasks.length < FEWEST_TASKS ? 0 : Math.min(cores, MOST_THREADS, tasks.length) - 1;
      while (program !== undefined && workers.length < wanted)
        workers.push(new Worker(program, { workerData: setting }));
      const others = workers.slice(0, wanted).map(async (worker) => {
        for (let task = queue.pop(); task !== undefined && failure === undefined; task = queue.pop()) {
          const answer = await ask(worker, task);
          if (answer === undefined) {
            // A thread that can't be started, or ran out of memory: this one does its work.
            queue.push(task);
            return;
          }
          if ('failed' in answer) failure = new Error(answer.failed);
          else take(answer);
        }
      });
      const work = async (): Promise<void> => {
        for (let task = queue.pop(); task !== undefined && failure === undefined; task = queue.pop()) {
          own ??= createPartChecker(setting);
          take(own(task));
          await pause();
          signal.throwIfAborted();
        }
      };
      await work();
      await Promise.all(others);
      await work();
      if (failure !== undefined) throw failure;
    },
    end: async () => {
      await Promise.all(workers.map(async (worker) => await worker.terminate()));
    },
  };
}

/** The thread's answer; undefined where the thread is gone. */
async function ask(worker: Worker, task: PartTask): Promise<ThreadAnswer | undefined> {
  return await new Promise((resolve) => {
    const settle = (answer: ThreadAnswer | undefined): void => {
      worker.off('message', settle);
      worker.off('error', gone);
      worker.off('exit', gone);
      resolve(answer);
    };
    const gone = (): void => settle(undefined);
    worker.once('message', settle);
    worker.once('error', gone);
    worker.once('exit', gone);
    worker.postMessage(task);
  });
}
