/** Holds a run to its disk space: what it may take (the sandbox's quota), and what must stay free for everything else. */
import { join } from 'node:path';
import type { RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { asText } from '../core/references/read.ts';
import { parseSize } from '../core/values/size.ts';
import type { EnginePorts } from './ports.ts';

/** A disk is never filled to its last byte: other programs of the machine need some. */
const RESERVE = 32 * 1024 * 1024;
const SHORTEST_MS = 100;
/** Looking may take a tenth of the time. */
const RARER = 10;

/** The sandbox's quota in bytes, and as the document writes it. */
export function quotaOf(run: RunContext): { readonly bytes: number; readonly text: string } | undefined {
  const text = asText(run.plan.sandbox.raw['quota']);
  const bytes = text === undefined ? undefined : parseSize(text);
  return text === undefined || bytes === undefined ? undefined : { bytes, text };
}

function overQuota(text: string): StageFault {
  return new StageFault(
    'inconclusive',
    `The backup unpacks to more than the sandbox's quota of ${text}, and was stopped there; raise the quota, or look at what the backup holds.`,
    { code: 'quota' },
  );
}

/** Passes on what unpacks from a backup, and stops it where it is more than the quota. */
export async function* withinQuota(run: RunContext, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const quota = quotaOf(run);
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (quota && bytes > quota.bytes) throw overQuota(quota.text);
    yield chunk;
  }
}

/** Does `work` while the disk is watched; its signal is aborted where it takes too much, and the fault says so. */
export async function watched<T>(
  ports: EnginePorts,
  run: RunContext,
  work: (run: RunContext) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const watch = { ended: false, callOff: (): void => undefined };
  const look = async (): Promise<void> => {
    const began = ports.clock.now();
    const fault = await faultOf(ports, run).catch(() => undefined);
    if (watch.ended) return;
    if (fault) stop.abort(fault);
    else
      watch.callOff = ports.clock.after(Math.max(SHORTEST_MS, (ports.clock.now() - began) * RARER), () => void look());
  };
  watch.callOff = ports.clock.after(SHORTEST_MS, () => void look());
  try {
    return await work({ ...run, signal });
  } catch (error) {
    if (!run.signal.aborted && stop.signal.aborted) throw stop.signal.reason;
    throw error;
  } finally {
    watch.ended = true;
    watch.callOff();
  }
}

async function faultOf(ports: EnginePorts, run: RunContext): Promise<StageFault | undefined> {
  const free = await ports.files.freeBytes(run.folder);
  if (free < RESERVE)
    return new StageFault(
      'inconclusive',
      `The disk of the sandbox at ${run.folder} is nearly full (${free} bytes are free), and the run was stopped; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, code: 'no-space' },
    );
  const quota = quotaOf(run);
  return quota && (await sizeOf(ports, run.folder, quota.bytes)) > quota.bytes ? overQuota(quota.text) : undefined;
}

/** Bytes below `folder`; no further than `enough`. */
async function sizeOf(ports: EnginePorts, folder: string, enough: number): Promise<number> {
  let size = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && size <= enough; next = folders.pop()) {
    for (const name of await ports.files.list(next).catch(() => [])) {
      const path = join(next, name);
      const entry = await ports.files.entry(path).catch(() => undefined);
      if (entry?.kind === 'folder') folders.push(path);
      else if (entry?.kind === 'file') size += entry.size;
    }
  }
  return size;
}
