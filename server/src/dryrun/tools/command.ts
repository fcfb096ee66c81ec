/** A tool of the team's own: one command finds the backup and prints JSON, another restores it; trusted workspaces only. */
import type {
  BackupPlan,
  FetchedBackup,
  FoundBackup,
  RestoreOutcome,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { StageName } from '../../core/recovery/record.ts';
import { asMap, asText } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import { filesBelow, type FilesHandle } from '../sandboxes/files.ts';
import type { MariadbHandle } from '../sandboxes/mariadb.ts';
import type { PostgresHandle } from '../sandboxes/postgres.ts';
import { contentsOf, createDatabase } from '../postgres/prepare.ts';
import { sandboxVariables } from '../steps/target.ts';
import { lastWords, runTool } from '../tool.ts';
import type { BackupTool } from './backupTool.ts';
import { contents } from '../mariadb/contents.ts';

export const command: BackupTool = {
  id: 'command',
  engines: ['files', 'postgres', 'mariadb', 'mysql', 'sqlite'],
  locate,
  fetch,
  restore,
};

const HOUR = 3_600_000;

function commandOf(backup: BackupPlan, name: string): string | undefined {
  return asText(asMap(backup.raw['command'])[name]);
}

async function shell(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  stage: StageName,
  text: string,
  env: Readonly<Record<string, string>>,
  quiet: boolean,
): Promise<string> {
  if (!run.plan.trusted)
    throw new StageFault(
      'inconclusive',
      `Backup "${backup.name}" runs the team's own commands, and this workspace is not trusted.`,
      { code: 'unchecked/untrusted-workspace' },
    );
  const result = await runTool(ports, run, '/bin/sh', ['-c', `cd "$DRILLBOOK_FOLDER" && ${text}`], {
    stage,
    env: { DRILLBOOK_FOLDER: run.plan.folder, ...env },
    quiet,
    asSelf: stage !== 'restore',
    timeoutMs: HOUR,
    keepBytes: 1 << 20,
  });
  if (result.timedOut) throw new StageFault('failed', `The command of "${backup.name}" did not end within an hour.`);
  if (result.code !== 0)
    throw new StageFault(
      'failed',
      `The command of "${backup.name}" ended with status ${result.code ?? 'unknown'}: ${lastWords(result)}`,
      { output: result.stderr },
    );
  return result.stdout;
}

async function locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup> {
  const text = commandOf(backup, 'find');
  if (text === undefined)
    throw new StageFault('failed', `Backup "${backup.name}" of tool command says no "command.find".`);
  const said = (await shell(ports, run, backup, 'locate', text, {}, true)).trim();
  let answer: unknown;
  try {
    answer = JSON.parse(said);
  } catch {
    throw new StageFault(
      'failed',
      `"command.find" of "${backup.name}" must print one JSON object ({ "id", "time", "bytes" }); it printed ${said === '' ? 'nothing' : 'something else'}.`,
    );
  }
  const { backupId, beforeMs, scenario } = run.plan;
  const printed = (Array.isArray(answer) ? answer : [answer])
    .map(asMap)
    .filter((each) => asText(each['id']) !== undefined);
  const fitting = printed.filter(
    (each) =>
      (backupId === undefined || asText(each['id']) === backupId) &&
      (beforeMs === undefined || Date.parse(asText(each['time']) ?? '') < beforeMs),
  );
  const found = fitting[scenario === 'newest-missing' ? 1 : 0];
  const id = asText(found?.['id']);
  if (found === undefined || id === undefined)
    throw new StageFault(
      'failed',
      `No backup "${backup.name}" was found: "command.find" printed ${printed.length === 0 ? 'no "id"' : `${printed.length} backups, none of which fits (it may print a list, the newest first)`}.`,
      { code: 'no-backup' },
    );
  const time = Date.parse(asText(found['time']) ?? '');
  const bytes = Number(asText(found['bytes']) ?? asText(found['size']));
  return {
    plan: backup,
    record: {
      name: backup.name,
      tool: 'command',
      id,
      uri: asText(found['uri']) ?? id,
      ...(Number.isNaN(time)
        ? {}
        : {
            time: new Date(time).toISOString(),
            timeFrom: 'tool' as const,
            ageMs: Math.max(0, ports.clock.now() - time),
          }),
      ...(Number.isFinite(bytes) ? { bytes } : {}),
    },
    handle: {},
  };
}

async function fetch(ports: EnginePorts, run: RunContext, found: FoundBackup): Promise<FetchedBackup> {
  const text = commandOf(found.plan, 'verify');
  if (text !== undefined) await shell(ports, run, found.plan, 'fetch+verify', text, backupVariables(found), false);
  else if (run.plan.level === 2)
    throw new StageFault(
      'inconclusive',
      `Backup "${found.plan.name}" has no "command.verify", so its bytes can't be verified without a restore.`,
    );
  return {
    found,
    record: found.record,
    bytes: found.record.bytes ?? 0,
    message: text === undefined ? 'read by its restore command' : "verified by the team's own command",
  };
}

function backupVariables(found: FoundBackup): Readonly<Record<string, string>> {
  return { BACKUP_ID: found.record.id, BACKUP_URI: found.record.uri, BACKUP_TIME: found.record.time ?? '' };
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const { found } = fetched;
  const text = commandOf(found.plan, 'restore');
  if (text === undefined)
    throw new StageFault('failed', `Backup "${found.plan.name}" of tool command says no "command.restore".`);
  const { engine } = sandbox;
  const name = found.plan.database ?? 'restored';
  if (engine === 'postgres') {
    const handle = sandbox.handle as PostgresHandle;
    await createDatabase(run, handle, name);
    handle.databases.set(found.plan.name, name);
  } else if (engine === 'mariadb' || engine === 'mysql')
    (sandbox.handle as MariadbHandle).databases.set(found.plan.name, '');
  await shell(
    ports,
    run,
    found.plan,
    'restore',
    text,
    { ...backupVariables(found), ...sandboxVariables(sandbox, name) },
    false,
  );
  if (engine === 'postgres') {
    const contents = await contentsOf(run, sandbox.handle as PostgresHandle, name);
    if (contents.objects === 0 || contents.bytes === 0)
      throw new StageFault(
        'failed',
        `The restore command ended without an error, but restored nothing into the database "${name}".`,
        { code: 'nothing-restored' },
      );
    return {
      restoredBytes: contents.bytes,
      message: `${contents.objects} relations, ${contents.bytes} bytes restored by the team's command`,
    };
  }
  if (engine === 'mariadb' || engine === 'mysql') return await contents(run, sandbox.handle as MariadbHandle, []);
  const restored = await filesBelow(ports, (sandbox.handle as FilesHandle).folder);
  const bytes = restored.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes === 0)
    throw new StageFault('failed', 'The restore command ended without an error, but restored nothing into $TARGET.', {
      code: 'nothing-restored',
    });
  return { restoredBytes: bytes, message: `${restored.length} files, ${bytes} bytes restored by the team's command` };
}
