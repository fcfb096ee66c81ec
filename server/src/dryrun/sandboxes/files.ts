/** A folder with a quota as the sandbox of files, restic and sqlite backups; its checks count, weigh, sum and query. */
import { createHash } from 'node:crypto';
import { join, normalize } from 'node:path';
import type { CheckPlan, FoundBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { judge } from '../../core/recovery/judge.ts';
import { globReader } from '../../core/recovery/newest.ts';
import type { CheckRecord } from '../../core/recovery/record.ts';
import { asText } from '../../core/references/read.ts';
import { parseConstraint, satisfies } from '../../core/values/constraint.ts';
import { parseDuration } from '../../core/values/duration.ts';
import { beginCheck, judgedCheck, type Done } from '../checkRecord.ts';
import type { EnginePorts } from '../ports.ts';
import { quotaOf } from '../quota.ts';
import { lastWords, runTool } from '../tool.ts';
import { makeFolder } from '../writeFile.ts';
import type { Sandbox } from './sandbox.ts';

export interface FilesHandle {
  /** What is restored lies below it. */
  readonly folder: string;
  /** SQLite databases by backup name. */
  readonly databases: Map<string, string>;
}

export interface RestoredFile {
  /** From the folder, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly isLink: boolean;
}

/** Every file below `folder`, and every link as what it is: none is followed, as it may lead anywhere. Devices and pipes are left out. */
export async function filesBelow(ports: EnginePorts, folder: string, below = ''): Promise<readonly RestoredFile[]> {
  const found: RestoredFile[] = [];
  for (const name of await ports.files.list(folder)) {
    const path = join(folder, name);
    const entry = await ports.files.entry(path);
    if (entry?.kind === 'folder') found.push(...(await filesBelow(ports, path, `${below}${name}/`)));
    else if (entry?.kind === 'file' || entry?.kind === 'link') {
      const isLink = entry.kind === 'link';
      found.push({ name: below + name, path, bytes: isLink ? 0 : entry.size, modifiedMs: entry.modifiedMs, isLink });
    }
  }
  return found;
}

async function provision(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox> {
  const folder = join(run.folder, 'restored');
  await makeFolder(ports, run, folder);
  const stored = found.reduce((sum, each) => sum + (each.record.bytes ?? 0), 0);
  const quota = quotaOf(run);
  if (quota && stored > quota.bytes)
    throw new StageFault(
      'inconclusive',
      `The backup has ${stored} bytes, the sandbox's quota is ${quota.text}; raise the quota.`,
      { sandbox: true, code: 'no-space' },
    );
  const free = await ports.files.freeBytes(run.folder);
  if (free < stored * 2 + 16 * 1024 * 1024)
    throw new StageFault(
      'inconclusive',
      `There is not enough disk space for the sandbox at ${run.folder}: the backup has ${stored} bytes, ${free} are free; free some, or set TMPDIR to a larger disk.`,
      { sandbox: true, code: 'no-space' },
    );
  const handle: FilesHandle = { folder, databases: new Map() };
  return { kind: 'files', engine: run.plan.sandbox.engine, address: folder, handle };
}

async function check(
  ports: EnginePorts,
  run: RunContext,
  sandbox: RunningSandbox,
  plan: CheckPlan,
): Promise<CheckRecord> {
  const handle = sandbox.handle as FilesHandle;
  const { raw } = plan;
  const done = beginCheck(ports, plan);
  const file = asText(raw['file']);
  const glob = asText(raw['files']);
  if (file === undefined && glob === undefined) return await checkSqlite(ports, run, handle, plan, done);
  const all = await filesBelow(ports, handle.folder);
  const wanted = file === undefined ? undefined : normalize(file).replace(/^\/+/u, '');
  const fits = glob === undefined ? undefined : globReader(glob.replace(/^\.?\/+/u, ''));
  const chosen = all.filter((each) =>
    wanted === undefined ? (fits?.(each.name) ?? false) : each.name === wanted || each.name.endsWith(`/${wanted}`),
  );
  if (wanted !== undefined && chosen.length === 0)
    return done('failed', {
      actual: null,
      message: `The file "${file ?? ''}" was not restored; ${all.length} others were.`,
    });
  const last = run.plan.last?.[plan.name];
  const failures: string[] = [];
  let actual: number | string | null = glob === undefined ? (chosen[0]?.bytes ?? null) : chosen.length;
  const size = chosen.reduce((sum, each) => sum + each.bytes, 0);
  const asks = ['expect', 'equals', 'matches', 'notLessThan'].some((key) => raw[key] !== undefined);
  if (raw['count'] !== undefined)
    holdsOr(failures, raw['count'], chosen.length, 'number', `${chosen.length} files match`);
  if (raw['size'] !== undefined) {
    holdsOr(failures, raw['size'], size, 'size', `${size} bytes`);
    actual = size;
  }
  if (raw['sha256'] !== undefined) {
    const sum = chosen[0] && !chosen[0].isLink ? await sumOf(ports, run, chosen[0].path) : '';
    if (chosen[0]?.isLink === true) failures.push('it is a link, which is not followed');
    else if (sum !== (asText(raw['sha256']) ?? '').toLowerCase()) failures.push('its SHA-256 is another');
  }
  if (raw['newerThan'] !== undefined) {
    const newest = Math.max(...chosen.map((each) => each.modifiedMs));
    const limit = parseDuration(asText(raw['newerThan']) ?? '')?.ms ?? 0;
    actual = Number.isFinite(newest) ? new Date(newest).toISOString() : null;
    if (!(ports.clock.now() - newest <= limit))
      failures.push(`the newest is not newer than ${asText(raw['newerThan']) ?? ''}`);
  }
  if (asks) {
    const { newerThan: _newerThan, ...rest } = raw;
    const judged = judge(rest, glob === undefined ? chosen[0]?.bytes : chosen.length, { now: ports.clock.now(), last });
    if (judged.state === 'failed') failures.push((judged.message ?? '').replace(/\.$/u, ''));
  } else if (glob !== undefined && raw['count'] === undefined && chosen.length === 0) failures.push('no file matches');
  return failures.length > 0
    ? done('failed', { actual, message: `${failures.join('; ')}.` })
    : done('passed', { actual });
}

function holdsOr(failures: string[], expected: unknown, actual: number, kind: 'number' | 'size', words: string): void {
  const constraint = parseConstraint(expected);
  const held = constraint && satisfies(constraint, actual, kind);
  if (held !== true) failures.push(`${words}, expected ${asText(expected) ?? ''}`);
}

async function sumOf(ports: EnginePorts, run: RunContext, path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of ports.files.readStream(path)) {
    run.signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}

/** Queries on a restored SQLite database, opened read-only by its own program. */
async function checkSqlite(
  ports: EnginePorts,
  run: RunContext,
  handle: FilesHandle,
  plan: CheckPlan,
  done: Done,
): Promise<CheckRecord> {
  const { raw } = plan;
  const table = asText(raw['table']);
  const sql =
    asText(raw['query']) ?? (table === undefined ? undefined : `select count(*) from "${table.replaceAll('"', '""')}"`);
  const database = handle.databases.get(asText(raw['backup']) ?? '') ?? [...handle.databases.values()][0];
  if (sql === undefined) return done('failed', { message: 'The check says neither query, table, file nor files.' });
  if (database === undefined)
    return done('failed', { message: 'The restored files hold no database that could be asked; use file checks.' });
  const program = await ports.processes.find('sqlite3');
  if (program === undefined) return done('inconclusive', { message: 'sqlite3 is not on this machine; install it.' });
  const result = await runTool(
    ports,
    run,
    program,
    ['-readonly', '-bail', '-batch', '-safe', '-json', '-init', '/dev/null', database, sql],
    { stage: 'check', quiet: true, timeoutMs: parseDuration(asText(raw['timeout']) ?? '')?.ms ?? 600_000 },
  );
  if (result.code !== 0) return done('failed', { message: `The query failed: ${lastWords(result, 1)}` });
  const rows = result.stdout.trim() === '' ? [] : (JSON.parse(result.stdout) as Record<string, unknown>[]);
  return judgedCheck(ports, run, plan, rows[0] ? Object.values(rows[0])[0] : undefined, done);
}

export const files: Sandbox = { kind: 'files', provision, check };
/** SQLite is a file: its sandbox is a folder too. */
export const sqlite: Sandbox = { kind: 'sqlite', provision, check };
