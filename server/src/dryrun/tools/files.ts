/** Files as backups: tar and zip archives (compressed, encrypted), or plain objects copied as they are. */
import type { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type {
  BackupPlan,
  FetchedBackup,
  FoundBackup,
  RestoreOutcome,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { BackupRecord } from '../../core/recovery/record.ts';
import type { EnginePorts } from '../ports.ts';
import { filesBelow, type FilesHandle } from '../sandboxes/files.ts';
import { withinQuota } from '../quota.ts';
import { freshPath, stage } from '../staging.ts';
import { locateStored, type Grouping, type StoredHandle } from '../stored.ts';
import { describeBytes } from '../streams.ts';
import { lastWords, runTool } from '../tool.ts';
import { stageTree } from '../tree.ts';
import type { Wrapping } from '../unwrap.ts';
import { openWrapped, peel, readWords } from '../wrapped.ts';
import { writeFile } from '../writeFile.ts';
import type { BackupTool } from './backupTool.ts';

export const files: BackupTool = { id: 'files', engines: ['files', 'sqlite'], locate, fetch, restore };

interface Fetched {
  readonly format: 'tar' | 'zip' | 'file' | 'tree';
  readonly wrappings: readonly Wrapping[];
}

/** Without a pattern all that lies there is one backup: a tree of objects. */
async function locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup> {
  return await locateStored(
    ports,
    run,
    backup,
    backup.match === undefined && backup.time === undefined ? wholeTree : undefined,
  );
}

const wholeTree: Grouping = (objects) => {
  const members = objects.filter((each) => each.hidden === undefined && !each.name.endsWith('/'));
  const first = members[0];
  if (!first || members.length < 2 || members.some((each) => /\.(?:tar|tgz|zip)(?:\.\w+)*$/iu.test(each.name)))
    return objects;
  const root = first.key.slice(0, first.key.length - first.name.length).replace(/\/$/u, '');
  return [
    {
      key: root === '' ? '/' : root,
      name: root.slice(root.lastIndexOf('/') + 1) || 'objects',
      bytes: members.reduce((sum, each) => sum + each.bytes, 0),
      storedMs: Math.max(...members.map((each) => each.storedMs)),
      members,
    },
  ];
};

export async function fetch(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  restoring: boolean,
): Promise<FetchedBackup> {
  const handle = found.handle as StoredHandle;
  if (handle.members.length > 1) {
    const target = await freshPath(ports, run, 'tree');
    const staged = await stageTree(ports, run, handle, target, (member) => member.name);
    return {
      found,
      record: { ...found.record, checksum: staged.checksum, format: 'tree' },
      path: target,
      bytes: staged.bytes,
      message: `${handle.members.length} objects, ${staged.bytes} bytes read and summed`,
      handle: { format: 'tree', wrappings: [] } satisfies Fetched,
    };
  }
  const staged = await stage(ports, run, handle.store, handle.object, handle.promised);
  const { wrappings, first, described } = await peel(ports, run, found.plan, staged.path, 1024);
  const format = formatOf(first);
  refuseMisnamed(found.record.id, format, wrappings, first);
  const record: BackupRecord = { ...found.record, checksum: staged.checksum, ...described, format };
  if (!restoring) await verify(ports, run, found.plan, staged.path, { format, wrappings });
  return {
    found,
    record,
    path: staged.path,
    bytes: staged.bytes,
    message: readWords(staged.bytes, staged.checksum),
    handle: { format, wrappings } satisfies Fetched,
  };
}

/** What the first bytes (nothing wrapped around them) say that it is. */
function formatOf(first: Buffer): 'tar' | 'zip' | 'file' {
  if (first.toString('latin1', 257, 262) === 'ustar' || hasTarSum(first)) return 'tar';
  return first.toString('latin1', 0, 4) === 'PK\x03\x04' ? 'zip' : 'file';
}

/** The oldest kind of tar has no mark, but a sum over its first block. */
function hasTarSum(first: Buffer): boolean {
  if (first.length < 512) return false;
  const kept = /^[ 0]*([0-7]+)[\0 ]/u.exec(first.toString('latin1', 148, 156))?.[1];
  const sum = first.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  return kept !== undefined && Number.parseInt(kept, 8) === sum;
}

/** What a name promises of the bytes, where they are nothing of the kind: a page that says "403" was stored, or another file. */
const PROMISES: readonly (readonly [RegExp, 'tar' | 'zip' | Wrapping, string])[] = [
  // Under a wrapping that is not known here nothing can be seen of it.
  [/\.(?:tar|tgz|tbz2|txz)(?:\.(?:gz|zst|lz4|xz|bz2|age|gpg|enc))*$/iu, 'tar', 'tar archive'],
  [/\.zip(?:\.(?:gz|zst|lz4|xz|bz2|age|gpg|enc))*$/iu, 'zip', 'zip archive'],
  [/\.(?:gz|tgz)$/iu, 'gzip', 'gzip stream'],
  [/\.zst$/iu, 'zstd', 'zstd stream'],
  [/\.lz4$/iu, 'lz4', 'lz4 stream'],
  [/\.xz$/iu, 'xz', 'xz stream'],
  [/\.bz2$/iu, 'bzip2', 'bzip2 stream'],
];

function refuseMisnamed(id: string, format: string, wrappings: readonly Wrapping[], first: Buffer): void {
  const broken = PROMISES.find(
    ([name, kind]) => name.test(id) && (kind === 'tar' || kind === 'zip' ? format !== kind : !wrappings.includes(kind)),
  );
  if (broken)
    throw new StageFault(
      'failed',
      `${id} is no ${broken[2]}, as its name says: it begins with ${describeBytes(first)}.`,
      {
        code: 'wrong-format',
      },
    );
}

async function verify(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  path: string,
  { format, wrappings }: Fetched,
): Promise<void> {
  const source = await openWrapped(ports, run, backup, path, wrappings);
  if (format === 'tar')
    refuse(
      await runTool(ports, run, 'tar', ['-tf', '-'], { stage: 'fetch+verify', input: source, quiet: true }),
      'tar',
    );
  else if (format === 'zip' && wrappings.length === 0)
    refuse(await runTool(ports, run, 'unzip', ['-tqq', path], { stage: 'fetch+verify', quiet: true }), 'unzip');
  else for await (const _chunk of source) run.signal.throwIfAborted();
}

function refuse(
  result: { readonly code: number | null; readonly stdout: string; readonly stderr: string },
  tool: string,
): void {
  if (result.code === 0) return;
  const words = lastWords(result);
  if (/No space left|Disk quota/iu.test(words))
    throw new StageFault('inconclusive', `The sandbox ran out of disk space while ${tool} unpacked.`, {
      sandbox: true,
      output: result.stderr,
      code: 'no-space',
    });
  // What unzip says of it goes over five lines, with the path of our copy.
  const told = /zipfile directory|End-of-central-directory/u.test(result.stdout + result.stderr)
    ? 'the list of its files, at its end, is missing'
    : `${tool} says "${words}"`;
  throw new StageFault('failed', `The archive is cut off or damaged: ${told}.`, {
    output: result.stderr,
  });
}

/** A device can't be made by an ordinary user, and is no data; a name that leads elsewhere is the archive's fault. */
function refuseTar(
  run: RunContext,
  result: { readonly code: number | null; readonly stdout: string; readonly stderr: string },
): void {
  const complaints = result.stderr.split('\n').filter((line) => line.trim() !== '');
  const outside = complaints.find((line) => /Member name contains '\.\.'|Path contains '\.\.'/u.test(line));
  if (outside !== undefined)
    throw new StageFault(
      'failed',
      `The archive holds a name that leads out of the folder that it is restored into: tar says "${outside.trim()}".`,
      { output: result.stderr, code: 'outside' },
    );
  const devices = complaints.filter((line) => /Cannot (?:mknod|mkfifo)/u.test(line));
  const others = complaints.filter(
    (line) => !devices.includes(line) && !/previous errors|Removing leading/u.test(line),
  );
  if (result.code === 2 && devices.length > 0 && others.length === 0) {
    run.note({
      severity: 'information',
      code: 'devices-left-out',
      message: `The archive holds ${devices.length} device${devices.length === 1 ? '' : 's'}, which a dry run does not make.`,
    });
    return;
  }
  refuse(result, 'tar');
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const { folder } = sandbox.handle as FilesHandle;
  const { format, wrappings } = fetched.handle as Fetched;
  const path = fetched.path ?? '';
  const { plan } = fetched.found;
  if (format === 'tree') {
    refuse(await runTool(ports, run, 'cp', ['-R', `${path}/.`, folder], { stage: 'restore' }), 'cp');
  } else if (format === 'tar') {
    const source = withinQuota(run, await openWrapped(ports, run, plan, path, wrappings));
    const args = ['-xf', '-', '-C', folder, '--no-same-owner'];
    refuseTar(run, await runTool(ports, run, 'tar', args, { stage: 'restore', input: source }));
  } else if (format === 'zip') {
    let zip = path;
    if (wrappings.length > 0) {
      zip = await freshPath(ports, run, 'unwrapped.zip');
      await writeFile(ports, run, zip, await openWrapped(ports, run, plan, path, wrappings));
    }
    refuse(await runTool(ports, run, 'unzip', ['-qq', '-o', zip, '-d', folder], { stage: 'restore' }), 'unzip');
  } else {
    const base = fetched.record.id.slice(fetched.record.id.lastIndexOf('/') + 1);
    const name = wrappings.length > 0 ? base.replace(/\.(?:gz|zst|lz4|xz|bz2|age|gpg|asc|enc)$/iu, '') : base;
    await writeFile(ports, run, join(folder, name), await openWrapped(ports, run, plan, path, wrappings));
  }
  const restored = await filesBelow(ports, folder);
  const bytes = restored.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes === 0)
    throw new StageFault(
      'failed',
      `The restore ended without an error, but restored nothing: ${restored.length} files, 0 bytes.`,
      { code: 'nothing-restored' },
    );
  return { restoredBytes: bytes, message: `${restored.length} files, ${bytes} bytes restored` };
}
