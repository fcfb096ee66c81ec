/** The machine's clock behind the `Clock` port. */
import type { Clock } from '../core/ports.ts';

export function createClock(): Clock {
  return {
    now: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}
