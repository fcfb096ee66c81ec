/** Dry runs into a container: by podman where one can be run, and what is said where no engine answers. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import * as path from 'node:path';
import { makeImage, type TestImage } from '../support/container.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

describe('dry run into a container', function () {
  this.timeout(180_000);
  const server = usePostgres();
  let bench: Bench;
  let made: TestImage | string;
  let dump: Buffer;

  before(function () {
    const env = server().environment('orders');
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    execFileSync(
      path.join(server().bin, 'psql'),
      [
        '-qc',
        'create role app; create table orders as select i id from generate_series(1, 2000) i; alter table orders owner to app',
      ],
      { env },
    );
    dump = execFileSync(path.join(server().bin, 'pg_dump'), ['-Fc'], { env, maxBuffer: 1 << 28 });
    made = makeImage(server().bin);
  });
  after(() => {
    if (typeof made === 'object') made.remove();
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  /** With podman of the test first on PATH. */
  const ready = async (image: TestImage, more = ''): Promise<void> => {
    bench = await makeBench({ PATH: `${image.path}:${process.env['PATH'] ?? ''}` });
    await bench.write('backups/orders.dump', dump);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        sandbox: `{ kind: container, engine: postgres, version: "15", image: "${image.image}"${more} }`,
        checks: '[{ name: rows, query: select count(*) from orders, equals: 2000 }]',
      }),
    );
  };

  it('restores a dump into a container without a network, and removes it', async function () {
    if (typeof made === 'string') {
      console.log(`      not run: ${made}`);
      bench = await makeBench();
      return;
    }
    await ready(made);
    const during: string[] = [];
    const { record } = await bench.run({
      onEvent: (event) => {
        if (event.event === 'stage' && event.stage === 'check' && event.state === 'started' && typeof made === 'object')
          during.push(made.containers());
      },
    });
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.match(during[0] ?? '', /drillbook-[0-9a-f]{12}/u);
    assert.equal(record.sandbox?.kind, 'container');
    assert.match(record.sandbox.isolation ?? '', /without a network/u);
    assert.ok(record.teardown.removed.some((each) => each.startsWith('container drillbook-')));
    assert.equal(made.containers(), '');
  });

  it('says that an image holds another major, and that one is not on the machine', async function () {
    if (typeof made === 'string') {
      console.log(`      not run: ${made}`);
      bench = await makeBench();
      return;
    }
    await ready(made);
    const text = await bench.read('a.runbook.yaml');
    await bench.write('a.runbook.yaml', text.replace('version: "15"', 'version: "17"'));
    const other = (await bench.run()).record;
    assert.equal(other.result, 'inconclusive');
    assert.match(other.summary, /holds PostgreSQL 15.*asks for 17; name another image/u);
    await bench.write('a.runbook.yaml', text.replace(made.image, 'localhost/nowhere:1'));
    assert.match(
      (await bench.run()).record.summary,
      /The image localhost\/nowhere:1 is not on this machine; .* leave out --no-fetch/u,
    );
    assert.equal(made.containers(), '');
  });

  it('removes the container of a run that is cancelled', async function () {
    if (typeof made === 'string') {
      console.log(`      not run: ${made}`);
      bench = await makeBench();
      return;
    }
    await ready(made);
    const cancel = new AbortController();
    const { record } = await bench.run({
      signal: cancel.signal,
      onEvent: (event) => {
        if (event.event === 'stage' && event.stage === 'restore' && event.state === 'started') cancel.abort();
      },
    });
    assert.equal(record.result, 'cancelled', record.summary);
    assert.equal(made.containers(), '');
  });

  it('is inconclusive where no engine answers, and says what each of them said', async () => {
    bench = await makeBench();
    const folder = path.join(bench.root, 'bin');
    await bench.write('bin/docker', '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n');
    chmodSync(path.join(folder, 'docker'), 0o755);
    const dark = await makeBench({ PATH: folder });
    try {
      await dark.write('backups/orders.dump', dump);
      await dark.write(
        'a.runbook.yaml',
        folderRunbook({ sandbox: '{ kind: container, engine: postgres, version: "15" }' }),
      );
      const { record } = await dark.run();
      assert.equal(record.result, 'inconclusive');
      assert.match(
        record.summary,
        /No container engine answers.*docker says "Cannot connect to the Docker daemon"; podman is not on PATH.*start docker or podman/u,
      );
      assert.deepEqual(await dark.left(), []);
    } finally {
      await dark.remove();
    }
  });

  it('refuses a physical backup and an engine that it has no server for', async () => {
    bench = await makeBench();
    await bench.write('backups/orders.bin', 'data');
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ tool: 'files', sandbox: '{ kind: container, engine: files }', checks: '[]' }),
    );
    assert.match((await bench.run()).record.summary, /A container sandbox of files is not possible/u);
  });
});
