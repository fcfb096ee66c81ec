/** mariadb-backup: physical backups (a folder, or an mbstream), prepared on a copy, and a server started on it. */
import { dirname, join } from 'node:path';
import type {
  BackupPlan,
  FetchedBackup,
  FoundBackup,
  RestoreOutcome,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { StoredObject } from '../../core/recovery/newest.ts';
import { MARKER } from '../marker.ts';
import { mariadbValue, withMariadb } from '../mariadb/connection.ts';
import { refuseLostTables } from '../mariadb/lostTables.ts';
import type { EnginePorts } from '../ports.ts';
import { filesBelow } from '../sandboxes/files.ts';
import { startMariadb, type MariadbHandle } from '../sandboxes/mariadb.ts';
import { stage } from '../staging.ts';
import { locateStored, type Grouping, type StoredHandle } from '../stored.ts';
import { lastWords, runTool } from '../tool.ts';
import { stageTree } from '../tree.ts';
import { openWrapped, peel } from '../wrapped.ts';
import { makeFolder, replaceFile } from '../writeFile.ts';
import type { BackupTool } from './backupTool.ts';
import { contents } from '../mariadb/contents.ts';

export const mariadbBackup: BackupTool = {
  id: 'mariadb-backup',
  engines: ['mariadb', 'mysql'],
  bringsServer: true,
  locate,
  fetch,
  restore,
};

/** Folders of a data folder that hold no data of the team's. */
const SYSTEM = /^(?:mysql|performance_schema|sys|#[^/]*)\//u;

const INFO = /(?:^|\/)(?:mariadb_backup_info|xtrabackup_info)$/u;

async function locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup> {
  return await locateStored(ports, run, backup, groupFolders);
}

/** Everything below the folder of an info file is one backup. */
const groupFolders: Grouping = (objects) => {
  const folders = [
    ...new Set(
      objects.filter((each) => INFO.test(each.name)).map((each) => each.name.slice(0, each.name.lastIndexOf('/') + 1)),
    ),
  ];
  if (folders.length === 0) return objects;
  const rest = objects.filter((object) => !folders.some((folder) => object.name.startsWith(folder)));
  const grouped = folders.map((folder) => {
    const members = objects.filter((object) => object.name.startsWith(folder) && object.hidden === undefined);
    const first = members[0];
    const key = first
      ? first.key.slice(0, first.key.length - first.name.length + Math.max(0, folder.length - 1)).replace(/\/$/u, '')
      : folder;
    return {
      key,
      name: folder === '' ? key.slice(key.lastIndexOf('/') + 1) : folder.slice(0, -1),
      bytes: members.reduce((sum, each) => sum + each.bytes, 0),
      storedMs: Math.max(...members.map((each) => each.storedMs)),
      members: members.length > 1 ? members : undefined,
    };
  });
  return [...rest, ...grouped].map((each) => each as StoredObject & { members?: readonly StoredObject[] });
};

async function fetch(ports: EnginePorts, run: RunContext, found: FoundBackup): Promise<FetchedBackup> {
  const handle = found.handle as StoredHandle;
  const data = join(run.folder, 'data');
  await makeFolder(ports, run, data);
  let { record } = found;
  let bytes: number;
  if (handle.members.length > 1) {
    const folder = handle.members.find((each) => INFO.test(each.name))?.name.replace(INFO, '') ?? '';
    const staged = await stageTree(ports, run, handle, data, (member) =>
      folder === '' ? member.name : member.name.slice(folder.length + 1),
    );
    bytes = staged.bytes;
    record = { ...record, bytes, checksum: staged.checksum, format: 'folder' };
  } else {
    const staged = await stage(ports, run, handle.store, handle.object, handle.promised);
    bytes = staged.bytes;
    const { wrappings, described } = await peel(ports, run, found.plan, staged.path, 64);
    record = { ...record, ...described };
    const stream = await openWrapped(ports, run, found.plan, staged.path, wrappings);
    const program = await ports.processes.find('mbstream');
    if (program === undefined)
      throw new StageFault('inconclusive', 'mbstream is not on PATH; install mariadb-backup.', {
        sandbox: true,
        code: 'no-binaries',
      });
    const result = await runTool(ports, run, program, ['-x', '-C', data], { stage: 'fetch+verify', input: stream });
    if (result.code !== 0)
      throw new StageFault('failed', `The stream of the backup is cut off or damaged: ${complaint(result)}`, {
        output: result.stderr,
      });
    record = { ...record, checksum: staged.checksum, format: 'mbstream' };
  }
  const info = await ports.files
    .readText(join(data, 'mariadb_backup_info'))
    .catch(async () => await ports.files.readText(join(data, 'xtrabackup_info')).catch(() => ''));
  const source = /^server_version\s*=\s*([\d.]+)/mu.exec(info)?.[1];
  const tool = /^tool_version\s*=\s*([\d.]+)/mu.exec(info)?.[1];
  record = {
    ...record,
    ...(source === undefined ? {} : { sourceVersion: source }),
    ...(tool === undefined ? {} : { toolVersion: `mariadb-backup ${tool}` }),
  };
  const program = await ports.processes.find('mariadb-backup');
  if (program === undefined)
    throw new StageFault('inconclusive', 'mariadb-backup is not on PATH; install it.', {
      sandbox: true,
      code: 'no-binaries',
    });
  const prepared = await runTool(ports, run, program, ['--no-defaults', '--prepare', `--target-dir=${data}`], {
    stage: 'fetch+verify',
    quiet: true,
  });
  if (prepared.code !== 0 || !/completed OK!/u.test(prepared.stderr + prepared.stdout))
    throw new StageFault('failed', `mariadb-backup could not prepare the backup: ${complaint(prepared)}`, {
      output: prepared.stderr,
    });
  return { found, record, path: data, bytes, message: `${bytes} bytes read, prepared on a copy` };
}

/** A server of the backup's own version that does not start on it for what InnoDB finds there: damage, no fault of the sandbox. */
function orDamaged({ record }: FetchedBackup, handle: MariadbHandle): (error: unknown) => never {
  const series = (version = ''): string => version.split('.', 2).join('.');
  return (error) => {
    const log = error instanceof StageFault ? (error.output ?? '') : '';
    const line = /^.*\[ERROR\] (InnoDB: .*)$/mu.exec(log)?.[1];
    if (
      line === undefined ||
      (error instanceof StageFault && error.code === 'no-space') ||
      series(record.sourceVersion) !== series(handle.version)
    )
      throw error;
    throw new StageFault('failed', `The backup is cut off or damaged: a server does not start on it, "${line}".`, {
      output: log,
    });
  };
}

/** What was wrong, of all that these tools tell while they work, without the time that they put before each line. */
function complaint(result: { readonly stderr: string; readonly stdout: string }): string {
  const lines = result.stderr.split(/\r?\n/u).filter((line) => line.trim() !== '');
  const wrong = lines.filter(
    (line) =>
      /\b(?:error|fatal|invalid|failed|corrupt\w*)\b/iu.test(line) &&
      !/my_thread_global_end|streams is left open/u.test(line),
  );
  const told = wrong.length > 0 ? wrong.slice(-2) : [lastWords(result, 1)];
  return told
    .map((line) => line.replace(/\[\d+\]\s+|\d{4}-\d\d-\d\d\s+\d+:\d\d:\d\d\s+/gu, ''))
    .join(' ')
    .slice(0, 600);
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const handle = sandbox.handle as MariadbHandle;
  const data = fetched.path ?? '';
  await replaceFile(ports, run, join(data, MARKER), await ports.files.readText(join(run.folder, MARKER)));
  run.engine('mariadb-backup', handle.version, dirname(handle.server));
  await startMariadb(ports, run, handle, true).catch(orDamaged(fetched, handle));
  await refuseLostTables(run, handle);
  const outcome = await contents(run, handle, []);
  const database =
    fetched.found.plan.database ??
    (await withMariadb(handle.address, undefined, async (connection) =>
      String(
        await mariadbValue(
          connection,
          "select table_schema from information_schema.tables where table_schema not in ('mysql', 'information_schema', 'performance_schema', 'sys') limit 1",
        ),
      ),
    ));
  handle.databases.set(fetched.found.plan.name, database);
  // What the server tells of tables that it has not looked at yet is a page each: their files tell.
  const files = (await filesBelow(ports, data)).filter((each) => each.name.includes('/') && !SYSTEM.test(each.name));
  const restoredBytes = files.reduce((sum, each) => sum + each.bytes, 0) || outcome.restoredBytes;
  const message = outcome.message.replace(
    /\d+ bytes restored by the .*$/u,
    `${restoredBytes} bytes restored from a physical backup`,
  );
  return { restoredBytes, message };
}
