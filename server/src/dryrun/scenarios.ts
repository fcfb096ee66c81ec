/** What goes wrong on purpose: injected into the readers of one run, never into a store. */
import { Buffer } from 'node:buffer';
import type { BackupPlan, FoundBackup, RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { landStream } from './sources.ts';
import type { StoredHandle } from './stored.ts';
import type { Store } from './stores/store.ts';
import type { BackupTool } from './tools/backupTool.ts';
import type { EnginePorts } from './ports.ts';

/** Each chunk of a slow store comes this much later. */
const SLOW_MS = 40;

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
  const slow = withReading(
    found,
    (store) => (object, signal, range) => slowed(ports, store.read(object, signal, range), signal),
  );
  if (!slow) throw unfit(tool, 'slow-store');
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
  const corrupt = withReading(
    newest,
    (store) => (object, signal, range) =>
      flipped(store.read(object, signal, range), Math.floor(object.bytes / 2) - (range?.start ?? 0)),
  );
  if (!corrupt) throw unfit(tool, 'newest-corrupt');
  try {
    await tool.fetch(ports, as(run, undefined), corrupt, false);
  } catch (error) {
    if (!(error instanceof StageFault) || error.kind !== 'failed') throw error;
    run.note({
      severity: 'information',
      code: 'scenario',
      message: `Scenario newest-corrupt: one byte of ${newest.record.id} was changed in the reader, and it was noticed: ${error.message}`,
    });
    return;
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
    `The scenario ${scenario} can't be played with backups of ${tool.id}: they are not read through a store of ours.`,
  );
}

async function* flipped(source: AsyncIterable<Uint8Array>, at: number): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const chunk of source) {
    if (at >= position && at < position + chunk.byteLength) {
      const copy = Buffer.from(chunk);
      copy[at - position] = (copy[at - position] ?? 0) ^ 0xff;
      yield copy;
    } else yield chunk;
    position += chunk.byteLength;
  }
}

async function* slowed(
  ports: EnginePorts,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => ports.clock.after(SLOW_MS, resolve));
    yield chunk;
  }
}
