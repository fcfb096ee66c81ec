/** Steps mode, sandboxes on a named server, other dump formats, several backups at once, and what policy and production refuse. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

describe('dry run in other ways', function () {
  this.timeout(120_000);
  const server = usePostgres();
  let bench: Bench;
  let dump: Buffer;
  const env = (database: string): NodeJS.ProcessEnv => server().environment(database);

  before(function () {
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: env('postgres') });
    execFileSync(
      path.join(server().bin, 'psql'),
      [
        '-q',
        '-c',
        'create role app_owner; create table orders as select i id from generate_series(1, 5000) i; alter table orders owner to app_owner',
      ],
      { env: env('orders') },
    );
    dump = execFileSync(path.join(server().bin, 'pg_dump'), ['-Fc'], { env: env('orders'), maxBuffer: 1 << 28 });
  });
  beforeEach(async () => (bench = await makeBench({ PROD_PASSWORD: server().password })));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  const STEPS = `steps:
  - { id: freeze, manual: Tell everyone., effort: 5m }
  - id: fetch
    run: aws s3 cp \${{ backups.nightly.latest.uri }} orders.dump
  - id: load
    run: pg_restore --exit-on-error --dbname "$TARGET" orders.dump
    env: { PGPASSWORD: { env: PROD_PASSWORD }, PGHOST: production.internal }
    verify: test "$(psql "$TARGET" -Atc 'select count(*) from orders')" = 5000
    rollback: psql "$ADMIN" -qc 'create database rolled_back'`;

  it("runs the runbook's own steps in the sandbox", async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write('a.runbook.yaml', folderRunbook({ restore: STEPS, dryRun: 'steps: true' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal(record.proves, 'runbook');
    assert.deepEqual(
      record.steps?.map((step) => [step.id, step.state]),
      [
        ['freeze', 'skipped'],
        ['fetch', 'passed'],
        ['load', 'passed'],
      ],
    );
  });

  it('fails with the step that failed, and rolls back', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ restore: STEPS.replace('= 5000', '= 4'), dryRun: 'steps: true' }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /Step "load" failed: its "verify"/u);
    assert.ok(
      record.notes.some((note) => note.code === 'rolled-back'),
      JSON.stringify(record.notes),
    );
  });

  for (const [format, args] of [
    ['tar', ['-Ft']],
    ['directory', ['-Fd', '-j', '2']],
  ] as const) {
    it(`restores a ${format} dump`, async () => {
      execFileSync('mkdir', ['-p', path.join(bench.root, 'backups')]);
      execFileSync(path.join(server().bin, 'pg_dump'), [...args, '-f', path.join(bench.root, 'backups', 'orders-1')], {
        env: env('orders'),
      });
      await bench.write('a.runbook.yaml', folderRunbook());
      const { record } = await bench.run();
      assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
      assert.equal(record.backup?.format, format);
    });
  }

  const environment = (port: number): string =>
    `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\ndatabases: { orders: { engine: postgres, host: 127.0.0.1, port: ${server().port}, user: ${server().user}, password: { env: PROD_PASSWORD } } }\nsandboxes: { ci: { kind: server, engine: postgres, host: localhost, port: ${port}, user: ${server().user}, password: { env: PROD_PASSWORD } } }\n`;

  it('refuses a sandbox at the address of production, before anything runs', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write('production.environment.yaml', environment(server().port));
    await bench.write('a.runbook.yaml', folderRunbook({ sandbox: '{ use: ci }' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.equal(record.level, 0);
    assert.match(record.summary, /which is production: databases\.orders/u);
  });

  it('refuses production under another address by its identity', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write(
      'production.environment.yaml',
      environment(server().port).replace('host: localhost', `socket: ${server().folder}`),
    );
    await bench.write('a.runbook.yaml', folderRunbook({ sandbox: '{ use: ci }' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'failed', record.summary);
    assert.match(record.summary, /same|under another address|never restores/u);
  });

  it('restores into a named server and drops the database again', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write('production.environment.yaml', environment(server().port).replace(/databases: .*\n/u, ''));
    await bench.write('a.runbook.yaml', folderRunbook({ sandbox: '{ use: ci }' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal(
      execFileSync(
        path.join(server().bin, 'psql'),
        ['-Atc', "select count(*) from pg_database where datname like 'drillbook%'"],
        { env: env('postgres') },
      )
        .toString()
        .trim(),
      '0',
    );
    assert.ok(record.teardown.removed.some((each) => each.startsWith('database drillbook_')));
  });

  it("points the steps on a named server to a database of the run's own, though one is called as the backup's", async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write('production.environment.yaml', environment(server().port).replace(/databases: .*\n/u, ''));
    const load = 'steps: [{ id: load, run: \'pg_restore --no-owner -d "$TARGET" ${{ backups.nightly.latest.uri }}\' }]';
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ sandbox: '{ use: ci }', dryRun: 'steps: true', restore: load }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.ok(record.teardown.removed.some((each) => each.startsWith('database drillbook_')));
    const left = ['-Atc', "select string_agg(datname, ' ' order by datname) from pg_database where not datistemplate"];
    assert.equal(
      execFileSync(path.join(server().bin, 'psql'), left, { env: env('postgres') })
        .toString()
        .trim(),
      'orders postgres',
    );
  });

  it('obeys where the policy lets data go', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write(
      'acme.policy.yaml',
      'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: acme }\nclasses: { critical: { restoreIn: [server] } }\n',
    );
    await bench.write('a.runbook.yaml', `${folderRunbook()}dataClass: critical\n`);
    const { record } = await bench.run();
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /restored only in: server/u);
  });

  it('refuses a second run of the same runbook while one is under way', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ checks: '[{ name: a, query: "select count(*) from orders, pg_sleep(1)", expect: 5000 }]' }),
    );
    const [one, two] = await Promise.all([bench.run(), bench.run()]);
    assert.deepEqual([one.record.result, two.record.result].sort(), ['inconclusive', 'passed']);
  });

  it('never claims level 4 for a sandbox on this machine', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run({ level: 4 });
    assert.equal(record.result, 'inconclusive');
    assert.equal(record.level, 3);
    assert.match(record.summary, /Level 4 was asked for, level 3 was reached/u);
  });

  it('plays the key person away, and refuses a scenario that it does not know', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write('a.runbook.yaml', folderRunbook());
    const alone = (await bench.run({ scenario: 'person-away', level: 1 })).record;
    assert.equal(alone.result, 'failed');
    assert.match(alone.summary, /^In the scenario person-away: The runbook has no owner/u);
    const owned = folderRunbook({ restore: STEPS.replace('effort: 5m', 'effort: 5m, owner: Ada') }).replace(
      'metadata: {',
      'metadata: { owners: [{ name: Ada }, { name: Grace }],',
    );
    await bench.write('a.runbook.yaml', owned);
    assert.match(
      (await bench.run({ scenario: 'person-away', level: 1 })).record.summary,
      /With "Ada" away nobody can do the step "freeze"/u,
    );
    await bench.write('a.runbook.yaml', owned.replace(', owner: Ada', ''));
    const passed = (await bench.run({ scenario: 'person-away', level: 1 })).record;
    assert.equal(passed.result, 'passed');
    assert.match(JSON.stringify(passed.notes), /nothing in the runbook needs \\"Ada\\" alone/u);
    await assert.rejects(bench.run({ scenario: 'meteor' }), /There is no scenario "meteor"/u);
  });

  it('does nothing in a workspace that is not trusted', async () => {
    await bench.write('backups/orders.dump', dump);
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run({ trusted: false });
    assert.equal(record.result, 'inconclusive');
    assert.equal(record.stages.find((stage) => stage.stage === 'locate')?.state, 'skipped');
  });
});
