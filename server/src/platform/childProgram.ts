/** Our own program as a child: a channel that ends it when we go away, its output by lines, and an end that waits for its teardown. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface ChildProgramOptions {
  /** Folder of the program's `main.js` (or `main.ts`, run from source). */
  readonly home: URL;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Aborting closes the channel: the child tears down and ends. After `graceMs` it is ended for good. */
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly onLine: (line: string) => void;
}

export interface ChildProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last part of what it wrote to stderr; not redacted here, the child does that. */
  readonly stderr: string;
}

const STDERR_KEPT = 8192;
/** Longest wait for the rest of the output once the child is gone. */
const PIPES_MS = 2000;

/** Runs the program with `args` and resolves when it is gone. Rejects only where it can't be started. */
export async function runChildProgram(options: ChildProgramOptions): Promise<ChildProgramEnd> {
  options.signal.throwIfAborted();
  const built = fileURLToPath(new URL('main.js', options.home));
  const main = existsSync(built) ? built : fileURLToPath(new URL('main.ts', options.home));
  const child = spawn(process.execPath, [...process.execArgv, main, ...options.args], {
    cwd: options.cwd,
    // Inside VS Code our executable is Electron: this makes it Node.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const lines = child.stdout ? createInterface({ input: child.stdout, crlfDelay: Infinity }) : undefined;
  lines?.on('line', options.onLine);
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (child.connected) child.disconnect();
    timer = setTimeout(() => child.kill('SIGKILL'), options.graceMs);
  };
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = new Promise<ChildProgramEnd>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        resolve({ code, signal, stderr });
      });
    });
    // Not the child's `close`: it never comes once we disconnected the channel ourselves (nodejs/node#19433).
    const read = [child.stdout, child.stderr].map(async (stream) => {
      if (stream !== null && !stream.closed) await once(stream, 'close');
    });
    const end = await ended;
    // What it wrote last is read before this; what outlives a killed child may hold its pipes open for ever.
    await Promise.race([Promise.all(read), setTimeoutPromise(PIPES_MS, undefined, { ref: false })]);
    return { ...end, stderr };
  } finally {
    clearTimeout(timer);
    lines?.close();
    options.signal.removeEventListener('abort', stop);
  }
}
