/** A thread that checks part of a large workspace: told with what, it does task after task until it is ended. */
import { createPartChecker, type PartAnswer, type PartSetting, type PartTask } from './checkPart.ts';

/** What a thread is told: with what to check from now on, or what. */
export type ThreadOrder = { readonly setting: PartSetting } | { readonly task: PartTask };
/** What the thread answers to a task. */
export type ThreadAnswer = PartAnswer | { readonly failed: string };

/** Serves the thread that started this one. */
export function serveParts(): void {
  // Every check carries this module along, and only a thread has use for what is behind it.
  const port = process.getBuiltinModule('node:worker_threads').parentPort;
  let check: ReturnType<typeof createPartChecker> | undefined;
  port?.on('message', (order: ThreadOrder) => {
    let answer: ThreadAnswer;
    try {
      if ('setting' in order) {
        check = createPartChecker(order.setting);
        return;
      }
      answer = check?.(order.task) ?? { failed: 'A thread was not told what to check with.' };
    } catch (error) {
      answer = { failed: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
  });
}
