/** Spreads the tasks of a large check over this thread and as many others as the machine has cores for. */
import { Worker } from 'node:worker_threads';
import { setImmediate as pause } from 'node:timers/promises';
import { createPartChecker, type PartAnswer, type PartSetting, type PartTask } from './checkPart.ts';
import type { ThreadAnswer, ThreadOrder } from './checkThread.ts';
import { leaveCores } from '../platform/optimising.ts';
import { compilesMoreNow } from './compiled.ts';

/** More threads than this wait for the one that gathers. */
const MOST_THREADS = 8;
/** Fewer tasks than this are done before a thread has started. */
const FEWEST_TASKS = 8;
/** Of one thread: the next is there when it ends one, whatever this thread is busy with. */
const TASKS_AHEAD = 2;

export interface Threads {
  /** Starts the other threads: what they take to start is then over when there is something to do. */
  readonly start: () => void;
  /** What all tasks from now on are done with. */
  readonly use: (setting: PartSetting) => void;
  /** Does the tasks in whatever order; `take` is called with each answer. @throws what a rule throws, or the signal's reason. */
  readonly run: (tasks: readonly PartTask[], take: (answer: PartAnswer, task: PartTask) => void) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** `program` is the thread's program; undefined where there is none: then this thread does it all. */
export function createThreads(options: {
  readonly program: URL | undefined;
  readonly cores: number;
  readonly signal: AbortSignal;
}): Threads {
  const { program, cores, signal } = options;
  const others: Other[] = [];
  let setting: PartSetting | undefined;
  let own: ReturnType<typeof createPartChecker> | undefined;
  const start = (): void => {
    while (program !== undefined && others.length < Math.min(cores, MOST_THREADS) - 1) {
      const other = startOther(program);
      if (setting !== undefined) other.use(setting);
      others.push(other);
    }
  };
  return {
    start,
    use: (chosen) => {
      setting = chosen;
      own = undefined;
      for (const other of others) other.use(chosen);
    },
    run: async (tasks, take) => {
      if (setting === undefined) throw new Error('nothing was said of what to check with');
      const using = setting;
      const queue = [...tasks].reverse();
      let failure: Error | undefined;
      if (tasks.length >= FEWEST_TASKS) start();
      const handOver = async (other: Other): Promise<void> => {
        for (let task = queue.pop(); task !== undefined && failure === undefined; task = queue.pop()) {
          const answer = await other.ask(task);
          if (answer === undefined) {
            // A thread that can't be started, or ran out of memory: this one does its work.
            queue.push(task);
            return;
          }
          if ('failed' in answer) failure = new Error(answer.failed);
          else take(answer, task);
        }
      };
      const helped = tasks.length < FEWEST_TASKS ? [] : others;
      const handed = helped.flatMap((other) => Array.from({ length: TASKS_AHEAD }, async () => await handOver(other)));
      let isWarm = false;
      const work = async (): Promise<void> => {
        for (let task = queue.pop(); task !== undefined && failure === undefined; task = queue.pop()) {
          own ??= createPartChecker(using);
          take(own(task), task);
          if (!isWarm) {
            isWarm = true;
            compilesMoreNow();
            // Not before: compiled code is only taken under the flags that it was made with, here and by the other threads.
            leaveCores();
          }
          await pause();
          signal.throwIfAborted();
        }
      };
      await work();
      await Promise.all(handed);
      await work();
      if (failure !== undefined) throw failure;
    },
    end: async () => {
      await Promise.all(others.map(async (other) => await other.end()));
    },
  };
}

interface Other {
  readonly use: (setting: PartSetting) => void;
  /** The thread's answer; undefined where the thread is gone. */
  readonly ask: (task: PartTask) => Promise<ThreadAnswer | undefined>;
  readonly end: () => Promise<void>;
}

function startOther(program: URL): Other {
  const worker = new Worker(program);
  // It answers in the order in which it was asked.
  const waiting: ((answer: ThreadAnswer | undefined) => void)[] = [];
  let isGone = false;
  const gone = (): void => {
    isGone = true;
    for (const settle of waiting.splice(0)) settle(undefined);
  };
  worker.on('message', (answer: ThreadAnswer) => waiting.shift()?.(answer));
  worker.on('error', gone);
  worker.on('exit', gone);
  const order = (each: ThreadOrder): void => worker.postMessage(each);
  return {
    use: (setting) => order({ setting }),
    ask: async (task) => {
      if (isGone) return undefined;
      return await new Promise((resolve) => {
        waiting.push(resolve);
        order({ task });
      });
    },
    end: async () => {
      await worker.terminate();
    },
  };
}
