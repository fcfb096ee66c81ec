/** Waits between two looks at a provider, no longer than the signal lets it. */
import type { EnginePorts } from '../ports.ts';

export async function pause(ports: EnginePorts, ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      callOff();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const callOff = ports.clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
