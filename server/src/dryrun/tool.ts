/** Runs the programs of a dry run: in the run's folder, as its user, with nothing inherited, output kept and passed on. */
import { Buffer } from 'node:buffer';
import { basename } from 'node:path';
import type { RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { StageName } from '../core/recovery/record.ts';
import type { ProcessExit, RunResult } from '../core/ports.ts';
import { memoryFault } from './memory.ts';
import type { EnginePorts } from './ports.ts';

export interface ToolOptions {
  readonly stage: StageName;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly timeoutMs?: number;
  readonly keepBytes?: number;
  /** Don't pass stdout on as output: it is data. */
  readonly quiet?: boolean;
  /** Run as ourselves: it needs to read what only we may. */
  readonly asSelf?: boolean;
}

const KEPT = 64 * 1024;

/** Runs a program to its end. Rejects with a sandbox fault where it can't be started, or with the signal's reason. */
export async function runTool(
  ports: EnginePorts,
  run: RunContext,
  command: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<RunResult> {
  try {
    const result = await ports.processes.run(command, args, {
      env: toolEnvironment(ports, run, options.env),
      cwd: run.folder,
      ...(run.owner && options.asSelf !== true ? { owner: run.owner } : {}),
      signal: run.signal,
      graceMs: 1500,
      keepBytes: options.keepBytes ?? KEPT,
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      onOutput: (stream, text) => {
        if (stream === 'stderr' || options.quiet !== true) run.output(options.stage, text);
      },
    });
    if (!result.timedOut) refuseKilled(command, result);
    if (result.code !== 0) await refuseStarved(ports, command, result.stderr);
    return result;
  } catch (error) {
    run.signal.throwIfAborted();
    if (error instanceof StageFault) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'EACCES') {
      throw new StageFault('inconclusive', `${command} can't be started (${code}); install it, or put it on PATH.`, {
        sandbox: true,
      });
    }
    throw error;
  }
}

/** A program that was ended from outside says nothing of the backup. One that crashes by itself may: on damage, for one. */
export function refuseKilled(command: string, { signal }: Pick<ProcessExit, 'signal'>): void {
  if (signal !== 'SIGKILL' && signal !== 'SIGTERM') return;
  throw new StageFault(
    'inconclusive',
    `${basename(command)} was ended from outside (${signal}) before it was done, as systems do that run out of memory; give the dry run more memory, or let less run beside it.`,
    { sandbox: true, code: 'killed' },
  );
}

/** Nor does one that found no memory. */
async function refuseStarved(ports: EnginePorts, command: string, complaint: string): Promise<void> {
  const fault = await memoryFault(ports, command, complaint);
  if (fault) throw fault;
}

/** PATH, locale and the run's own folder as home; no credential, nothing of ours. */
export function toolEnvironment(
  ports: EnginePorts,
  run: RunContext,
  extra: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return ports.processes.cleanEnvironment({ HOME: run.folder, TMPDIR: run.folder, LC_ALL: 'C', LANG: 'C', ...extra });
}

/** The last lines of a program's complaint, for a message. */
export function lastWords(result: { readonly stderr: string; readonly stdout: string }, lines = 3): string {
  const text = (result.stderr.trim() === '' ? result.stdout : result.stderr).trim();
  return text.split(/\r?\n/u).slice(-lines).join(' ').slice(0, 600);
}

/** Passes bytes through a program: decompressors and decrypters. The program's failure is a fault when the stream ends. */
export async function* throughTool(
  ports: EnginePorts,
  run: RunContext,
  command: string,
  args: readonly string[],
  source: AsyncIterable<Uint8Array>,
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly asSelf?: boolean;
    fault(message: string): StageFault;
  },
): AsyncGenerator<Uint8Array> {
  const child = await ports.processes.spawn(command, args, {
    env: toolEnvironment(ports, run, options.env),
    cwd: run.folder,
    stdin: 'pipe',
    signal: run.signal,
    graceMs: 1500,
    ...(run.owner && options.asSelf !== true ? { owner: run.owner } : {}),
  });
  let complaint = '';
  const listening = (async () => {
    for await (const chunk of child.stderr) complaint = (complaint + Buffer.from(chunk).toString('utf8')).slice(-4000);
  })();
  let broken: unknown;
  const feeding = (async () => {
    try {
      for await (const chunk of source) await child.write(chunk);
    } catch (error) {
      // EPIPE: the program ended early and says why itself; anything else is the source's own fault.
      if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) broken = error;
    } finally {
      await child.end().catch(() => undefined);
    }
  })();
  let finished = false;
  try {
    for await (const chunk of child.stdout) yield chunk;
    finished = true;
  } finally {
    if (!finished) await child.kill();
  }
  await feeding;
  await listening;
  const exit = await child.exit;
  run.signal.throwIfAborted();
  if (broken !== undefined) throw broken instanceof Error ? broken : new Error('The source of a stream failed.');
  refuseKilled(command, exit);
  if (exit.code !== 0) await refuseStarved(ports, command, complaint);
  if (exit.code !== 0)
    throw options.fault(
      complaint.trim().split('\n').slice(-2).join(' ') ||
        `it ended with status ${exit.code ?? exit.signal ?? 'unknown'}`,
    );
}
