/** Keeps records in a workspace's journal, as the writer that this clone and branch are. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Files, Machine } from '../core/ports.ts';
import type { DraftRecord, EvidenceRecord } from '../core/recovery/record.ts';
import { appendRecord, EVIDENCE_FOLDER, writerName } from './journal.ts';
import type { LockPorts } from './lock.ts';
import type { Signer } from './sign.ts';

export interface KeeperPorts extends LockPorts {
  readonly machine: Pick<Machine, 'cacheFolder' | 'hostName' | 'user'>;
}

export interface KeeperOptions {
  /** Absolute root of the workspace. */
  readonly root: string;
  readonly branch?: string;
  /** Signs every record. */
  readonly sign?: Signer;
}

/** The function that a dry run hands its record to; answers with the record as written and its path from the root. */
export async function createKeeper(
  ports: KeeperPorts,
  options: KeeperOptions,
): Promise<(draft: DraftRecord) => Promise<{ readonly record: EvidenceRecord; readonly file: string }>> {
  const writer = await ownWriter(ports, options);
  const folder = join(options.root, EVIDENCE_FOLDER);
  return async (draft) => {
    const kept = await appendRecord(ports, draft, {
      folder,
      writer,
      ...(options.sign === undefined ? {} : { sign: options.sign }),
    });
    return { record: kept.record, file: `${EVIDENCE_FOLDER}/${kept.file}` };
  };
}

/** The chain that this clone and branch write. */
export async function ownWriter(
  ports: KeeperPorts,
  { root, branch }: Pick<KeeperOptions, 'root' | 'branch'>,
): Promise<string> {
  return writerName({
    clone: await cloneId(ports, root),
    user: ports.machine.user,
    host: ports.machine.hostName,
    ...(branch === undefined ? {} : { branch }),
  });
}

/**
 * A random name of this clone, kept in the user's cache: two clones of one repository are two writers.
 * @throws where the cache can't be written: a name made anew each time would be a new writer each time.
 */
async function cloneId(ports: KeeperPorts, root: string): Promise<string> {
  const folder = join(ports.machine.cacheFolder, 'clones');
  const path = join(folder, createHash('sha256').update(root).digest('hex'));
  const read = async (files: Files): Promise<string | undefined> =>
    (await files.readText(path).catch(() => '')).trim() || undefined;
  const known = await read(ports.files);
  if (known !== undefined) return known;
  const made = randomBytes(8).toString('hex');
  try {
    await ports.files.makeFolder(folder);
    await ports.files.createExclusive(path, made);
  } catch (error) {
    throw new Error(
      `The cache folder ${ports.machine.cacheFolder}, where this clone's name for its evidence is kept, can't be written: set XDG_CACHE_HOME to a folder that can (${error instanceof Error ? error.message : String(error)}).`,
      { cause: error },
    );
  }
  return (await read(ports.files)) ?? made;
}
