/** The definitions in an archive of pg_dump as SQL, without its data; who owns a large object is one of them. */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type { RunContext } from '../../core/recovery/engine.ts';
import type { EnginePorts } from '../ports.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { once } from '../streams.ts';
import { runTool } from '../tool.ts';
import { archiveFault } from './pgDumpFormat.ts';

/** Lines of the table of contents that say whose a large object is and who may read it. `BLOBS`, their data, is none. */
const LARGE_OBJECT = /^\d+; \d+ \d+ (?:BLOB(?: METADATA)? |ACL - LARGE OBJECTS? )/u;

/** What `pg_restore` prints of `path`: `--schema-only` leaves large objects out, so theirs comes by way of a list. */
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
  const [schema, contents] = await Promise.all([ask('--schema-only', '-f', '-'), ask('--list')]);
  const objects = contents.split('\n').filter((line) => LARGE_OBJECT.test(line));
  if (objects.length === 0) return once(Buffer.from(schema));
  const list = join(run.folder, 'large-objects.list');
  await ports.files.writeAtomic(list, `${objects.join('\n')}\n`);
  if (run.owner) await ports.files.setOwner(list, run.owner);
  return once(Buffer.from(`${schema}\n${await ask('--use-list', list, '-f', '-')}`));
}
