/** A configuration of pgbackrest that comes with the workspace: it runs no program and reaches no host that nobody approved. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { createApprovedHosts } from '../../server/src/platform/approvedHosts.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

describe('a configuration of pgbackrest in the workspace', function () {
  this.timeout(60_000);
  let bench: Bench;
  let marker: string;
  beforeEach(async () => {
    bench = await makeBench();
    marker = path.join(bench.root, 'ran');
  });
  afterEach(async () => await bench.remove());
  const locate = async (options: string, config = './pgbackrest.conf', hosts: string[] = []): Promise<string> => {
    await bench.write('pgbackrest.conf', `[global]\nlog-level-file=off\n${options}\n[main]\npg1-path=/nowhere\n`);
    const place = `{ stanza: main, config: "${config}" }`;
    await bench.write('a.runbook.yaml', folderRunbook({ tool: 'pgbackrest', in: place, checks: '[]' }));
    return (await bench.run({ level: 1, ports: { hosts: createApprovedHosts(hosts) } })).record.summary;
  };

  it('runs no program that it names, by whatever path it is named', async () => {
    await bench.write('evil.sh', `#!/bin/sh\ntouch ${marker}\n`);
    const options = `repo1-host=localhost\ncmd-ssh=/bin/sh ${bench.root}/evil.sh`;
    for (const config of ['./pgbackrest.conf', `${bench.root}/pgbackrest.conf`, `/etc/..${bench.root}/pgbackrest.conf`])
      assert.match(await locate(options, config), /The option repo1-host of pgbackrest\.conf could name a program/u);
    for (const option of ['cmd', 'cmd-ssh', 'repo2-host-user', 'pg1-host', 'backup-host', 'db-cmd', 'recovery-option'])
      assert.ok((await locate(`${option} = x`)).includes(`The option ${option} of `), option);
    assert.match(await locate(options, '/proc/self/cwd/pgbackrest.conf'), /can't be \/proc\/self/u);
    assert.ok(!existsSync(marker), 'a program of the configuration was run');
  });

  it('reaches only hosts that the person approved', async () => {
    const options = 'repo1-type=s3\nrepo1-s3-bucket=b\nrepo1-s3-region=r\nrepo1-s3-endpoint=backups.example.com:9000';
    assert.match(await locate(options), /host backups\.example\.com .* is not approved/u);
    assert.match(await locate('repo1-storage-host=https://b.example.com'), /host b\.example\.com .* is not approved/u);
    assert.doesNotMatch(
      await locate('repo1-storage-host=https://b.example.com', undefined, ['b.example.com']),
      /approved/u,
    );
    assert.doesNotMatch(await locate('repo1-s3-endpoint=s3.eu-west-1.amazonaws.com'), /approved/u);
  });

  it('takes the usual options, and the comments of people', async () => {
    const options = `# a comment = here\nrepo1-path=${bench.root}/repo\nstart-fast=y\nprocess-max=2\narchive-async=y`;
    assert.doesNotMatch(await locate(options), /The option/u);
  });
});
