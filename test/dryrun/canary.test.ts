/** A secret in every place where a backup may need one, and none of it in a record, an event, the log, or the list of processes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

const CANARY = 'canary-93b1c7e0d5';
const FILES = '{ engine: files }';

describe('a secret in every input of a dry run', function () {
  this.timeout(120_000);
  let bench: Bench;
  let watching: NodeJS.Timeout;
  const seen = new Set<string>();

  beforeEach(async () => {
    bench = await makeBench({ REPOSITORY_PASSWORD: CANARY, OTHER: 'wrong' });
    await bench.write('pass.key', `${CANARY}\n`);
    seen.clear();
    watching = setInterval(look, 5);
  });
  afterEach(async () => {
    clearInterval(watching);
    assert.deepEqual([...seen], [], 'a command line held the secret');
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  /** Every command line of the machine, as any user of it may read them. */
  function look(): void {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/u.test(name)) continue;
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        if (line.includes(CANARY)) seen.add(line);
      } catch {
        // It ended while we looked.
      }
    }
  }
  /** Makes a backup with the secret; its own processes are not the program's. */
  const sh = (script: string): void => {
    execFileSync('/bin/sh', ['-ec', script], { cwd: bench.root, env: bench.variables, stdio: 'pipe' });
    seen.clear();
  };
  const silent = async (what: string, results: readonly string[]): Promise<void> => {
    const { record, events } = await bench.run();
    assert.ok(results.includes(record.result), `${what}: ${record.result}: ${record.summary}`);
    const kept = execFileSync('/bin/sh', ['-c', `grep -rl '${CANARY}' .drillbook .cache 2>/dev/null || true`], {
      cwd: bench.root,
      encoding: 'utf8',
    });
    seen.clear();
    assert.equal(kept, '', `${what}: evidence or cache`);
    assert.ok(!JSON.stringify([record, events, bench.logged]).includes(CANARY), what);
  };

  for (const [tool, make, key] of [
    ['openssl', 'openssl enc -aes-256-cbc -pbkdf2 -pass file:pass.key -in a.tar -out backups/a.tar.enc', 'file'],
    ['openssl', 'openssl enc -aes-256-cbc -pbkdf2 -pass file:pass.key -in a.tar -out backups/a.tar.enc', 'env'],
    [
      'gpg',
      'mkdir -m 700 gh; gpg --homedir gh --batch --yes --quiet --pinentry-mode loopback --passphrase-file pass.key -o backups/a.tar.gpg -c a.tar',
      'file',
    ],
  ] as const) {
    it(`stays unseen as the key of ${tool} from a ${key}`, async () => {
      sh(`mkdir src backups; echo data > src/a; tar -C src -cf a.tar .; ${make}`);
      const from = (reference: string): string =>
        folderRunbook({
          tool: 'files',
          sandbox: FILES,
          checks: '[]',
          backup: `decrypt: { with: ${tool}, key: { ${reference} } }`,
        });
      const right = key === 'env' ? 'env: REPOSITORY_PASSWORD' : `file: ${path.join(bench.root, 'pass.key')}`;
      await bench.write('a.runbook.yaml', from(right));
      await silent(tool, ['passed']);
      sh('for f in backups/*; do head -c 60 $f > x; mv x $f; done');
      await silent(`${tool}, cut off`, ['failed']);
    });
  }

  it('stays unseen as the password of a restic repository, right or wrong', async () => {
    sh(
      'mkdir src; echo data > src/a; RESTIC_PASSWORD=$REPOSITORY_PASSWORD; export RESTIC_PASSWORD; restic -q -r repo init; restic -q -r repo backup src',
    );
    const runbook = folderRunbook({
      tool: 'restic',
      in: '{ repository: ./repo, password: { env: REPOSITORY_PASSWORD } }',
      sandbox: FILES,
      checks: '[]',
    });
    await bench.write('a.runbook.yaml', runbook);
    await silent('restic', ['passed']);
    await bench.write('a.runbook.yaml', runbook.replace('./repo', './none'));
    await silent('restic, no repository', ['failed', 'inconclusive']);
    await bench.write(
      'a.runbook.yaml',
      runbook.replace(
        './repo,',
        `"rest:http://drill:${CANARY}@127.0.0.1:9/", env: { RESTIC_REST_PASSWORD: { env: REPOSITORY_PASSWORD } },`,
      ),
    );
    await silent('restic, a password in the address', ['failed', 'inconclusive']);
  });

  it('stays unseen in the password of a sandbox server that can’t be reached', async () => {
    await bench.write(
      'backups/orders.sql',
      '-- PostgreSQL database dump\nselect 1;\n-- PostgreSQL database dump complete\n',
    );
    for (const [engine, tool] of [
      ['postgres', 'pg_dump'],
      ['mariadb', 'mariadb-dump'],
    ] as const) {
      await bench.write(
        'production.environment.yaml',
        `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\nsandboxes: { box: { kind: server, engine: ${engine}, host: 127.0.0.1, port: 9, user: drill, password: { env: REPOSITORY_PASSWORD } } }\n`,
      );
      await bench.write('a.runbook.yaml', folderRunbook({ tool, sandbox: '{ use: box }', checks: '[]' }));
      await silent(engine, ['failed', 'inconclusive']);
    }
  });

  it('stays unseen in what a command of the team’s prints', async () => {
    await bench.write('pass', CANARY);
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'command',
        in: '{ path: none, password: { env: REPOSITORY_PASSWORD } }',
        sandbox: FILES,
        checks: '[]',
        backup: `command: { find: "echo '{\\"id\\": \\"x\\"}'", restore: "echo nothing >&2; exit 3" }`,
      }),
    );
    await silent('command', ['failed']);
  });
});
