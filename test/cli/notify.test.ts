/** `--notify` and `--metrics`, end to end: a hook on loopback that checks the signature, and a strict reader of OpenMetrics. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';

interface Told {
  readonly signature: string | undefined;
  readonly body: string;
}

describe('dry-run --notify and --metrics', function () {
  this.timeout(30_000);
  let folder: Folder;
  let server: Server;
  const told: Told[] = [];
  beforeEach(async () => {
    told.length = 0;
    folder = folderOf({ 'a.runbook.yaml': RUNBOOK, 'b.environment.yaml': ENVIRONMENT });
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const signature = request.headers['x-drillbook-signature'];
        told.push({ signature: Array.isArray(signature) ? signature[0] : signature, body });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
    folder.remove();
  });
  const run = async (...more: string[]): ReturnType<typeof drillbook> =>
    await drillbook(['dry-run', 'orders-db', '--level', '0', '--yes', ...more], {
      cwd: folder.path,
      env: { DRILLBOOK_NOTIFY_SECRET: 'shared between us' },
    });

  it('tells the hook, signed with the shared secret', async () => {
    const { stderr } = await run('--notify', `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    assert.equal(told.length, 1, stderr);
    const { signature, body } = told[0] ?? { signature: '', body: '' };
    assert.equal(signature, `sha256=${createHmac('sha256', 'shared between us').update(body).digest('hex')}`);
    assert.equal((JSON.parse(body) as { runbook: string }).runbook, 'orders-db');
    assert.doesNotMatch(body, /shared between us/u);
  });

  it('refuses a host that no one approved, before anything runs', async () => {
    const { status, stderr } = await run('--notify', 'https://hooks.example.com/x');
    assert.equal(status, 2);
    assert.match(stderr, /hooks\.example\.com is not approved; approve it with --allow-host hooks\.example\.com/u);
  });

  it('writes metrics that hold the grammar: families together, told before their samples, and an end', async () => {
    const file = join(folder.path, 'drillbook.prom');
    await run('--metrics', file);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.endsWith('# EOF\n'));
    const seen = new Set<string>();
    let family = '';
    for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
      const meta = /^# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)$/u.exec(line);
      if (meta?.[1] === 'HELP') {
        family = meta[2] ?? '';
        assert.ok(!seen.has(family), `${family} twice`);
        seen.add(family);
      } else if (meta) assert.deepEqual([meta[2], meta[3]], [family, 'gauge']);
      else
        assert.match(
          line,
          new RegExp(
            `^${family}\\{(?:[a-z_]+="(?:[^"\\\\\\n]|\\\\[\\\\"n])*",?)+\\} -?[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?$`,
            'u',
          ),
        );
    }
    assert.ok(seen.has('drillbook_dry_run_passed') && seen.has('drillbook_dry_run_rto_seconds'));
  });
});
