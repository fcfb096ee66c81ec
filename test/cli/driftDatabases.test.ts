/** `drillbook drift` as a process against real databases: the built program has every client library in it, whole. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drillbook, folderOf } from '../support/cli.ts';
import { startMariadb, startRedis, type RunningDatabase } from '../support/databases.ts';
import { PROJECT } from '../support/program.ts';

const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
databases:
`;
const RUNBOOK = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\nresources:\n';

interface Report {
  readonly findings: readonly { readonly code: string; readonly message: string; readonly resource: { id: string } }[];
}

describe('drift of databases as a process', function () {
  this.timeout(120_000);
  const running: RunningDatabase[] = [];
  after(async () => {
    for (const each of running) await each.stop();
  });

  it('speaks to each engine by the library that was built in', async () => {
    const redis = await startRedis('redis-secret');
    running.push(redis);
    const mariadb = await startMariadb();
    running.push(mariadb);
    const folder = folderOf({
      'e.environment.yaml': `${ENVIRONMENT}  cache: { engine: redis, host: ${redis.host}, port: ${String(redis.port)}, password: { env: PW } }
  shop: { engine: mariadb, host: ${mariadb.host}, port: ${String(mariadb.port)}, user: nobody, password: { env: PW } }
  docs: { engine: mongodb, host: 127.0.0.1, port: 9 }
`,
      'r.runbook.yaml': `${RUNBOOK}  cache: { kind: database/redis, id: cache, expect: { version: "1", settings: { maxmemory-policy: noeviction } } }
  shop: { kind: database/mariadb, id: shop }
  docs: { kind: database/mongodb, id: docs }
`,
    });
    try {
      const { stdout, stderr } = await drillbook(['drift', '--format', 'json'], {
        cwd: folder.path,
        env: { PW: 'redis-secret' },
      });
      assert.ok(stdout.startsWith('{'), stderr);
      const said = (JSON.parse(stdout) as Report).findings
        .filter(({ code }) => /^(?:drift|unchecked)\//.test(code))
        .map(({ code, resource }) => `${code} ${resource.id}`);
      assert.deepEqual(
        said.sort(),
        ['drift/version-major cache', 'unchecked/no-credentials shop', 'unchecked/unreachable docs'],
        stdout,
      );
      assert.match(stdout, /docs was not checked: it can't be reached \(ECONNREFUSED\)/);
    } finally {
      folder.remove();
    }
  });

  it('takes libraries by a name that the build keeps', () => {
    // The build gives a CommonJS library that is loaded late its default and nothing else; Node gives it names as well.
    const COMMONJS = ['pg', 'mysql2/promise', 'mongodb', 'ioredis'];
    let seen = 0;
    const sources = join(PROJECT, 'server/src');
    for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(join(sources, file), 'utf8');
      for (const [whole, names = '', name = ''] of text.matchAll(/const \{([^{}]*)\} = await import\('([^']+)'\)/g)) {
        if (!COMMONJS.includes(name)) continue;
        seen++;
        assert.match(names, /^ default: \w+ $/, `${file}: ${whole}`);
      }
    }
    assert.ok(seen >= 5);
  });
});
