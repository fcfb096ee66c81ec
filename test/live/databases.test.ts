/** Databases asked directly: a real PostgreSQL, MariaDB and Redis, and servers that aren't there or refuse. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { driftOf, said, secretsFrom, type DriftParts } from '../support/look.ts';
import { startMariadb, startRedis, type RunningDatabase } from '../support/databases.ts';
import { usePostgres } from '../support/servers.ts';
import { runbook } from '../support/aws.ts';

const environment = (databases: string): string => `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
databases:
  db: { ${databases} }
`;

const drift = async (databases: string, resources: string, parts: DriftParts = {}) =>
  await driftOf({ 'e.environment.yaml': environment(databases), 'r.runbook.yaml': runbook(resources) }, parts);

describe('database/postgres', () => {
  const server = usePostgres({ user: 'admin', password: 'admin-pw' });
  let at = '';
  let major = '';

  before(async () => {
    const { host, port, user, password, version } = server();
    at = `engine: postgres, host: ${host.startsWith('/') ? '127.0.0.1' : host}, port: ${String(port)}`;
    major = version.split('.')[0] ?? '';
    const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' });
    await client.connect();
    await client.query('create database orders');
    await client.query("create role reader login password 'reader-pw'");
    await client.query('create role restorer');
    await client.end();
    const orders = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'orders' });
    await orders.connect();
    await orders.query('create extension if not exists pg_trgm');
    await orders.end();
  });

  const READER = ', user: reader, password: { env: READER }';
  const secrets = secretsFrom({ READER: 'reader-pw', WRONG: 'nope' });

  it('holds, with extensions of whatever database has them', async () => {
    const result = await drift(
      `${at}${READER}`,
      `db: { kind: database/postgres, id: db, expect: { version: "${major}", databases: [orders], extensions: { pg_trgm: ">=1.0" }, settings: { wal_level: replica, autovacuum: true, max_connections: ">=10" }, roles: [restorer] } }`,
      { secrets },
    );
    assert.deepEqual(
      result.findings.map((finding) => finding.message),
      [],
    );
    assert.ok(result.factsCompared >= 7);
  });

  it('tells the settings of the server, not those of the session that asks', async () => {
    const result = await drift(
      `${at}${READER}, timeout: 5s`,
      'db: { kind: database/postgres, id: db, expect: { settings: { statement_timeout: 0, default_transaction_read_only: off, TimeZone: Etc/UTC } } }',
      { secrets },
    );
    assert.deepEqual(
      result.findings.map((finding) => finding.message),
      [],
    );
    const wrong = await drift(
      `${at}${READER}`,
      'db: { kind: database/postgres, id: db, expect: { settings: { statement_timeout: 30s, default_transaction_read_only: on } } }',
      { secrets },
    );
    assert.deepEqual(
      wrong.findings.map((finding) => finding.message),
      [
        'db has statement_timeout = 0; the runbook expects 30s.',
        'db has default_transaction_read_only = off; the runbook expects on.',
      ],
    );
  });

  it('names what does not hold', async () => {
    const result = await drift(
      `${at}${READER}`,
      'db: { kind: database/postgres, id: db, expect: { version: "9", databases: [orders, ledger], extensions: { pg_trgm: ">=9", postgis: ">=3.4" }, settings: { wal_level: logical, no_such: on }, roles: { restorer: { superuser: true } }, replicaLag: 1m } }',
      { secrets },
    );
    assert.deepEqual(said(result.findings), [
      'drift/value resources.db.expect.databases.1',
      'drift/value resources.db.expect.extensions.pg_trgm',
      'drift/value resources.db.expect.extensions.postgis',
      'drift/value resources.db.expect.replicaLag',
      'drift/value resources.db.expect.roles.restorer.superuser',
      'drift/value resources.db.expect.settings.wal_level',
      'drift/version-major resources.db.expect.version',
      'unchecked/unsupported resources.db.expect.settings.no_such',
    ]);
  });

  it('says what is wrong with a login, and shows no password', async () => {
    const wrong = await drift(
      `${at}, user: reader, password: { env: WRONG }`,
      'db: { kind: database/postgres, id: db }',
      { secrets },
    );
    assert.deepEqual(said(wrong.findings), ['unchecked/no-credentials resources.db.id']);
    assert.doesNotMatch(JSON.stringify(wrong), /nope/);
    const unset = await drift(
      `${at}, user: reader, password: { env: UNSET }`,
      'db: { kind: database/postgres, id: db }',
      { secrets },
    );
    assert.match(unset.findings[0]?.message ?? '', /UNSET is not set/);
  });

  it('speaks TLS where told to, and says so where there is none', async () => {
    const result = await drift(`${at}${READER}, tls: verify-full`, 'db: { kind: database/postgres, id: db }', {
      secrets,
    });
    assert.deepEqual(said(result.findings), ['unchecked/unreachable resources.db.id']);
    assert.match(result.findings[0]?.message ?? '', /TLS/);
  });
});

describe('database hosts', () => {
  const db = 'db: { kind: database/postgres, id: db }';
  const secrets = secretsFrom({ PW: 'x' });

  it('get a secret only where the person approved them', async () => {
    const result = await drift('engine: postgres, host: db.evil.example, user: a, password: { env: PW }', db, {
      secrets,
    });
    assert.deepEqual(said(result.findings), ['unchecked/host-not-approved resources.db.id']);
    assert.match(result.findings[0]?.message ?? '', /--allow-host db\.evil\.example/);
    assert.deepEqual(result.calls, {});
  });

  it('that refuse, hang or speak something else are told apart', async () => {
    const refused = await drift('engine: postgres, host: 127.0.0.1, port: 9, user: a, password: { env: PW }', db, {
      secrets,
    });
    assert.match(refused.findings[0]?.message ?? '', /127\.0\.0\.1:9 can't be reached \(ECONNREFUSED\)/);
    const server = createServer((socket) => void socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    try {
      for (const kind of ['postgres', 'mysql', 'redis', 'mongodb']) {
        const hung = await drift(
          `engine: ${kind}, host: 127.0.0.1, port: ${String(port)}, user: a, password: { env: PW }`,
          `db: { kind: database/${kind}, id: db }`,
          { secrets, options: { callTimeoutMs: 700 } },
        );
        assert.deepEqual(
          said(hung.findings),
          ['unchecked/timeout resources.db.id'],
          `${kind}: ${hung.findings[0]?.message ?? ''}`,
        );
      }
    } finally {
      server.close();
      server.unref();
    }
    const rude = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    const where = rude.address();
    for (const kind of ['postgres', 'mysql', 'redis', 'mongodb']) {
      const answer = await drift(
        `engine: ${kind}, host: 127.0.0.1, port: ${String(typeof where === 'object' && where ? where.port : 0)}, user: a, password: { env: PW }`,
        `db: { kind: database/${kind}, id: db }`,
        { secrets, options: { callTimeoutMs: 3000 } },
      );
      assert.match(said(answer.findings).join(), /^unchecked\/(unreachable|timeout) resources\.db\.id$/, kind);
    }
    rude.close();
  });
});

describe('database/mariadb', () => {
  let server: RunningDatabase;
  before(async () => {
    server = await startMariadb();
    const client = await mysql.createConnection({ host: server.host, port: server.port, user: 'root' });
    await client.query('create database orders');
    await client.query("create user reader@'%' identified by 'reader-pw'");
    await client.query("grant show databases on *.* to reader@'%'");
    await client.end();
  });
  after(async () => await server.stop());

  const at = (): string =>
    `engine: mariadb, host: ${server.host}, port: ${String(server.port)}, user: reader, password: { env: READER }`;
  const secrets = secretsFrom({ READER: 'reader-pw', WRONG: 'x' });

  it('holds and does not hold', async () => {
    const holds = await drift(
      at(),
      'db: { kind: database/mariadb, id: db, expect: { version: ">=10.5", databases: [orders], settings: { log_bin: off, innodb_buffer_pool_size: ">=1024" } } }',
      { secrets },
    );
    assert.deepEqual(
      holds.findings.map((finding) => finding.message),
      [],
    );
    const result = await drift(
      at(),
      'db: { kind: database/mariadb, id: db, expect: { version: "5.5", databases: [ledger], settings: { log_bin: on }, roles: [reader] } }',
      { secrets },
    );
    assert.deepEqual(said(result.findings), [
      'drift/value resources.db.expect.databases.0',
      'drift/value resources.db.expect.settings.log_bin',
      'drift/version-major resources.db.expect.version',
      'unchecked/denied resources.db.expect.roles',
    ]);
    assert.match(
      result.findings.find((each) => each.code === 'unchecked/denied')?.message ?? '',
      /SELECT \(user, host, super_priv\) ON mysql/,
    );
  });

  it('knows the units of times, and says another engine once', async () => {
    const times = 'wait_timeout: 8h, long_query_time: 10s, innodb_lock_wait_timeout: 50';
    const holds = await drift(at(), `db: { kind: database/mariadb, id: db, expect: { settings: { ${times} } } }`, {
      secrets,
    });
    assert.deepEqual(
      holds.findings.map((finding) => finding.message),
      [],
    );
    const wrong = await drift(
      at(),
      'db: { kind: database/mariadb, id: db, expect: { settings: { wait_timeout: 1h, max_connections: 2h } } }',
      { secrets },
    );
    assert.deepEqual(said(wrong.findings), [
      'drift/value resources.db.expect.settings.wait_timeout',
      'unchecked/undecided resources.db.expect.settings.max_connections',
    ]);
    const other = await drift(at(), 'db: { kind: database/mysql, id: db, expect: { version: "8.0" } }', { secrets });
    assert.deepEqual(said(other.findings), ['drift/value resources.db.kind']);
  });

  it('refuses a wrong password as missing credentials', async () => {
    const result = await drift(at().replace('READER', 'WRONG'), 'db: { kind: database/mysql, id: db }', { secrets });
    assert.deepEqual(said(result.findings), ['unchecked/no-credentials resources.db.id']);
  });
});

describe('database/redis', () => {
  let server: RunningDatabase;
  before(async () => (server = await startRedis('redis-pw')));
  after(async () => await server.stop());
  const at = (env = 'REDIS'): string =>
    `engine: redis, host: ${server.host}, port: ${String(server.port)}, password: { env: ${env} }`;
  const secrets = secretsFrom({ REDIS: 'redis-pw', WRONG: 'x' });

  it('holds and does not hold', async () => {
    const result = await drift(
      at(),
      'db: { kind: database/redis, id: db, expect: { version: ">=6", settings: { maxmemory-policy: noeviction, appendonly: on, tcp-keepalive: 5min, lua-time-limit: 5s }, roles: [default, nobody] } }',
      { secrets },
    );
    assert.deepEqual(said(result.findings), [
      'drift/value resources.db.expect.roles.1',
      'drift/value resources.db.expect.settings.appendonly',
    ]);
  });

  it('refuses a wrong password as missing credentials', async () => {
    const result = await drift(at('WRONG'), 'db: { kind: database/redis, id: db }', { secrets });
    assert.deepEqual(said(result.findings), ['unchecked/no-credentials resources.db.id']);
  });
});
