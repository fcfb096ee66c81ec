/** What `--permissions` prints for databases is enough, and nothing in it is too much; nothing that is sent can write. */
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { driftRequests, planDrift } from '../../server/src/app/detectDrift.ts';
import { environmentsOf } from '../../server/src/core/drift/environments.ts';
import { permissionsFor } from '../../server/src/live/permissions.ts';
import { runbook } from '../support/aws.ts';
import { startMariadb, startRedis, type RunningDatabase } from '../support/databases.ts';
import { driftOf, lookupFor, said, secretsFrom, workspaceOf } from '../support/look.ts';
import { usePostgres } from '../support/servers.ts';

/** Every statement that a reader may send to a database, by how it begins. */
const READ_ONLY =
  /^(?:select |show |set session transaction read only|set session max_(?:statement|execution)_time = |set default_transaction_read_only = on|set statement_timeout = \d|set \$1|set names |info|auth|hello|client|config get|acl users|module list|command)/i;

const secrets = secretsFrom({ PW: 'drill-pw' });

function textsOf(engine: string, at: string, expect: string): Readonly<Record<string, string>> {
  return {
    'e.environment.yaml': `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
databases:
  db: { engine: ${engine}, ${at}, user: drill, password: { env: PW } }
`,
    'r.runbook.yaml': runbook(`db: { kind: database/${engine}, id: db, expect: { ${expect} } }`),
  };
}

function grantsFor(texts: Readonly<Record<string, string>>): readonly string[] {
  const workspace = workspaceOf(texts);
  const { databases } = permissionsFor(driftRequests(workspace, workspace.entries), environmentsOf(workspace));
  return databases[0]?.grants ?? [];
}

/** As many round trips as `--plan` says, no more and no fewer. */
function assertPlanned(texts: Readonly<Record<string, string>>, calls: Readonly<Record<string, number>>): void {
  const workspace = workspaceOf(texts);
  const planned = planDrift(workspace, workspace.entries, lookupFor(workspace));
  assert.deepEqual(Object.fromEntries(planned.map(({ call, count }) => [call, count])), calls);
}

/** Looks with each of the grants left out in turn: every one of them is missed. */
async function assertNeeded(
  texts: Readonly<Record<string, string>>,
  grants: readonly string[],
  grant: (some: readonly string[]) => Promise<void>,
): Promise<void> {
  for (const left of grants) {
    await grant(grants.filter((each) => each !== left));
    const result = await driftOf(texts, { secrets });
    assert.ok(
      result.findings.some((finding) => finding.code === 'unchecked/denied'),
      `nothing missed ${left}: ${said(result.findings).join()}`,
    );
    assert.deepEqual(
      said(result.findings).filter((each) => each.startsWith('drift/')),
      [],
      `called missing what it may not see without ${left}`,
    );
  }
}

describe('grants', () => {
  describe('postgres', () => {
    const server = usePostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
    const admin = async (...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> => {
      const { port, user, password } = server();
      const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' });
      await client.connect();
      let rows: readonly Readonly<Record<string, unknown>>[] = [];
      for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
      await client.end();
      return rows;
    };
    const at = (): string => `host: 127.0.0.1, port: ${String(server().port)}, database: postgres`;
    const EXPECT =
      'version: ">=10", databases: [orders], extensions: { pg_stat_statements: "*" }, settings: { wal_level: replica, archive_timeout: 60, checkpoint_timeout: 300s, shared_buffers: ">=16MB" }, roles: [drill]';

    before(async () => {
      await admin(
        'create database orders',
        'create extension pg_stat_statements',
        'alter system set archive_timeout = 60',
        'select pg_reload_conf()',
      );
    });
    const grant = async (grants: readonly string[]): Promise<void> => {
      await admin('drop role if exists drill', ...grants, "alter role drill password 'drill-pw'");
    };

    it('are a plain role for what everybody may see, and that is enough', async () => {
      const texts = textsOf('postgres', at(), EXPECT);
      const grants = grantsFor(texts);
      assert.equal(grants.length, 1, grants.join());
      await grant(grants);
      await admin('select pg_stat_statements_reset()');
      const result = await driftOf(texts, { secrets });
      assert.deepEqual(
        result.findings.map((finding) => finding.message),
        [],
      );
      assertPlanned(texts, result.calls);
      const sent = await admin(
        "select query from pg_stat_statements where userid = 'drill'::regrole and query not like '%pg_stat_statements%'",
      );
      assert.ok(sent.length >= 7, JSON.stringify(sent));
      for (const { query } of sent) assert.match(String(query), READ_ONLY);
    });

    it('hold what is hidden from others, and each is missed', async () => {
      const texts = textsOf(
        'postgres',
        at(),
        'settings: { data_directory: "!=/", wal_level: replica }, replicaLag: 1m',
      );
      const grants = grantsFor(texts);
      assert.deepEqual(grants.slice(1), ['GRANT pg_read_all_settings TO "drill";']);
      await grant(grants);
      // The server is no standby, which is a fact that any role may see.
      assert.deepEqual(said((await driftOf(texts, { secrets })).findings), [
        'drift/value resources.db.expect.replicaLag',
      ]);
      await grant(grants.slice(0, 1));
      const denied = await driftOf(texts, { secrets });
      assert.deepEqual(said(denied.findings), [
        'drift/value resources.db.expect.replicaLag',
        'unchecked/denied resources.db.expect.settings.data_directory',
      ]);
      assert.match(
        denied.findings.find((finding) => finding.code === 'unchecked/denied')?.message ?? '',
        /data_directory \(ask for pg_read_all_settings\)/,
      );
    });

    it('never call missing an extension of a database that is closed to the role', async () => {
      await admin('create database closed', 'revoke connect on database closed from public');
      const texts = textsOf(
        'postgres',
        `host: 127.0.0.1, port: ${String(server().port)}`,
        'extensions: { postgis: "*" }',
      );
      await grant(grantsFor(texts));
      const result = await driftOf(texts, { secrets });
      assert.deepEqual(said(result.findings), ['unchecked/denied resources.db.expect.extensions.postgis']);
      assert.match(result.findings[0]?.message ?? '', /CONNECT on closed/);
      assert.equal(result.findings[0]?.data?.['permission'], 'CONNECT on closed');
      await admin('grant connect on database closed to public');
      const open = await driftOf(texts, { secrets });
      assert.deepEqual(said(open.findings), ['drift/value resources.db.expect.extensions.postgis']);
    });
  });

  describe('mariadb', () => {
    let server: RunningDatabase;
    let root: mysql.Connection;
    before(async () => {
      server = await startMariadb();
      root = await mysql.createConnection({ host: server.host, port: server.port, user: 'root' });
      await root.query('create database orders');
      await root.query("set global log_output = 'TABLE'");
    });
    after(async () => {
      await root.end();
      await server.stop();
    });
    const grant = async (grants: readonly string[]): Promise<void> => {
      await root.query("drop user if exists drill@'%'");
      if (!grants.some((each) => each.startsWith('CREATE USER'))) await root.query("create user drill@'%'");
      for (const each of grants) await root.query(each.replace(/;$/, '').replace("'…'", "'drill-pw'"));
      await root.query("set password for drill@'%' = password('drill-pw')");
    };
    const texts = (): Readonly<Record<string, string>> =>
      textsOf(
        'mariadb',
        `host: ${server.host}, port: ${String(server.port)}`,
        'version: ">=10.5", databases: [orders], extensions: { InnoDB: "*" }, settings: { log_bin: off, innodb_buffer_pool_size: ">=16M" }, roles: [root], replicaLag: 1m',
      );

    it('are enough, and each is missed', async () => {
      const grants = grantsFor(texts());
      assert.match(grants.join(), /SHOW DATABASES.*SELECT \(user, host, super_priv\) ON mysql\.user.*SLAVE MONITOR/s);
      await grant(grants);
      await root.query('set global general_log = 1');
      const result = await driftOf(texts(), { secrets });
      await root.query('set global general_log = 0');
      // It replicates from nowhere, and is allowed to say so.
      assert.deepEqual(said(result.findings), ['drift/value resources.db.expect.replicaLag']);
      assertPlanned(texts(), result.calls);
      const [sent] = await root.query<(mysql.RowDataPacket & { readonly query: string })[]>(
        "select convert(argument using utf8mb4) as query from mysql.general_log where command_type in ('Query', 'Execute', 'Prepare') and user_host like '%drill%'",
      );
      assert.ok(sent.length >= 8, JSON.stringify(sent));
      for (const { query } of sent) assert.match(query, READ_ONLY);
      for (const left of grants.filter((each) => each.startsWith('GRANT'))) {
        await grant(grants.filter((each) => each !== left));
        const without = await driftOf(texts(), { secrets });
        const codes = said(without.findings).filter((each) => !each.endsWith('replicaLag'));
        const lag = said(without.findings).filter((each) => each.endsWith('replicaLag'));
        assert.ok(
          [...codes, ...lag].some((each) => each.startsWith('unchecked/denied')),
          `nothing missed ${left}: ${[...codes, ...lag].join()}`,
        );
        assert.ok(!codes.some((each) => each.startsWith('drift/')), `${left}: ${codes.join()}`);
        assert.ok(
          without.findings.every((each) => each.code.startsWith('drift/') || /ask for [A-Z]/.test(each.message)),
          without.findings.map((each) => each.message).join('\n'),
        );
      }
    });

    it('tell a MariaDB from a MySQL', async () => {
      await grant(grantsFor(texts()));
      const other = {
        ...texts(),
        'r.runbook.yaml': runbook('db: { kind: database/mysql, id: db, expect: { version: ">=8.0" } }'),
      };
      const result = await driftOf(other, { secrets });
      assert.deepEqual(said(result.findings), ['drift/value resources.db.kind']);
      assert.match(result.findings[0]?.message ?? '', /is a mariadb 1\d\.[\d.]+, not a mysql/);
    });
  });

  describe('redis', () => {
    let server: RunningDatabase;
    let admin: Redis;
    before(async () => {
      server = await startRedis('root-pw');
      admin = new Redis({ host: server.host, port: server.port, password: 'root-pw', retryStrategy: () => null });
    });
    after(async () => {
      await admin.quit();
      await server.stop();
    });
    const texts = (): Readonly<Record<string, string>> =>
      textsOf(
        'redis',
        `host: ${server.host}, port: ${String(server.port)}`,
        'version: ">=6", settings: { maxmemory-policy: noeviction, maxmemory: 0 }, roles: [drill]',
      );
    const grant = async (words: readonly string[]): Promise<void> => {
      await admin.call('ACL', 'DELUSER', 'drill');
      await admin.call('ACL', 'SETUSER', 'drill', ...words);
    };

    it('are enough, and each is missed', async () => {
      const [line = ''] = grantsFor(texts());
      const words = line
        .split(' ')
        .slice(3)
        .map((word) => word.replace('…', 'drill-pw'));
      assert.deepEqual(words, ['on', '>drill-pw', '+info', '+config|get', '+acl|users']);
      await grant(words);
      const watched: string[] = [];
      const second = admin.duplicate();
      const monitor = await second.monitor();
      monitor.on('monitor', (_time: string, args: readonly string[]) => watched.push(args.join(' ').toLowerCase()));
      const result = await driftOf(texts(), { secrets });
      monitor.disconnect();
      second.disconnect();
      assert.deepEqual(
        result.findings.map((finding) => finding.message),
        [],
      );
      assertPlanned(texts(), result.calls);
      assert.ok(
        watched.some((each) => each.startsWith('info')),
        watched.join('\n'),
      );
      for (const each of watched) assert.match(each, READ_ONLY);
      await assertNeeded(
        texts(),
        words.filter((word) => word.startsWith('+')),
        async (some) => await grant(['on', '>drill-pw', ...some]),
      );
    });
  });
});
