/** The definitions in an archive of pg_dump as SQL, without its data; who owns a large object is one of them. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RunContext } from '../../core/recovery/engine.ts';
import type { EnginePorts } from '../ports.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { runTool } from '../tool.ts';
import { makeFolder, replaceFile } from '../writeFile.ts';
import { archiveFault } from './pgDumpFormat.ts';

/** Lines of the table of contents that say whose a large object is and who may read it. `BLOBS`, their data, is none. */
const LARGE_OBJECT = /^\d+; \d+ \d+ (?:BLOB(?: METADATA)? |ACL - LARGE OBJECTS? )/u;

/**
 * What `pg_restore` writes of `path`, in the encoding of its database: `--schema-only` leaves large objects out, so theirs comes
 * by way of a list.
 */
export async function definitionsOf(
  ports: EnginePorts,
  run: RunContext,
  client: PostgresBinaries,
  path: string,
): Promise<AsyncIterable<Uint8Array>> {
  const ask = async (...args: string[]): Promise<string> => {
    const result = await runTool(ports, run, join(client.folder, 'pg_restore'), [...args, path], {
      stage: 'restore',
      quiet: true,
      keepBytes: 64 * 1024 * 1024,
    });
    if (result.code !== 0) throw archiveFault(result.stderr);
    return result.stdout;
  };
  // Two backups may be read at once: each has a folder of its own.
  const folder = join(run.folder, `definitions-${randomBytes(4).toString('hex')}`);
  await makeFolder(ports, run, folder);
  const written = async (name: string, ...args: string[]): Promise<AsyncIterable<Uint8Array>> => {
    const file = join(folder, name);
    await ask(...args, '-f', file);
    return ports.files.readStream(file);
  };
  const [schema, contents] = await Promise.all([written('definitions.sql', '--schema-only'), ask('--list')]);
  const objects = contents.split('\n').filter((line) => LARGE_OBJECT.test(line));
  if (objects.length === 0) return schema;
  const list = join(folder, 'large-objects.list');
  await replaceFile(ports, run, list, `${objects.join('\n')}\n`);
  return oneAfterOther(schema, await written('large-objects.sql', '--use-list', list));
}

async function* oneAfterOther(...sources: AsyncIterable<Uint8Array>[]): AsyncGenerator<Uint8Array> {
  for (const source of sources) yield* source;
}
