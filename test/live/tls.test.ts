/** TLS against real servers: one's own authority, a stranger's, another host's name, an expired certificate, and none. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { runbook } from '../support/aws.ts';
import { makeCertificates, type Certificate, type Certificates } from '../support/certificates.ts';
import { startMariadb, startRedis } from '../support/databases.ts';
import { driftOf, secretsFrom } from '../support/look.ts';
import { freePort } from '../../scripts/services/processes.mjs';
import { startTestPostgres } from '../support/servers.ts';

interface Server {
  readonly port: number;
  readonly user: string;
  stop(): Promise<void>;
}

/** One row an engine: starts a server with this certificate. */
const ENGINES: Readonly<Record<string, (certificate: Certificate) => Promise<Server>>> = {
  postgres: async ({ cert, key }) => {
    const server = await startTestPostgres({
      password: 'tls-pw',
      settings: { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key },
    });
    return { port: server.port, user: server.user, stop: async () => await server.stop() };
  },
  mariadb: async ({ cert, key }) => {
    const server = await startMariadb(`--ssl-cert=${cert}`, `--ssl-key=${key}`);
    const root = await mysql.createConnection({ host: server.host, port: server.port, user: 'root' });
    await root.query("create user reader@'%' identified by 'tls-pw' require ssl");
    await root.end();
    return { port: server.port, user: 'reader', stop: async () => await server.stop() };
  },
  redis: async ({ cert, key }) => {
    const port = await freePort();
    const tls = [
      '--tls-port',
      String(port),
      '--tls-cert-file',
      cert,
      '--tls-key-file',
      key,
      '--tls-auth-clients',
      'no',
    ];
    const server = await startRedis('tls-pw', ...tls);
    return { port, user: 'default', stop: async () => await server.stop() };
  },
};

describe('TLS', () => {
  let made: Certificates;
  before(async () => (made = await makeCertificates()));
  after(() => made.remove());

  const look = async (
    engine: string,
    server: Server,
    tls: string,
    ca?: string,
    host = '127.0.0.1',
  ): Promise<string> => {
    const { findings } = await driftOf(
      {
        'e.environment.yaml': `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\ndatabases:\n  db: { engine: ${engine}, host: ${host}, port: ${String(server.port)}, user: ${server.user}, password: { env: PW }, tls: ${tls}${ca === undefined ? '' : `, ca: ${ca}`} }\n`,
        'r.runbook.yaml': runbook(`db: { kind: database/${engine}, id: db, expect: { version: ">=1" } }`),
      },
      { secrets: secretsFrom({ PW: 'tls-pw' }), root: '/', options: { callTimeoutMs: 8000 } },
    );
    return findings.map((finding) => `${finding.code} ${finding.message}`).join('\n');
  };

  /** Servers that speak no TLS at all, one an engine. */
  const PLAIN: Readonly<Record<string, () => Promise<Server>>> = {
    postgres: async () => {
      const server = await startTestPostgres({ password: 'tls-pw' });
      return { port: server.port, user: server.user, stop: async () => await server.stop() };
    },
    mariadb: async () => {
      const server = await startMariadb('--skip-ssl');
      return { port: server.port, user: 'root', stop: async () => await server.stop() };
    },
    redis: async () => {
      const server = await startRedis('tls-pw');
      return { port: server.port, user: 'default', stop: async () => await server.stop() };
    },
  };

  for (const [engine, start] of Object.entries(PLAIN))
    it(`says of a ${engine} without TLS that it speaks none`, async () => {
      const server = await start();
      try {
        for (const mode of ['verify-full', 'require'])
          assert.match(
            await look(engine, server, mode),
            new RegExp(`^unchecked/unreachable db was not checked: 127.0.0.1:${server.port} speaks no TLS; .*disable`),
          );
      } finally {
        await server.stop();
      }
    }).timeout(60_000);

  it('says of what takes a connection over TLS alone that it does, as far as the server tells', async () => {
    const redis = await ENGINES['redis']?.(made.good);
    const mariadb = await ENGINES['mariadb']?.(made.good);
    const postgres = await ENGINES['postgres']?.(made.good);
    assert.ok(redis && mariadb && postgres);
    try {
      assert.match(await look('redis', redis, 'disable'), /^unchecked\/unreachable .* speaks TLS alone; set `tls/);
      assert.match(await look('mariadb', mariadb, 'disable'), /^unchecked\/no-credentials .* over TLS alone/);
      assert.equal(await look('postgres', postgres, 'disable'), '');
    } finally {
      for (const server of [redis, mariadb, postgres]) await server.stop();
    }
    const home = mkdtempSync(join(tmpdir(), 'drill-hba-'));
    const hba = join(home, 'pg_hba.conf');
    chmodSync(home, 0o755);
    writeFileSync(hba, 'local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n');
    const { cert, key } = made.good;
    const strict = await startTestPostgres({
      password: 'tls-pw',
      settings: { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key, hba_file: hba },
    });
    try {
      const server = { port: strict.port, user: strict.user, stop: async () => await strict.stop() };
      assert.match(
        await look('postgres', server, 'disable'),
        /^unchecked\/unreachable .*pg_hba\.conf .*over TLS alone/,
      );
      assert.equal(await look('postgres', server, 'require'), '');
    } finally {
      await strict.stop();
      rmSync(home, { recursive: true, force: true });
    }
  }).timeout(60_000);

  for (const [engine, start] of Object.entries(ENGINES)) {
    describe(engine, () => {
      const using = async (certificate: Certificate, work: (server: Server) => Promise<void>): Promise<void> => {
        const server = await start(certificate);
        try {
          await work(server);
        } finally {
          await server.stop();
        }
      };

      it('takes a certificate of the named authority for the named host, and no other', async () => {
        await using(made.good, async (server) => {
          assert.equal(await look(engine, server, 'verify-full', made.ca), '');
          assert.equal(await look(engine, server, 'verify-full', made.ca, 'localhost'), '');
          assert.equal(await look(engine, server, 'verify-ca', made.ca), '');
          assert.equal(await look(engine, server, 'require'), '');
          for (const mode of ['verify-full', 'verify-ca']) {
            assert.match(await look(engine, server, mode, made.otherCa), /^unchecked\/unreachable .*certificate.*`ca`/);
            assert.match(await look(engine, server, mode), /^unchecked\/unreachable .*certificate.*`ca`/);
          }
          assert.match(await look(engine, server, 'verify-full', '/no/such.pem'), /CA certificate \/no\/such\.pem/);
        });
      }).timeout(60_000);

      it('refuses an expired certificate, and one for another host where the host counts', async () => {
        await using(made.expired, async (server) => {
          for (const mode of ['verify-full', 'verify-ca'])
            assert.match(await look(engine, server, mode, made.ca), /^unchecked\/unreachable .*has expired/);
        });
        await using(made.misnamed, async (server) => {
          assert.match(await look(engine, server, 'verify-full', made.ca), /^unchecked\/unreachable .*another host/);
          assert.equal(await look(engine, server, 'verify-ca', made.ca), '');
        });
      }).timeout(60_000);
    });
  }
});
