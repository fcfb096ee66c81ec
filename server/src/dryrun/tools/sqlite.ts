/** SQLite: a copy of the database file, or its .dump as SQL; opened and asked whether it is whole. */
import { dirname, join } from 'node:path';
import type {
  FetchedBackup,
  FoundBackup,
  RestoreOutcome,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { EnginePorts } from '../ports.ts';
import type { FilesHandle } from '../sandboxes/files.ts';
import { head } from '../streams.ts';
import { freshPath } from '../staging.ts';
import { locateStored } from '../stored.ts';
import { lastWords, runTool } from '../tool.ts';
import type { Wrapping } from '../unwrap.ts';
import { openWrapped } from '../wrapped.ts';
import { makeFolder, writeFile } from '../writeFile.ts';
import type { BackupTool } from './backupTool.ts';
import { fetch as fetchFile } from './files.ts';

export const sqlite: BackupTool = { id: 'sqlite', engines: ['sqlite', 'files'], locate: locateStored, fetch, restore };

const MAGIC = 'SQLite format 3\0';

async function fetch(
  ports: EnginePorts,
  run: RunContext,
  found: FoundBackup,
  restoring: boolean,
): Promise<FetchedBackup> {
  const fetched = await fetchFile(ports, run, found, true);
  const { wrappings } = fetched.handle as { wrappings: readonly Wrapping[] };
  const first = (await head(await openWrapped(ports, run, found.plan, fetched.path ?? '', wrappings), 4096)).toString(
    'latin1',
  );
  const format = first.startsWith(MAGIC)
    ? 'database'
    : /^(?:PRAGMA|BEGIN|CREATE|--|\/\*)/iu.test(first.trimStart())
      ? 'sql'
      : undefined;
  if (format === undefined)
    throw new StageFault('failed', `${found.record.id} is neither a SQLite database nor its dump.`, {
      code: 'wrong-format',
    });
  const made: FetchedBackup = { ...fetched, record: { ...fetched.record, format }, handle: { format, wrappings } };
  if (!restoring) {
    // Not there yet where the backup was read in its place.
    const target = await freshPath(ports, run, 'verify.db');
    await makeFolder(ports, run, dirname(target));
    await build(ports, run, made, target, 'fetch+verify');
  }
  return made;
}

/** The database at `target`, whole by its own integrity check. */
async function build(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  target: string,
  stage: 'fetch+verify' | 'restore',
): Promise<string> {
  const { format, wrappings } = fetched.handle as { format: string; wrappings: readonly Wrapping[] };
  const program = await ports.processes.find('sqlite3');
  if (program === undefined)
    throw new StageFault('inconclusive', 'sqlite3 is not on this machine; install it.', {
      sandbox: true,
      code: 'no-binaries',
    });
  const version =
    (await runTool(ports, run, program, ['--version'], { stage, quiet: true })).stdout.split(' ')[0] ?? '';
  run.engine('sqlite3', version, program);
  const source = await openWrapped(ports, run, fetched.found.plan, fetched.path ?? '', wrappings);
  if (format === 'database') await writeFile(ports, run, target, source);
  else {
    // -safe: a dump's dot-commands can't reach the shell or other files.
    const result = await runTool(ports, run, program, ['-bail', '-batch', '-safe', '-init', '/dev/null', target], {
      stage,
      input: source,
      quiet: true,
    });
    if (result.code !== 0)
      throw new StageFault('failed', `The dump could not be loaded: ${lastWords(result)}`, { output: result.stderr });
  }
  const whole = await runTool(
    ports,
    run,
    program,
    ['-readonly', '-batch', '-safe', '-init', '/dev/null', target, 'PRAGMA integrity_check;'],
    { stage, quiet: true },
  );
  if (whole.code !== 0 || whole.stdout.trim() !== 'ok')
    throw new StageFault(
      'failed',
      `The database is damaged: ${lastWords(whole, 2) || 'its integrity check gave no answer'}.`,
      { output: whole.stdout },
    );
  const tables = await runTool(
    ports,
    run,
    program,
    [
      '-readonly',
      '-batch',
      '-safe',
      '-init',
      '/dev/null',
      target,
      "select count(*) from sqlite_master where type = 'table';",
    ],
    { stage, quiet: true },
  );
  return tables.stdout.trim();
}

async function restore(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const handle = sandbox.handle as FilesHandle;
  const base = fetched.record.id
    .slice(fetched.record.id.lastIndexOf('/') + 1)
    .replace(/\.(?:gz|zst|lz4|xz|bz2|age|gpg|enc)$/iu, '');
  const target = join(handle.folder, base);
  const tables = await build(ports, run, fetched, target, 'restore');
  if (Number(tables) === 0)
    throw new StageFault('failed', 'The restored database holds no table.', { code: 'nothing-restored' });
  handle.databases.set(fetched.found.plan.name, target);
  const bytes = (await ports.files.info(target))?.size ?? 0;
  return {
    restoredBytes: bytes,
    message: `${tables} ${tables === '1' ? 'table' : 'tables'}, ${bytes} bytes; integrity check ok`,
  };
}
