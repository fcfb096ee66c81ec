/** Runs a program to its end: input fed, output kept up to a limit, a time limit, and cancellation. */
import { StringDecoder } from 'node:string_decoder';
import type { Processes, RunOptions, RunResult } from '../core/ports.ts';

const DEFAULT_KEEP_BYTES = 1 << 20;
/** A grandchild may hold the pipes open after the program itself ended; its words are not waited for. */
const STREAMS_GRACE_MS = 1000;

export async function run(
  spawn: Processes['spawn'],
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const child = await spawn(command, args, { ...options, stdin: options.input === undefined ? 'ignore' : 'pipe' });
  let timedOut = false;
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void child.kill();
        }, options.timeoutMs);
  const keep = options.keepBytes ?? DEFAULT_KEEP_BYTES;
  const stdout = createTail(keep, (text) => options.onOutput?.('stdout', text));
  const stderr = createTail(keep, (text) => options.onOutput?.('stderr', text));
  const streams = Promise.all([stdout.drain(child.stdout), stderr.drain(child.stderr)]);
  try {
    if (options.input !== undefined) await feed(child, options.input);
    const exit = await child.exit;
    await settleOrPass(streams, STREAMS_GRACE_MS);
    // What was fed may have failed because the program was told to end.
    options.signal?.throwIfAborted();
    return { ...exit, stdout: stdout.text(), stderr: stderr.text(), timedOut };
  } catch (error) {
    await child.kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

type Child = Awaited<ReturnType<Processes['spawn']>>;

/** A program may stop reading when it has enough: its exit status tells, not the broken pipe. */
async function feed(child: Child, input: NonNullable<RunOptions['input']>): Promise<void> {
  const chunks = typeof input === 'string' || input instanceof Uint8Array ? [input] : input;
  for await (const chunk of chunks) {
    try {
      await child.write(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
    } catch {
      return;
    }
  }
  await child.end();
}

interface Tail {
  drain(stream: AsyncIterable<Uint8Array>): Promise<void>;
  text(): string;
}

/** Keeps the last bytes of a stream: the end of a long output is where the error stands. */
function createTail(keepBytes: number, onText: (text: string) => void): Tail {
  const chunks: Uint8Array[] = [];
  let held = 0;
  let dropped = 0;
  const decoder = new StringDecoder('utf8');
  return {
    drain: async (stream) => {
      try {
        for await (const chunk of stream) {
          onText(decoder.write(Buffer.from(chunk)));
          chunks.push(chunk);
          held += chunk.length;
          while (held > keepBytes && chunks.length > 1) {
            const first = chunks.shift()?.length ?? 0;
            held -= first;
            dropped += first;
          }
        }
      } catch {
        // Closed because the process was ended; what came is kept.
      }
    },
    text: () => {
      const text = Buffer.concat(chunks).subarray(-keepBytes).toString('utf8');
      return dropped > 0 || held > keepBytes
        ? `… (${dropped + Math.max(0, held - keepBytes)} bytes before)\n${text}`
        : text;
    },
  };
}

async function settleOrPass(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
