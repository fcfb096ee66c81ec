/** Writes a stream into a file of the run's folder, as the run's user; a full disk is told as what it is. */
import { Buffer } from 'node:buffer';
import { dirname } from 'node:path';
import { StageFault, type RunContext } from '../core/recovery/engine.ts';
import type { EnginePorts } from './ports.ts';
import { toolEnvironment } from './tool.ts';

/** Writes all of `source` to `path`, whose folder is made. Rejects with a sandbox fault where the disk is full. */
export async function writeFile(
  ports: EnginePorts,
  run: RunContext,
  path: string,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  await makeFolder(ports, run, dirname(path));
  if (ports.machine.platform === 'win32') {
    await ports.files.writeStream(path, source, run.signal);
    return;
  }
  const child = await ports.processes.spawn('/bin/sh', ['-c', 'umask 077; exec cat > "$0"', path], {
    env: toolEnvironment(ports, run),
    cwd: run.folder,
    stdin: 'pipe',
    signal: run.signal,
    graceMs: 500,
    ...(run.owner ? { owner: run.owner } : {}),
  });
  let complaint = '';
  const listening = Promise.all([
    (async () => {
      for await (const chunk of child.stderr)
        complaint = (complaint + Buffer.from(chunk).toString('utf8')).slice(-2000);
    })(),
    (async () => {
      for await (const _chunk of child.stdout);
    })(),
  ]).catch(() => undefined);
  let broken: unknown;
  try {
    for await (const chunk of source) await child.write(chunk);
    await child.end();
  } catch (error) {
    // EPIPE: the writer stopped, and says why itself.
    if (!(
      error instanceof Error &&
      'code' in error &&
      (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')
    )) {
      broken = error;
      await child.kill();
    }
  }
  const exit = await child.exit;
  await listening;
  run.signal.throwIfAborted();
  if (broken !== undefined) throw broken instanceof Error ? broken : new Error('The source of a stream failed.');
  if (exit.code === 0) return;
  throw writeFault(run, path, complaint.trim() || `status ${exit.code ?? exit.signal ?? 'unknown'}`);
}

/** What it means that something could not be written: never a fault of the backup. */
export function writeFault(run: RunContext, path: string, error: unknown): StageFault {
  const complaint = error instanceof Error ? error.message : String(error);
  if (/No space left|ENOSPC|Disk quota|EDQUOT|File too large|EFBIG/iu.test(complaint)) {
    return new StageFault(
      'inconclusive',
      `There is not enough disk space for the backup's copy in ${run.folder}; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, code: 'no-space' },
    );
  }
  return new StageFault('inconclusive', `The backup's copy could not be written to ${path}: ${complaint}.`, {
    sandbox: true,
  });
}

/** A folder of the run that the run's user may use. */
export async function makeFolder(ports: EnginePorts, run: RunContext, path: string): Promise<void> {
  if ((await ports.files.info(path)) !== undefined) return;
  await ports.files.makeFolder(path);
  await ports.files.setMode(path, 0o700);
  if (run.owner) await ports.files.setOwner(path, run.owner);
}
