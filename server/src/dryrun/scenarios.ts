/** What goes wrong on purpose: injected into the readers of one run, never into a store. */
import { join } from 'node:path';
import type { BackupPlan, FoundBackup, RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { StoredObject } from '../core/recovery/newest.ts';
import type { EnginePorts } from './ports.ts';
import { landStream } from './sources.ts';
import { flipped } from './spoiled.ts';
import type { StoredHandle } from './stored.ts';
import type { Store } from './stores/store.ts';
import type { BackupTool } from './tools/backupTool.ts';

const MIB = 1024 * 1024;
/** A slow store gives no more than this, bytes in a second. */
const SLOW = 8 * MIB;

/** Finds the backup as the scenario lets it be found. */
export async function locateInScenario(
  ports: EnginePorts,
  run: RunContext,
  tool: BackupTool,
  backup: BackupPlan,
): Promise<FoundBackup> {
  const { scenario } = run.plan;
  if (scenario === 'newest-corrupt') {
    await corruptionIsNoticed(ports, run, tool, backup);
    return await tool.locate(ports, as(run, 'newest-missing'), backup);
  }
  const found = await tool.locate(ports, run, backup);
  if (scenario !== 'slow-store') return found;
  const slow =
    withReading(
      found,
      (store) => (object, signal, range) => slowed(ports, store.read(object, signal, range), signal),
    ) ?? tool.slowed?.(found, SLOW);
  if (!slow) throw unfit(tool, 'slow-store');
  run.note({
    severity: 'information',
    code: 'scenario',
    message: `Scenario slow-store: ${found.record.id} is read at ${SLOW / MIB} MiB a second at most.`,
  });
  return slow;
}

/** The newest backup is read with one byte changed: verification must notice, or a corrupt one would be restored. */
async function corruptionIsNoticed(
  ports: EnginePorts,
  run: RunContext,
  tool: BackupTool,
  backup: BackupPlan,
): Promise<void> {
  const newest = await tool.locate(ports, as(run, undefined), backup);
  const before = new Set(await ports.files.list(run.folder));
  try {
    const stored = withReading(newest, spoilLargest(newest));
    const corrupt = stored ?? (await tool.spoiled?.(ports, as(run, undefined), newest));
    if (!corrupt) throw unfit(tool, 'newest-corrupt');
    // A tool with a repository of its own would verify the whole of it; what it restores of this backup is what counts.
    await tool.fetch(ports, as(run, undefined), corrupt, stored === undefined);
  } catch (error) {
    if (!(error instanceof StageFault) || error.kind !== 'failed') throw error;
    run.note({
      severity: 'information',
      code: 'scenario',
      message: `Scenario newest-corrupt: one byte of ${newest.record.id} was changed in the reader, and it was noticed: ${error.message}`,
    });
    return;
  } finally {
    // The backup before it is read next, and must find the run's folder as this one did.
    for (const name of await ports.files.list(run.folder))
      if (!before.has(name)) await ports.files.remove(join(run.folder, name));
  }
  throw new StageFault(
    'failed',
    `Scenario newest-corrupt: one byte of ${newest.record.id} was changed in the reader, and nothing noticed; keep a checksum beside each backup.`,
  );
}

function as(run: RunContext, scenario: string | undefined): RunContext {
  const { scenario: _scenario, ...plan } = run.plan;
  return { ...run, plan: scenario === undefined ? plan : { ...plan, scenario } };
}

/** Changes the byte in the middle of the backup, or of its largest file where it is a folder. */
function spoilLargest(newest: FoundBackup): (store: Store) => Store['read'] {
  const members = (newest.handle as Partial<StoredHandle> | undefined)?.members ?? [];
  const largest = members.reduce<StoredObject | undefined>(
    (most, each) => (most === undefined || each.bytes > most.bytes ? each : most),
    undefined,
  );
  return (store) => (object, signal, range) => {
    const source = store.read(object, signal, range);
    if (object.key !== largest?.key) return source;
    return flipped(source, Math.floor(object.bytes / 2) - (range?.start ?? 0));
  };
}

/** The backup as it was found, but all its bytes are read as `change` says. */
function withReading(found: FoundBackup, change: (store: Store) => Store['read']): FoundBackup | undefined {
  const handle = found.handle as Partial<StoredHandle> | undefined;
  if (!handle?.store) return undefined;
  const read = change(handle.store);
  const store: Store = {
    ...handle.store,
    localPath: () => undefined,
    read,
    land: async (object, signal, landing) => await landStream(read(object, signal), landing),
  };
  return { ...found, handle: { ...handle, store } };
}

function unfit(tool: BackupTool, scenario: string): StageFault {
  return new StageFault(
    'inconclusive',
    `The scenario ${scenario} can't be played with backups of ${tool.id}: it reads them itself, and nothing can be put between; leave the scenario out of this dry run.`,
  );
}

/** `source` at no more than SLOW: each chunk waits as long as it would have taken. */
async function* slowed(
  ports: EnginePorts,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => ports.clock.after((chunk.byteLength / SLOW) * 1000, resolve));
    yield chunk;
  }
}
