/** pgbackrest: restored into an empty folder, started private and replayed to consistency or to a point in time. */
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
import type { EnginePorts } from '../ports.ts';
import { queryValue, withClient } from '../postgres/connection.ts';
import { contentsOf } from '../postgres/prepare.ts';
import { startPhysical } from '../postgres/physical.ts';
import { jobsOf } from '../postgres/settings.ts';
import { segmentsBetween } from '../postgres/segments.ts';
import type { PostgresHandle } from '../sandboxes/postgres.ts';
import { lastWords, runTool } from '../tool.ts';
import { makeFolder } from '../writeFile.ts';
import type { BackupTool } from './backupTool.ts';
import { locate, type Handle } from './pgbackrestInfo.ts';
import { configuration, spoiled } from './pgbackrestSpoiled.ts';
import { verifyRepository } from './pgbackrestVerify.ts';

export const pgbackrest: BackupTool = {
  id: 'pgbackrest',
  engines: ['postgres'],
  bringsServer: true,
  locate,
  fetch,
  restore,
  spoiled,
};

/** A configuration may send parts of a restore to places of the machine it was written for, and clear those first. */
const OWN_FOLDER_ONLY = [
  ...['--no-link-all', '--reset-link-map', '--reset-tablespace-map'],
  ...['--reset-recovery-option', '--no-delta'],
];

async function fetch(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  restoring: boolean,
): Promise<FetchedBackup> {
  const handle = found.handle as Handle;
  const version = await runTool(ports, run, handle.program, ['version'], { stage: 'fetch+verify', quiet: true });
  run.engine('pgbackrest', /[\d.]+/u.exec(version.stdout)?.[0] ?? 'unknown', handle.program);
  const parallel = await atOnce(ports, run, found.plan);
  if (!restoring) {
    await verifyRepository(ports, run, found, parallel);
    return {
      found,
      record: found.record,
      bytes: found.record.bytes ?? 0,
      message: 'every file of the repository verified by pgbackrest verify',
    };
  }
  const data = join(run.folder, 'pgdata');
  await makeFolder(ports, run, data);
  await makeFolder(ports, run, join(run.folder, 'ts'));
  const type =
    handle.target === undefined
      ? ['--type=immediate']
      : ['--type=time', `--target=${handle.target.replace('T', ' ').replace('Z', '+00')}`];
  const result = await runTool(
    ports,
    run,
    handle.program,
    [
      ...handle.base,
      ...parallel,
      `--set=${handle.label}`,
      `--pg1-path=${data}`,
      `--tablespace-map-all=${join(run.folder, 'ts')}`,
      ...OWN_FOLDER_ONLY,
      '--archive-mode=off',
      '--target-action=promote',
      ...type,
      'restore',
    ],
    { stage: 'fetch+verify', asSelf: true },
  );
  if (result.code !== 0) {
    const words = lastWords(result);
    if (/No space left/iu.test(words))
      throw new StageFault('inconclusive', 'The sandbox ran out of disk space while pgbackrest restored.', {
        sandbox: true,
        output: result.stderr,
        code: 'no-space',
      });
    throw new StageFault('failed', `pgbackrest could not restore ${handle.label}: ${words}`, { output: result.stderr });
  }
  await fetchSegments(ports, run, handle);
  if (run.owner)
    for (const each of [data, join(run.folder, 'ts'), join(run.folder, 'wal')])
      await ports.files.setOwner(each, run.owner);
  return {
    found,
    record: found.record,
    path: data,
    bytes: found.record.bytes ?? 0,
    message: `${handle.label} restored and summed by pgbackrest, its write-ahead log beside it`,
  };
}

/** The log that replay needs, fetched beforehand: the sandbox itself must not reach the repository. */
async function fetchSegments(ports: EnginePorts, run: RunContext, handle: Handle): Promise<void> {
  const folder = join(run.folder, 'wal');
  await makeFolder(ports, run, folder);
  if (handle.start === undefined) return;
  const last = handle.target === undefined ? handle.stop : (handle.max ?? handle.stop);
  for (const segment of segmentsBetween(handle.start, last ?? handle.start)) {
    run.signal.throwIfAborted();
    const result = await runTool(
      ports,
      run,
      handle.program,
      [...handle.base, `--pg1-path=${join(run.folder, 'pgdata')}`, 'archive-get', segment, join(folder, segment)],
      { stage: 'fetch+verify', quiet: true, asSelf: true },
    );
    if (result.code === 0) continue;
    if (result.code === 1 && handle.target !== undefined) break;
    throw new StageFault(
      'failed',
      `The write-ahead log segment ${segment}, which ${handle.label} needs to become consistent, is not in the archive${lastWords(result) === '' ? '.' : `: ${lastWords(result)}`}`,
      { output: result.stderr },
    );
  }
}

/** Who may be the restored server's superuser: as the configuration says, else the usual name, else this account's. */
async function superusers(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<readonly string[]> {
  const text = await configuration(ports, run, backup);
  const named = [...text.matchAll(/^\s*pg\d+-user\s*=\s*(\S+)/gmu)].map((found) => found[1] ?? '');
  return [...new Set([...named, 'postgres', ports.machine.user])].filter((each) => each !== '');
}

/** As many files at once as there are cores, where the configuration that the runbook names has no number of its own: the default is one. */
async function atOnce(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<readonly string[]> {
  const text = await configuration(ports, run, backup);
  return text === '' || /^\s*process-max\s*=/mu.test(text) ? [] : [`--process-max=${jobsOf(ports.machine)}`];
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const handle = sandbox.handle as PostgresHandle;
  const own = fetched.found.handle as Handle;
  await startPhysical(
    ports,
    run,
    handle,
    fetched.path ?? '',
    join(run.folder, 'wal'),
    await superusers(ports, run, fetched.found.plan),
  );
  const database =
    fetched.found.plan.database ??
    (await withClient(handle.address, 'postgres', async (client) =>
      String(
        await queryValue(
          client,
          "select datname from pg_database where not datistemplate order by datname = 'postgres', pg_database_size(oid) desc limit 1",
        ),
      ),
    ));
  handle.databases.set(fetched.found.plan.name, database);
  const contents = await contentsOf(run, handle, database).catch((error: unknown) => {
    throw new StageFault(
      'failed',
      `The restored server has no database "${database}": ${error instanceof Error ? error.message : ''}`,
    );
  });
  if (contents.objects === 0 || contents.bytes === 0)
    throw new StageFault('failed', `The restored database "${database}" is empty.`, { code: 'nothing-restored' });
  return {
    restoredBytes: contents.bytes,
    message: `${contents.objects} relations, ${contents.bytes} bytes in "${database}" after replay to ${own.target ?? 'consistency'}`,
  };
}
