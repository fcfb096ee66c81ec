/** Steps mode: the runbook's own steps in a shell of the sandbox, in the order of their needs, with verify, timeout and rollback. */
import { join } from 'node:path';
import {
  StageFault,
  type FetchedBackup,
  type RunContext,
  type RunningSandbox,
  type StepsOutcome,
} from '../core/recovery/engine.ts';
import type { StepRecord } from '../core/recovery/record.ts';
import { substitute } from '../core/recovery/substitute.ts';
import { asMap, asText, asTexts, isMap, type PlainMap } from '../core/references/read.ts';
import { secret } from '../core/recovery/dryRunPlan/values.ts';
import { parseDuration } from '../core/values/duration.ts';
import { quoted, withClient, queryValue } from './postgres/connection.ts';
import { contentsOf, noteRoles, nothingPrepared, prepare } from './postgres/prepare.ts';
import type { EnginePorts } from './ports.ts';
import { filesBelow, type FilesHandle } from './sandboxes/files.ts';
import type { MariadbHandle } from './sandboxes/mariadb.ts';
import type { PostgresHandle } from './sandboxes/postgres.ts';
import { lastWords, runTool } from './tool.ts';
import { contents } from './tools/mysqldump.ts';
import { needsOfDump } from './tools/pgDump.ts';
import { makeFolder } from './writeFile.ts';

const DEFAULT_TIMEOUT_MS = 30 * 60_000;

/** `$TARGET`, `$ADMIN` and what client tools read, all pointing into the sandbox. */
export function sandboxVariables(sandbox: RunningSandbox, database: string): Readonly<Record<string, string>> {
  const { engine } = sandbox;
  if (engine === 'postgres') {
    const { address, binaries, all } = sandbox.handle as PostgresHandle;
    const url = (name: string): string =>
      `postgresql://${encodeURIComponent(address.user)}@/${encodeURIComponent(name)}?host=${encodeURIComponent(address.host)}&port=${address.port}`;
    const client = all.find((each) => each.client && each.major >= binaries.major) ?? all.find((each) => each.client);
    return {
      TARGET: url(database),
      ADMIN: url('postgres'),
      PGHOST: address.host,
      PGPORT: String(address.port),
      PGUSER: address.user,
      PGDATABASE: database,
      ...(address.password === undefined ? {} : { PGPASSWORD: address.password }),
      ...(client ? { PATH: `${client.folder}:/usr/local/bin:/usr/bin:/bin` } : {}),
    };
  }
  if (engine === 'mariadb' || engine === 'mysql') {
    const { address } = sandbox.handle as MariadbHandle;
    const socket = address.socketPath ?? '';
    return {
      TARGET: database,
      ADMIN: 'mysql',
      MYSQL_UNIX_PORT: socket,
      MYSQL_HOST: 'localhost',
      TARGET_SOCKET: socket,
      TARGET_USER: address.user,
    };
  }
  const { folder } = sandbox.handle as FilesHandle;
  return { TARGET: folder, ADMIN: folder };
}

/** Runs the steps. A failed one rolls back what was done, in reverse, and ends the run. Nothing of ours is inherited. */
export async function runSteps(
  ports: EnginePorts,
  run: RunContext,
  fetched: readonly FetchedBackup[],
  sandbox: RunningSandbox,
): Promise<StepsOutcome> {
  if (!run.plan.trusted)
    throw new StageFault('inconclusive', "The runbook's steps are not run in a workspace that is not trusted.", {
      code: 'unchecked/untrusted-workspace',
    });
  const database = run.plan.backups[0]?.database ?? 'restored';
  const work = join(run.folder, 'work');
  await makeFolder(ports, run, work);
  if (sandbox.engine === 'postgres')
    await prepareTarget(ports, run, sandbox.handle as PostgresHandle, database, fetched);
  const variables = sandboxVariables(sandbox, database);
  const backups = Object.fromEntries(
    fetched.map((each) => [
      each.found.plan.name,
      {
        uri: each.path ?? each.record.uri,
        key: each.record.id,
        versionId: each.record.versionId ?? '',
        time: each.record.time ?? '',
      },
    ]),
  );
  const records = new Map<string, StepRecord>();
  const done: PlainMap[] = [];
  let failed: string | undefined;
  const waiting = [...run.plan.steps];
  while (waiting.length > 0 && failed === undefined) {
    const ready = waiting.filter((step) => needsOf(step, run.plan.steps).every((name) => records.has(name)));
    if (ready.length === 0)
      throw new StageFault(
        'failed',
        `The steps ${waiting.map((step) => `"${asText(step['id']) ?? ''}"`).join(', ')} need each other; none can begin.`,
      );
    const outcomes = await Promise.all(
      ready.map(async (step) => await runStep(ports, run, step, { variables, backups, work })),
    );
    for (const [index, outcome] of outcomes.entries()) {
      records.set(outcome.id, outcome);
      const step = ready[index];
      if (step) {
        waiting.splice(waiting.indexOf(step), 1);
        if (outcome.kind === 'run') done.push(step);
      }
      if (outcome.state === 'failed') failed ??= `Step "${outcome.id}" failed: ${outcome.message ?? 'no reason given'}`;
    }
  }
  if (failed !== undefined) await rollBack(ports, run, done, { variables, backups, work });
  for (const step of waiting)
    records.set(asText(step['id']) ?? '', {
      id: asText(step['id']) ?? '',
      kind: step['manual'] === undefined ? 'run' : 'manual',
      state: 'skipped',
      message: 'a step before it failed',
    });
  const steps = run.plan.steps
    .map((step) => records.get(asText(step['id']) ?? ''))
    .filter((each) => each !== undefined);
  const executed = steps.filter((step) => step.kind === 'run' && step.state === 'passed').length;
  if (failed === undefined && executed === 0) failed = "None of the runbook's steps could be run: all are manual.";
  const restoredBytes = failed === undefined ? await bytesIn(ports, run, sandbox, database) : 0;
  return { steps, restoredBytes, ...(failed === undefined ? {} : { failed }) };
}

interface Surroundings {
  readonly variables: Readonly<Record<string, string>>;
  readonly backups: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly work: string;
}

/** In order, unless a step says what it needs. */
function needsOf(step: PlainMap, all: readonly PlainMap[]): readonly string[] {
  if (step['needs'] !== undefined) return asTexts(step['needs']);
  const before = all[all.indexOf(step) - 1];
  return before === undefined ? [] : [asText(before['id']) ?? ''];
}

async function runStep(ports: EnginePorts, run: RunContext, step: PlainMap, around: Surroundings): Promise<StepRecord> {
  const id = asText(step['id']) ?? '';
  const started = ports.clock.now();
  const text = asText(step['run']);
  if (text === undefined)
    return {
      id,
      kind: 'manual',
      state: 'skipped',
      message: 'manual: nobody is asked in a dry run; counted as untimed',
    };
  const env: Record<string, string> = { ...around.variables };
  for (const [name, value] of Object.entries(asMap(step['env']))) {
    const given = isMap(value) ? await ports.secrets.read(secret(value)) : asText(substitute(value, scopeOf(around)));
    // What points into the sandbox stays so, whatever the runbook says for production.
    if (
      given !== undefined &&
      /^[A-Za-z_]\w*$/u.test(name) &&
      !(name in around.variables) &&
      !/^(?:AWS_|PG(?:HOST|PORT|SERVICE))/u.test(name)
    )
      env[name] = given;
  }
  const timeoutMs = parseDuration(asText(step['timeout']) ?? '')?.ms ?? DEFAULT_TIMEOUT_MS;
  const finish = (state: StepRecord['state'], message: string | undefined, output: string): StepRecord => ({
    id,
    kind: 'run',
    state,
    startedAt: new Date(started).toISOString(),
    finishedAt: new Date(ports.clock.now()).toISOString(),
    durationMs: ports.clock.now() - started,
    ...(message === undefined ? {} : { message: ports.secrets.redact(message) }),
    ...(output === '' ? {} : { output: ports.secrets.redact(output).slice(-4000) }),
  });
  const result = await shell(ports, run, text, env, around, timeoutMs);
  if (result.timedOut)
    return finish('failed', `it took longer than its timeout of ${Math.round(timeoutMs / 1000)} s`, result.stderr);
  if (result.code !== 0)
    return finish(
      'failed',
      `status ${result.code ?? result.signal ?? 'unknown'}: ${lastWords(result)}`,
      result.stdout + result.stderr,
    );
  const verify = asText(step['verify']);
  if (verify === undefined) return finish('passed', undefined, result.stderr);
  const verified = await shell(ports, run, verify, env, around, timeoutMs);
  return verified.code === 0
    ? finish('passed', 'verified', result.stderr)
    : finish(
        'failed',
        `its "verify" ended with status ${verified.code ?? 'unknown'}: ${lastWords(verified)}`,
        verified.stdout + verified.stderr,
      );
}

async function shell(
  ports: EnginePorts,
  run: RunContext,
  text: string,
  env: Readonly<Record<string, string>>,
  around: Surroundings,
  timeoutMs: number,
): Promise<Awaited<ReturnType<typeof runTool>>> {
  const script = String(substitute(text, scopeOf(around)));
  if (/\$\{\{/u.test(script))
    throw new StageFault(
      'failed',
      `A step uses an expression that has no value in a dry run: ${/\$\{\{[^}]*\}\}/u.exec(script)?.[0] ?? ''}.`,
    );
  // `aws s3 cp URI FILE` of the backup reads the verified copy: the URI stands for a path in the sandbox.
  const preamble = `aws() { if [ "$1 $2" = "s3 cp" ] && [ -f "$3" ]; then if [ "$4" = - ]; then cat "$3"; else cp "$3" "$4"; fi; else echo "drillbook: only aws s3 cp of the backup itself is possible in a dry run" >&2; return 1; fi; }\n`;
  return await runTool(ports, run, '/bin/sh', ['-ec', `cd "$STEP_FOLDER"\n${preamble}${script}`], {
    stage: 'restore',
    env: { STEP_FOLDER: around.work, ...env },
    timeoutMs,
  });
}

function scopeOf(around: Surroundings): Parameters<typeof substitute>[1] {
  return { vars: {}, environment: undefined, resources: {}, backups: around.backups };
}

async function rollBack(
  ports: EnginePorts,
  run: RunContext,
  done: readonly PlainMap[],
  around: Surroundings,
): Promise<void> {
  for (const step of [...done].reverse()) {
    const text = asText(step['rollback']);
    if (text === undefined) continue;
    const result = await shell(ports, run, text, around.variables, around, DEFAULT_TIMEOUT_MS);
    const id = asText(step['id']) ?? '';
    run.note(
      result.code === 0
        ? { severity: 'information', code: 'rolled-back', message: `Step "${id}" was rolled back.` }
        : {
            severity: 'error',
            code: 'rollback-failed',
            message: `The rollback of step "${id}" failed: ${lastWords(result)}`,
          },
    );
  }
}

/** The empty database that the steps restore into, and the roles that the dump names: a real restore makes them first too. */
async function prepareTarget(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  database: string,
  fetched: readonly FetchedBackup[],
): Promise<void> {
  await withClient(
    handle.address,
    'postgres',
    async (client) => {
      if ((await queryValue(client, 'select 1 from pg_database where datname = $1', [database])) === undefined)
        await client.query(`create database ${quoted(database)} template template0`);
    },
    run.signal,
  );
  handle.databases.set(run.plan.backups[0]?.name ?? 'restored', database);
  const prepared = nothingPrepared();
  for (const each of fetched)
    if (each.found.plan.tool === 'pg_dump')
      await prepare(ports, run, handle, database, await needsOfDump(ports, run, each, handle), prepared);
  noteRoles(run, prepared);
}

async function bytesIn(
  ports: EnginePorts,
  run: RunContext,
  sandbox: RunningSandbox,
  database: string,
): Promise<number> {
  if (sandbox.engine === 'postgres') {
    return (await contentsOf(run, sandbox.handle as PostgresHandle, database)).bytes;
  }
  if (sandbox.engine === 'mariadb' || sandbox.engine === 'mysql') {
    (sandbox.handle as MariadbHandle).databases.set(run.plan.backups[0]?.name ?? 'restored', database);
    return (await contents(run, sandbox.handle as MariadbHandle, [])).restoredBytes;
  }
  return (await filesBelow(ports, (sandbox.handle as FilesHandle).folder)).reduce((sum, each) => sum + each.bytes, 0);
}
