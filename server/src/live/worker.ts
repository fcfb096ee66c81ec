/** The look-up worker: runs look-ups on its own thread, with what that thread is given. */
import type { Clock, LogLevel } from '../core/ports.ts';
import { packed, type Told } from './answers.ts';
import { createLookup, type LiveLookup, type LookupDependencies } from './lookup.ts';
import type { FromWorker, LookMessage, ToWorker } from './workerMessages.ts';

export interface WorkerPort {
  postMessage(message: FromWorker): void;
  on(event: 'message', listener: (message: ToWorker) => void): unknown;
}

/** What the thread has of its own, so that nothing of a look-up is done by the one that answers the editor. */
export interface WorkerDependencies {
  readonly clock: Clock;
  readonly files: NonNullable<LookupDependencies['files']>;
  readonly secretsOf: (root: string | undefined) => LookupDependencies['secrets'];
  readonly cacheOf: (redact: (text: string) => string) => LookupDependencies['cache'];
}

/** Serves look-ups of one root on a channel until the thread ends. */
export function serveLookups(port: WorkerPort, dependencies: WorkerDependencies): void {
  const runs = new Map<number, AbortController>();
  let told: Told = { requests: [] };
  let current: LookMessage | undefined;
  let lookup: LiveLookup | undefined;
  let redact = (text: string): string => text;

  /** One look-up for the thread's life, so that credentials and answers are shared by its runs. */
  const theLookup = (message: LookMessage): LiveLookup => {
    current = message;
    if (lookup) return lookup;
    const secrets = dependencies.secretsOf(message.root);
    redact = secrets.redact;
    const write = (level: LogLevel, text: string): void =>
      port.postMessage({ type: 'log', level, message: secrets.redact(text) });
    lookup = createLookup({
      environments: () => current?.environments ?? [],
      secrets,
      clock: dependencies.clock,
      cache: dependencies.cacheOf(secrets.redact),
      log: { write },
      allowedHosts: {
        isApproved: (host) => current?.approvedHosts.includes(host) ?? false,
        list: () => current?.approvedHosts ?? [],
      },
      // The host doesn't ask where there is no trust.
      trusted: () => true,
      files: dependencies.files,
      root: message.root,
      options: message.options,
    });
    return lookup;
  };

  const run = async (message: LookMessage): Promise<void> => {
    const { id, requests, deadlineMs, maxAgeMs } = message;
    if (requests) told = { requests };
    const asked = told;
    const controller = new AbortController();
    runs.set(id, controller);
    try {
      const { observations, calls } = await theLookup(message).look(asked.requests, {
        signal: controller.signal,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
      });
      const answers = packed(observations, asked === told ? told : undefined);
      port.postMessage({ type: 'result', id, answers, calls });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      // The host knows none of the secrets that were read here.
      port.postMessage({ type: 'failed', id, message: redact(said) });
    } finally {
      runs.delete(id);
    }
  };

  port.on('message', (message) => {
    if (message.type === 'look') void run(message);
    else runs.get(message.id)?.abort();
  });
}
