/** mysqldump and mariadb-dump: SQL dumps, compressed or encrypted, loaded by the client of the sandbox; whole only with their last line. */
import { Buffer } from 'node:buffer';
import type {
  FetchedBackup,
  FoundBackup,
  RestoreOutcome,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { BackupRecord } from '../../core/recovery/record.ts';
import { backticked, clientArguments, mariadbValue, withMariadb } from '../mariadb/connection.ts';
import { contents } from '../mariadb/contents.ts';
import { withinDatabase } from '../mariadb/withinDatabase.ts';
import type { EnginePorts } from '../ports.ts';
import type { MariadbHandle } from '../sandboxes/mariadb.ts';
import { stage } from '../staging.ts';
import { locateStored, type StoredHandle } from '../stored.ts';
import { describeBytes, tapped } from '../streams.ts';
import { runTool } from '../tool.ts';
import type { Wrapping } from '../unwrap.ts';
import { openWrapped, peel, readWords } from '../wrapped.ts';
import { refuseOtherDatabase } from '../otherDatabase.ts';
import type { BackupTool } from './backupTool.ts';

const HEAD = 64 * 1024;

/** Databases of the server itself. */
const SYSTEM = /^(?:mysql|sys|information_schema|performance_schema)$/iu;

export const mysqldump: BackupTool = {
  id: 'mysqldump',
  engines: ['mysql', 'mariadb'],
  locate: locateStored,
  fetch,
  restore,
};
export const mariadbDump: BackupTool = { ...mysqldump, id: 'mariadb-dump' };

async function fetch(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  restoring: boolean,
): Promise<FetchedBackup> {
  const handle = found.handle as StoredHandle;
  const staged = await stage(ports, run, handle.store, handle.object, handle.promised);
  const { wrappings, first, described } = await peel(ports, run, found.plan, staged.path, HEAD);
  let record: BackupRecord = { ...found.record, checksum: staged.checksum, ...described, format: 'sql' };
  const text = first.toString('latin1');
  if (!/^(?:\/\*|--|SET |CREATE |INSERT |DROP |USE )/iu.test(text.trimStart()) || first.subarray(0, 4096).includes(0)) {
    throw new StageFault(
      'failed',
      `${record.id} is no dump of ${found.plan.tool}: it begins with ${describeBytes(first)}.`,
      { code: 'wrong-format' },
    );
  }
  const source = /^-- Server version\s+([\d.]+)/mu.exec(text)?.[1];
  const tool = /^-- (M\w+ dump) ([\d.]+)/mu.exec(text);
  const database = /^-- Host: .*?\s{2,}Database: (\S.*?)\s*$/mu.exec(text)?.[1];
  record = {
    ...record,
    ...(source === undefined ? {} : { sourceVersion: source }),
    ...(tool ? { toolVersion: `${tool[1] ?? ''} ${tool[2] ?? ''}` } : {}),
    ...(database === undefined ? {} : { database: inUtf8(database) }),
  };
  if (!restoring) {
    const seen = watch();
    for await (const chunk of await openWrapped(ports, run, found.plan, staged.path, wrappings)) seen.add(chunk);
    if (!seen.isWhole()) throw cutOff();
    refuseOtherDatabase(found.plan, record, seen.databases());
  }
  return {
    found,
    record,
    path: staged.path,
    bytes: staged.bytes,
    message: readWords(staged.bytes, staged.checksum),
    handle: wrappings,
  };
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const handle = sandbox.handle as MariadbHandle;
  if (handle.client === undefined)
    throw new StageFault(
      'inconclusive',
      `There is no ${handle.flavour} client on this machine to load the dump with; install it.`,
      { sandbox: true, code: 'no-binaries' },
    );
  const given = handle.isShared === true ? handle.databases.get(fetched.found.plan.name) : undefined;
  // Views may name the database that they were in: it comes back under the name that it had.
  const had = SYSTEM.test(fetched.record.database ?? '') ? undefined : fetched.record.database;
  const wanted = given ?? fetched.found.plan.database ?? had ?? 'restored';
  const seen = watch();
  await withMariadb(
    handle.address,
    undefined,
    async (connection) => await connection.query(`create database if not exists ${backticked(wanted)}`),
    run.signal,
  );
  const wrappings = fetched.handle as readonly Wrapping[];
  const opened = await openWrapped(ports, run, fetched.found.plan, fetched.path ?? '', wrappings);
  const source = tapped(given === undefined ? opened : withinDatabase(opened), (chunk) => seen.add(chunk), run.signal);
  // In binary mode the client runs none of its own commands (system, source, \!) for a dump, only DELIMITER.
  const result = await runTool(
    ports,
    run,
    handle.client,
    [
      '--no-defaults',
      ...clientArguments(handle.address),
      '--binary-mode',
      '--batch',
      // The name on the command line is in UTF-8, whatever the locale; so is a dump that does not say otherwise.
      '--default-character-set=utf8mb4',
      '--max-allowed-packet=1G',
      // Never by itself: a dump names its database, and one that begins with a dash would be an option.
      `--database=${wanted}`,
    ],
    {
      stage: 'restore',
      input: source,
      quiet: true,
      ...(handle.address.password === undefined ? {} : { env: { MYSQL_PWD: handle.address.password } }),
    },
  );
  if (result.code !== 0) {
    const fault = loadFault(result.stderr);
    // What the client complains of is then the statement that it has only half of. All of a dump that it stopped in is not read.
    if (fault.kind === 'failed' && !(await endsWhole(ports, run, fetched))) throw cutOff();
    throw fault;
  }
  if (!seen.isWhole()) throw cutOff();
  refuseOtherDatabase(fetched.found.plan, fetched.record, seen.databases());
  run.engine(`${handle.flavour} client`, handle.version, handle.client);
  const outcome = await contents(run, handle, seen.definers(), seen.databases().includes('mysql'));
  if (given === undefined)
    handle.databases.set(
      fetched.found.plan.name,
      (await hasTables(handle, wanted)) ? wanted : (seen.databases().find((each) => !SYSTEM.test(each)) ?? wanted),
    );
  return outcome;
}

/** A name that was found among bytes read one by one. */
function inUtf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

async function hasTables(handle: MariadbHandle, database: string): Promise<boolean> {
  return await withMariadb(
    handle.address,
    undefined,
    async (connection) =>
      Number(
        await mariadbValue(
          connection,
          `select count(*) from information_schema.tables where table_schema = ${connection.escape(database)}`,
        ),
      ) > 0,
  );
}

async function endsWhole(
  ports: EnginePorts,
  run: RunContext,
  { found, path, handle }: FetchedBackup,
): Promise<boolean> {
  const seen = watch();
  const source = await openWrapped(ports, run, found.plan, path ?? '', handle as readonly Wrapping[]);
  for await (const chunk of source) {
    run.signal.throwIfAborted();
    seen.add(chunk);
  }
  return seen.isWhole();
}

function cutOff(): StageFault {
  return new StageFault(
    'failed',
    'The dump is cut off: its last line ("Dump completed on …") is missing, so the client would load half of it and still exit 0.',
  );
}

function loadFault(stderr: string): StageFault {
  const line = stderr.split('\n').find((each) => /^ERROR/u.test(each)) ?? stderr.trim().split('\n').at(-1) ?? '';
  if (/No space left|Disk full|is full|errno: 28/iu.test(stderr))
    return new StageFault('inconclusive', `The sandbox ran out of disk space while the dump was loaded: ${line}`, {
      sandbox: true,
      output: stderr,
      code: 'no-space',
    });
  if (/Unknown storage engine|plugin .* is not loaded|Unknown collation|Unknown character set/iu.test(line))
    return new StageFault('inconclusive', `The sandbox lacks what the backup needs: ${line}`, {
      sandbox: true,
      output: stderr,
    });
  if (/gone away|Lost connection/iu.test(line))
    return new StageFault('inconclusive', `The sandbox's server went away while the dump was loaded: ${line}`, {
      sandbox: true,
      output: stderr,
    });
  return new StageFault('failed', `The restore stopped with "${line.slice(0, 400)}".`, { output: stderr });
}

/** Watches a dump as it streams by: its last line, the databases and definers that it names. */
function watch(): {
  add(chunk: Uint8Array): void;
  isWhole(): boolean;
  definers(): readonly (readonly [string, string])[];
  databases(): readonly string[];
} {
  let tail = '';
  const definers = new Map<string, readonly [string, string]>();
  const databases = new Set<string>();
  return {
    add: (chunk) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (bytes.includes('DEFINER=') || bytes.includes('CREATE DATABASE')) {
        const text = tail.slice(-300) + bytes.toString('latin1');
        for (const found of text.matchAll(/DEFINER=`([^`]+)`@`([^`]*)`/gu))
          definers.set(found[0], [inUtf8(found[1] ?? ''), inUtf8(found[2] ?? '')]);
        for (const found of text.matchAll(/^CREATE DATABASE [^`]*`([^`]+)`/gmu))
          if (found[1] !== undefined) databases.add(inUtf8(found[1]));
      }
      tail = (tail + bytes.subarray(-1000).toString('latin1')).slice(-1000);
    },
    isWhole: () => /-- Dump completed/u.test(tail),
    definers: () => [...definers.values()],
    databases: () => [...databases],
  };
}
