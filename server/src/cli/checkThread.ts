/** A thread that checks part of a large workspace: one setting, then task after task until it is ended. */
import { createPartChecker, type PartSetting, type PartTask } from './checkPart.ts';

/** What the thread answers to a task. */
export type ThreadAnswer = ReturnType<ReturnType<typeof createPartChecker>> | { readonly failed: string };

/** Serves the thread that started this one. */
export function serveParts(): void {
  // Every check carries this module along, and only a thread has use for what is behind it.
  const thread = process.getBuiltinModule('node:worker_threads');
  const port = thread.parentPort;
  const check = createPartChecker(thread.workerData as PartSetting);
  port?.on('message', (task: PartTask) => {
    let answer: ThreadAnswer;
    try {
      answer = check(task);
    } catch (error) {
      answer = { failed: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
  });
}
