/** Long work in stretches, so that what is typed meanwhile is answered in between. */
import type { ServerDependencies } from './dependencies.ts';

/** Longest stretch between two looks at what the client wants, milliseconds. */
export const STRETCH_MS = 3;

/** What `each` gives for every item, in order; rejects with what `stop` throws. */
export async function inStretches<T, R>(
  { clock, soon }: Pick<ServerDependencies, 'clock' | 'soon'>,
  items: readonly T[],
  each: (item: T) => readonly R[],
  stop: () => void = () => undefined,
): Promise<R[]> {
  const made: R[] = [];
  let start = clock.now();
  for (const item of items) {
    if (clock.now() - start > STRETCH_MS) {
      await new Promise<void>((resolve) => void soon(resolve));
      stop();
      start = clock.now();
    }
    made.push(...each(item));
  }
  return made;
}
