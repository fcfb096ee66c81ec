/** The definitions of archives of pg_dump, read side by side. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, readdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { RunContext } from '../../server/src/core/recovery/engine.ts';
import { findPostgres } from '../../server/src/dryrun/postgres/binaries.ts';
import { definitionsOf } from '../../server/src/dryrun/tools/pgDefinitions.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

describe('definitions of an archive', function () {
  this.timeout(60_000);
  const server = usePostgres();
  let bench: Bench;
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => await bench.remove());

  const tool = (name: string, args: readonly string[], database = 'postgres'): Buffer =>
    execFileSync(path.join(server().bin, name), args, { env: server().environment(database) });

  it('are each archive’s own where two are read at once, large objects too', async () => {
    const paths = await Promise.all(
      ['one', 'two'].map(async (name) => {
        tool('psql', ['-qc', `create database ${name}`]);
        tool(
          'psql',
          [
            '-qc',
            `create table in_${name} (id int); create role r_${name}; select lo_create(7); alter large object 7 owner to r_${name}`,
          ],
          name,
        );
        return await bench.write(`${name}.dump`, tool('pg_dump', ['-Fc'], name));
      }),
    );
    await chmod(bench.root, 0o755);
    const owner = await bench.ports.processes.unprivilegedOwner();
    const folder = await bench.ports.files.makeTemporaryFolder('dbt');
    if (owner) await bench.ports.files.setOwner(folder, owner);
    const run = {
      folder,
      owner,
      signal: new AbortController().signal,
      output: () => undefined,
    } as unknown as RunContext;
    const client = (await findPostgres(bench.ports)).find((each) => each.client)!;
    const read = async (archive: string): Promise<string> => {
      let text = '';
      for await (const chunk of await definitionsOf(bench.ports, run, client, archive))
        text += Buffer.from(chunk).toString();
      return text;
    };
    try {
      const texts = await Promise.all(paths.map(read));
      for (const [index, [own, other]] of (
        [
          ['one', 'two'],
          ['two', 'one'],
        ] as const
      ).entries()) {
        assert.match(
          texts[index]!,
          new RegExp(`CREATE TABLE public.in_${own}[^]+ALTER LARGE OBJECT 7 OWNER TO r_${own}`, 'u'),
        );
        assert.doesNotMatch(texts[index]!, new RegExp(`in_${other}|r_${other}`, 'u'));
      }
      assert.equal((await readdir(folder)).length, 2);
    } finally {
      await bench.ports.files.remove(folder);
    }
  });
});
