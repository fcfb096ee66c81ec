/** The look-up worker's program: runs look-ups on its own thread, and asks its host for secrets, files and the cache. */
import { parentPort } from 'node:worker_threads';
import type { Clock, Files } from '../core/ports.ts';
import { createLookup, type LiveLookup } from './lookup.ts';
import type { FromWorker, HostQuestion, LookMessage, ToKeep, ToWorker } from './workerMessages.ts';

interface Port {
  postMessage(message: FromWorker): void;
  on(event: 'message', listener: (message: ToWorker) => void): unknown;
}

/** Serves look-ups on a channel until the thread ends. */
function serveLookups(port: Port): void {
  const runs = new Map<number, AbortController>();
  const questions = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  /** Not sent one by one: thousands of messages would keep the editor's thread from what is typed. */
  let keep: ToKeep[] = [];
  let nextQuestion = 0;
  let current: LookMessage | undefined;
  let lookup: LiveLookup | undefined;

  const askHost = async (what: HostQuestion, ...args: readonly unknown[]): Promise<unknown> =>
    await new Promise((resolve, reject) => {
      const id = ++nextQuestion;
      questions.set(id, { resolve, reject });
      port.postMessage({ type: 'ask', id, what, args });
    });

  const clock: Clock = {
    now: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => {
        clearTimeout(timer);
      };
    },
  };

  /** One look-up for the thread's life, so that credentials and answers are shared by its runs. */
  const theLookup = (message: LookMessage): LiveLookup => {
    current = message;
    lookup ??= createLookup({
      environments: () => current?.environments ?? [],
      secrets: {
        read: async (reference) => (await askHost('secrets.read', reference)) as string | undefined,
        redact: (text) => text,
      },
      clock,
      cache: {
        get: async (key) => (await askHost('cache.get', key)) as { value: unknown; at: string } | undefined,
        set: (key, value, at) => {
          keep.push({ key, value, at });
          return Promise.resolve();
        },
        remove: () => Promise.resolve(),
      },
      log: { write: (level, text) => port.postMessage({ type: 'log', level, message: text }) },
      allowedHosts: {
        isApproved: (host) => current?.approvedHosts.includes(host) ?? false,
        list: () => current?.approvedHosts ?? [],
      },
      // The host doesn't ask where there is no trust.
      trusted: () => true,
      files: {
        readText: async (path: string) => (await askHost('files.readText', path)) as string,
        info: async (path: string) => (await askHost('files.info', path)) as Awaited<ReturnType<Files['info']>>,
      },
      root: message.root,
      options: message.options,
    });
    return lookup;
  };

  const run = async (message: LookMessage): Promise<void> => {
    const controller = new AbortController();
    runs.set(message.id, controller);
    try {
      const result = await theLookup(message).look(message.requests, {
        signal: controller.signal,
        ...(message.deadlineMs === undefined ? {} : { deadlineMs: message.deadlineMs }),
        ...(message.maxAgeMs === undefined ? {} : { maxAgeMs: message.maxAgeMs }),
      });
      const kept = keep;
      keep = [];
      port.postMessage({ type: 'result', id: message.id, result, keep: kept });
    } catch (error) {
      if (!controller.signal.aborted)
        port.postMessage({
          type: 'failed',
          id: message.id,
          message: error instanceof Error ? error.message : String(error),
        });
    } finally {
      runs.delete(message.id);
    }
  };

  port.on('message', (message) => {
    switch (message.type) {
      case 'look':
        void run(message);
        return;
      case 'abort':
        runs.get(message.id)?.abort();
        return;
      case 'answer': {
        const question = questions.get(message.id);
        questions.delete(message.id);
        if (message.error === undefined) question?.resolve(message.value);
        else question?.reject(new Error(message.error));
      }
    }
  });
}

if (parentPort) serveLookups(parentPort);
