/** A thread that checks part of a large workspace: one setting, then task after task until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { createPartChecker, type PartSetting, type PartTask } from './checkPart.ts';

/** What the thread answers to a task. */
export type ThreadAnswer = ReturnType<ReturnType<typeof createPartChecker>> | { readonly failed: string };

/** Serves the thread that started this one. */
export function serveParts(): void {
  const check = createPartChecker(workerData as PartSetting);
  parentPort?.on('message', (task: PartTask) => {
    let answer: ThreadAnswer;
    try {
      answer = check(task);
    } catch (error) {
      answer = { failed: error instanceof Error ? error.message : String(error) };
    }
    parentPort?.postMessage(answer);
  });
}
