/** What a runbook may have restic do: reach a host that the person approved, with credentials and nothing that names a program. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { createApprovedHosts } from '../../server/src/platform/approvedHosts.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

const CANARY = 'a-canary-of-the-person';

describe('what a runbook has restic do', function () {
  this.timeout(60_000);
  let bench: Bench;
  let server: Server;
  const asked: IncomingMessage[] = [];
  beforeEach(async () => {
    bench = await makeBench({ CANARY, GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' });
    asked.splice(0);
    server = createServer((request, response) => {
      asked.push(request);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await bench.remove();
  });
  const port = (): number => (server.address() as AddressInfo).port;
  const locate = async (settings: string, hosts: readonly string[] = []): Promise<string> => {
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ tool: 'restic', in: settings, sandbox: '{ engine: files }', checks: '[]' }),
    );
    return (await bench.run({ level: 1, ports: { hosts: createApprovedHosts(hosts) } })).record.summary;
  };

  it('sends no secret to a host that nobody approved', async () => {
    const env = '{ AWS_ACCESS_KEY_ID: { env: CANARY }, AWS_SECRET_ACCESS_KEY: { env: CANARY } }';
    // Another name of this machine: what is listening there would get the secret as the name of a key.
    const repository = `s3:http://0.0.0.0:${port()}/bucket`;
    assert.match(await locate(`{ repository: "${repository}", env: ${env} }`), /host 0\.0\.0\.0 .* is not approved/u);
    assert.deepEqual(asked, []);
    await locate(`{ repository: "${repository}", env: ${env} }`, ['0.0.0.0']);
    assert.ok(asked.length > 0, 'an approved host was not asked');
  });

  for (const [repository, host] of [
    ['rest:https://user@backups.example.com:8000/', 'backups.example.com'],
    ['s3:backups.example.com/bucket', 'backups.example.com'],
    ['s3://backups.example.com/bucket', 'backups.example.com'],
    ['sftp:me@backups.example.com:/srv', 'backups.example.com'],
    ['sftp://me@backups.example.com:2222//srv', 'backups.example.com'],
    ['sftp:-oProxyCommand=id:/srv', '-oProxyCommand=id'],
  ] as const) {
    it(`knows where ${repository} lies`, async () => {
      assert.ok((await locate(`{ repository: "${repository}" }`)).includes(`The host ${host} `));
    });
  }

  it('takes no repository that it cannot place', async () => {
    assert.match(await locate('{ repository: "rclone:anything:bucket" }'), /"rclone:" lies can't be told/u);
    const swift = '{ repository: "swift:box:/", env: { OS_AUTH_URL: "https://keys.example.com/v3" } }';
    assert.match(await locate(swift), /host keys\.example\.com .* is not approved/u);
  });

  it('gives restic no variable that names a program', async () => {
    const marker = path.join(bench.root, 'ran');
    for (const name of ['RESTIC_PASSWORD_COMMAND', 'PATH', 'LD_PRELOAD', 'HOME', 'AWS_CONFIG_FILE', 'HTTPS_PROXY']) {
      const said = await locate(`{ repository: ./repo, env: { ${name}: "touch ${marker}" } }`);
      assert.ok(said.includes(`The variable ${name} is not given to restic`), said);
    }
    assert.ok(!existsSync(marker), 'a program of the runbook was run');
  });

  it("takes Google's file of credentials from the person's own variable only", async () => {
    const with_ = async (value: string): Promise<string> =>
      await locate(`{ repository: ./repo, env: { GOOGLE_APPLICATION_CREDENTIALS: ${value} } }`);
    assert.match(await with_('./mine.json'), /is not given to restic/u);
    assert.match(await with_('{ env: CANARY }'), /is not given to restic/u);
    assert.doesNotMatch(await with_('{ env: GOOGLE_APPLICATION_CREDENTIALS }'), /is not given to restic/u);
  });
});
