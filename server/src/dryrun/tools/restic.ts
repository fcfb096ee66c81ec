/** restic: the newest snapshot restored and verified; a file of it may be a database's dump, which is then restored as one. */
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
import { resolvePath, secret } from '../../core/recovery/dryRunPlan/values.ts';
import { asMap, asText, asTexts, isMap } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import { filesBelow, type FilesHandle } from '../sandboxes/files.ts';
import { openFolder } from '../stores/folder.ts';
import { freshPath } from '../staging.ts';
import type { StoredHandle } from '../stored.ts';
import { lastWords, runTool } from '../tool.ts';
import { makeFolder } from '../writeFile.ts';
import type { BackupTool } from './backupTool.ts';
import { mariadbDump } from './mysqldump.ts';
import { pgDump } from './pgDump.ts';
import { refuseAddress, refuseReach } from './resticReach.ts';
import { slowed, spoiled, type Handle, type Snapshot } from './resticSpoiled.ts';
import { sqlite } from './sqlite.ts';

export const restic: BackupTool = {
  id: 'restic',
  engines: ['files', 'postgres', 'mariadb', 'mysql', 'sqlite'],
  locate,
  fetch,
  restore,
  spoiled,
  slowed,
};

/** Dumps inside a snapshot are restored by the tool of the sandbox's engine. */
const INNER: Readonly<Record<string, BackupTool>> = {
  postgres: pgDump,
  mariadb: mariadbDump,
  mysql: mariadbDump,
  sqlite,
};

async function locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup> {
  const program = await ports.processes.find('restic');
  if (program === undefined)
    throw new StageFault('inconclusive', 'restic is not on PATH; install it.', { sandbox: true, code: 'no-binaries' });
  const { settings } = backup;
  const named = asText(settings['repository']);
  if (named === undefined)
    throw new StageFault('failed', `Backup "${backup.name}" says no repository: set "in.repository".`);
  const repository = /^[a-z0-9]+:/iu.test(named) ? named : resolvePath(run.plan.folder, named);
  const variables = asMap(settings['env']);
  refuseReach(ports, repository, variables);
  const password =
    settings['password'] === undefined ? undefined : await ports.secrets.read(secret(settings['password']));
  if (settings['password'] !== undefined && password === undefined)
    throw new StageFault(
      'inconclusive',
      `The password of the restic repository of "${backup.name}" is not there: set the variable or file that the runbook names.`,
      { code: 'unchecked/no-credentials' },
    );
  const env: Record<string, string> = {
    RESTIC_REPOSITORY: repository,
    RESTIC_PASSWORD: password ?? '',
    RESTIC_CACHE_DIR: join(run.folder, 'restic-cache'),
  };
  for (const [name, value] of Object.entries(variables)) {
    const text = isMap(value) ? await ports.secrets.read(secret(value)) : asText(value);
    if (text === undefined) continue;
    refuseAddress(ports, name, text);
    env[name] = text;
  }
  const filters = [
    ...(asText(settings['host']) === undefined ? [] : ['--host', asText(settings['host']) ?? '']),
    ...asTexts(settings['tags']).flatMap((tag) => ['--tag', tag]),
  ];
  const base = ['--no-lock', '--quiet'];
  const handle = { program, base, env };
  const listed = await runTool(ports, run, program, [...base, 'snapshots', '--json', ...filters], {
    stage: 'locate',
    env,
    quiet: true,
    asSelf: true,
    keepBytes: 32 * 1024 * 1024,
    timeoutMs: 120_000,
  });
  if (listed.code !== 0) throw openFault(listed, repository);
  const snapshots = (JSON.parse(listed.stdout.trim() === '' ? '[]' : listed.stdout) as Snapshot[] | null) ?? [];
  const sorted = [...snapshots].sort((left, right) => Date.parse(right.time) - Date.parse(left.time));
  const { backupId, beforeMs, scenario } = run.plan;
  const fitting =
    backupId !== undefined
      ? sorted.filter((each) => each.id.startsWith(backupId))
      : beforeMs !== undefined
        ? sorted.filter((each) => Date.parse(each.time) < beforeMs)
        : sorted;
  const snapshot = fitting[scenario === 'newest-missing' ? 1 : 0];
  if (!snapshot)
    throw new StageFault(
      'failed',
      `No backup "${backup.name}" was found in ${repository}: ${snapshots.length === 1 ? 'one snapshot is' : `${snapshots.length} snapshots are`} there, ${scenario === 'newest-missing' && fitting.length === 1 ? 'and the scenario takes away the newest that fits' : 'none fits'}.`,
      { code: 'no-backup' },
    );
  const stats = await runTool(ports, run, program, [...base, 'stats', '--json', '--mode', 'raw-data', snapshot.id], {
    stage: 'locate',
    env,
    quiet: true,
    asSelf: true,
    timeoutMs: 120_000,
  });
  const bytes = stats.code === 0 ? (JSON.parse(stats.stdout) as { total_size?: number }).total_size : undefined;
  const time = Date.parse(snapshot.time);
  return {
    plan: backup,
    record: {
      name: backup.name,
      tool: 'restic',
      id: snapshot.short_id ?? snapshot.id.slice(0, 8),
      uri: `restic:${ports.secrets.redact(repository)}#${snapshot.id.slice(0, 8)}`,
      versionId: snapshot.id,
      time: new Date(time).toISOString(),
      timeFrom: 'tool',
      ageMs: Math.max(0, ports.clock.now() - time),
      ...(bytes === undefined ? {} : { bytes }),
      encryption: 'restic',
    },
    handle: { ...handle, snapshot } satisfies Handle,
  };
}

async function fetch(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  restoring: boolean,
): Promise<FetchedBackup> {
  const handle = found.handle as Handle;
  const version = await runTool(ports, run, handle.program, ['version'], { stage: 'fetch+verify', quiet: true });
  run.engine('restic', /restic ([\d.]+)/u.exec(version.stdout)?.[1] ?? 'unknown', handle.program);
  if (!restoring) {
    const checked = await runTool(ports, run, handle.program, [...handle.base, 'check', '--read-data'], {
      stage: 'fetch+verify',
      env: handle.env,
      quiet: true,
      asSelf: true,
    });
    if (checked.code !== 0) throw damaged(checked);
    return {
      found,
      record: found.record,
      bytes: found.record.bytes ?? 0,
      message: 'every pack of the repository read and verified by restic check --read-data',
    };
  }
  const target = await freshPath(ports, run, 'restic');
  await makeFolder(ports, run, target);
  const inside = asText(found.plan.settings['path']);
  const result = await runTool(
    ports,
    run,
    handle.program,
    [
      ...handle.base,
      'restore',
      handle.snapshot.id,
      '--target',
      target,
      '--verify',
      ...(inside === undefined ? [] : ['--include', inside]),
    ],
    { stage: 'fetch+verify', env: handle.env, quiet: true, asSelf: true },
  );
  if (result.code !== 0) throw damaged(result);
  if (run.owner) await ports.files.setOwner(target, run.owner);
  const restored = await filesBelow(ports, target);
  const bytes = restored.reduce((sum, each) => sum + each.bytes, 0);
  const inner = INNER[run.plan.sandbox.engine];
  if (!inner)
    return {
      found,
      record: { ...found.record, bytes: found.record.bytes ?? bytes },
      path: target,
      bytes,
      message: `${restored.length} files, ${bytes} bytes restored and verified by restic`,
    };
  return await fetchInner(ports, run, found, inner, target, inside);
}

/** The one file of the snapshot that is the dump, handed to the tool of its kind. */
async function fetchInner(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  inner: BackupTool,
  folder: string,
  inside: string | undefined,
): Promise<FetchedBackup> {
  const store = await openFolder(ports.files, folder, true);
  const all = (await store.list(run.signal)).filter(
    (each) =>
      inside === undefined ||
      each.name === inside.replace(/^\/+/u, '') ||
      each.name.startsWith(`${inside.replace(/^\/+/u, '')}/`),
  );
  const object = all.length === 1 ? all[0] : undefined;
  if (!object)
    throw new StageFault(
      'failed',
      `The snapshot holds ${all.length} files${inside === undefined ? '' : ` at ${inside}`}; set "in.path" to the one that is the dump.`,
    );
  const handle: StoredHandle = {
    store,
    object: { ...object, timeMs: object.storedMs, timeFrom: 'store' },
    members: [object],
    listing: all,
  };
  const fetched = await inner.fetch(ports, run, { ...found, handle }, true);
  return {
    ...fetched,
    found,
    record: { ...fetched.record, id: found.record.id },
    message: `restored and verified by restic; ${fetched.message}`,
  };
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const inner = INNER[run.plan.sandbox.engine];
  if (inner) return await inner.restore(ports, run, fetched, sandbox);
  const { folder } = sandbox.handle as FilesHandle;
  const moved = await runTool(ports, run, 'cp', ['-R', `${fetched.path ?? ''}/.`, folder], {
    stage: 'restore',
    asSelf: true,
  });
  if (moved.code !== 0)
    throw new StageFault('inconclusive', `The restored files could not be moved: ${lastWords(moved)}`, {
      sandbox: true,
    });
  const restored = await filesBelow(ports, folder);
  const bytes = restored.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes === 0)
    throw new StageFault('failed', 'The restore ended without an error, but restored nothing.', {
      code: 'nothing-restored',
    });
  return { restoredBytes: bytes, message: `${restored.length} files, ${bytes} bytes restored by restic` };
}

function openFault(result: { readonly stdout: string; readonly stderr: string }, repository: string): StageFault {
  const words = lastWords(result);
  if (/wrong password|no key found/iu.test(words))
    return new StageFault('failed', `The password does not open the restic repository ${repository}.`, {
      output: result.stderr,
    });
  if (/does not exist|no such file|not found|\b404\b/iu.test(words))
    return new StageFault('failed', `There is no restic repository at ${repository}: ${words}`, {
      output: result.stderr,
    });
  return new StageFault('inconclusive', `The restic repository ${repository} can't be read: ${words}`, {
    output: result.stderr,
  });
}

function damaged(result: { readonly stdout: string; readonly stderr: string }): StageFault {
  const words = lastWords(result);
  if (/No space left/iu.test(words))
    return new StageFault('inconclusive', 'The sandbox ran out of disk space while restic restored.', {
      sandbox: true,
      output: result.stderr,
      code: 'no-space',
    });
  return new StageFault('failed', `The restic repository is damaged or incomplete: ${words}`, {
    output: result.stderr,
  });
}
