/** Gives memory back once nobody typed or asked for a while: typing leaves garbage, and a pause costs nobody anything. */
import type { ServerDependencies } from './dependencies.ts';

/** Milliseconds without work that count as a pause. */
const PAUSE_MS = 300;

/** Returns what is to be called whenever work was done. */
export function createRest({ clock, collect }: Pick<ServerDependencies, 'clock' | 'collect'>): () => void {
  let last = 0;
  let waiting = false;
  const wait = (ms: number): void => {
    clock.after(ms, () => {
      const left = last + PAUSE_MS - clock.now();
      if (left > 0) {
        wait(left);
        return;
      }
      waiting = false;
      collect?.();
    });
  };
  return () => {
    last = clock.now();
    if (waiting || !collect) return;
    waiting = true;
    wait(PAUSE_MS);
  };
}
