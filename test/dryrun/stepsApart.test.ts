/** The runbook's own steps beside the server that runs what the backup says: another user, whose keys and gate it does not reach. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import type { EvidenceRecord } from '../../server/src/core/recovery/record.ts';
import type { Processes } from '../../server/src/core/ports.ts';
import { aws, HOME, trustOf } from '../support/aws.ts';
import { folderRunbook, makeBench, type Bench, type BenchOptions } from '../support/dryRun.ts';
import { useMoto } from '../support/servers.ts';

const OWN = { AWS_ACCESS_KEY_ID: 'AKIACALLER', AWS_SECRET_ACCESS_KEY: 'caller-secret-canary-6f1e' };

/** A dump that looks for keys in every environment, and for the gate by every socket that a command line names. */
const THIEF = `--
-- PostgreSQL database dump
--
create table orders as select i id from generate_series(1, 2000) i;
create table keys (line text);
create table gates (line text);
create table reached (line text);
copy keys from program $$for p in /proc/[0-9]*; do tr "\\000" "\\n" 2>/dev/null < $p/environ | grep -a "^AWS_S"; done; true$$;
copy gates from program $$cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\000" "\\n" | grep -a "^/tmp/[^ ]*/s$" | sort -u; true$$;
copy reached from program $$for s in $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\000" "\\n" | grep -a "^/tmp/[^ ]*/s$"); do perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Peer => shift) or exit; print $s "CONNECT x:1 HTTP/1.1\\r\\n\\r\\n"; print "it answers\\n" if <$s> =~ /HTTP/' $s; done; true$$;
--
-- PostgreSQL database dump complete
--
`;
const CHECKS = `[
      { name: keys, query: select count(*) from keys, equals: 0 },
      { name: gates, query: select count(*) from gates, expect: ">=1" },
      { name: reached, query: select count(*) from reached, equals: 0 } ]`;
const LOAD = '  - { id: load, run: \'psql -qXv ON_ERROR_STOP=1 -f ${{ backups.nightly.latest.uri }} "$TARGET"\' }\n';

describe('the runbook’s own steps beside a hostile dump', function () {
  this.timeout(120_000);
  const moto = useMoto();
  let bench: Bench;
  const saved = { ...process.env };

  before(() => void Object.assign(process.env, OWN));
  after(() => {
    for (const name of Object.keys(OWN))
      if (saved[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = saved[name];
  });
  beforeEach(async () => {
    await moto().reset();
    const AssumeRolePolicyDocument = trustOf(`arn:aws:iam::${HOME}:user/boss`);
    await aws(moto().endpoint).iam.send(
      new CreateRoleCommand({ RoleName: 'orders-restore', AssumeRolePolicyDocument }),
    );
    bench = await makeBench(OWN);
    await bench.write('backups/orders.sql', THIEF);
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "${HOME}", regions: [eu-west-1], endpoint: "${moto().endpoint}" }\n`,
    );
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  const run = async (steps: string, options: BenchOptions = {}, checks = CHECKS): Promise<EvidenceRecord> => {
    const text = folderRunbook({ checks, dryRun: 'steps: true', restore: `role: operator\nsteps:\n${steps}` });
    const named = text.replace(
      'backups:',
      'resources:\n  operator: { kind: aws/iam-role, id: orders-restore }\nbackups:',
    );
    await bench.write('a.runbook.yaml', named);
    return (await bench.run(options)).record;
  };
  const noteOf = (record: EvidenceRecord, code: string): string =>
    record.notes.find((note) => note.code === code)?.message ?? '';

  it('keep their keys and their gate from the code in it', async () => {
    const record = await run(LOAD);
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.match(noteOf(record, 'cloud-access'), /^The steps had the rights of/u);
  });

  it('work as a user that is nobody else’s, in a folder that the server can’t change', async () => {
    const users = new Map<string, number>();
    const folders = new Map<string, number>();
    // A server of the machine's is none of this run's.
    const before = new Set(readdirSync('/proc'));
    await run(
      `  - { id: here, run: 'sleep 2 & until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done; echo here; wait' }\n${LOAD}`,
      {
        onEvent: (event) => {
          if (event.event !== 'output' || !event.text.includes('here')) return;
          for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name) && !before.has(name)))
            for (const [name, wanted] of [
              ['server', 'postgres:'],
              ['step', 'sleep\0'],
            ] as const)
              if (lineOf(pid).startsWith(wanted)) users.set(name, statSync(`/proc/${pid}`).uid);
          const scratch = bench.variables['TMPDIR'] ?? '';
          for (const name of readdirSync(scratch)) {
            if (!/^dbk-\w{10}$/u.test(name)) continue;
            for (const below of ['', 'work', 'db', 'db/data'])
              folders.set(below, statSync(`${scratch}/${name}/${below}`).uid);
          }
        },
      },
    );
    const [server, step] = [users.get('server'), users.get('step')];
    assert.ok(server !== undefined && step !== undefined && server !== step && step > 61_000, `${server} ${step}`);
    assert.deepEqual(
      [...folders],
      [
        ['', step],
        ['work', step],
        ['db', server],
        ['db/data', server],
      ],
    );
  });

  it('reach a MariaDB, too, that is another user', async () => {
    const dump = `-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\ncreate table orders (id int);\ninsert into orders values (1), (2);\n-- Dump completed on 2026-11-23  8:00:00\n`;
    await bench.write('backups/orders.sql', dump);
    const load =
      '  - id: load\n    run: mariadb "$TARGET" < ${{ backups.nightly.latest.uri }}\n    verify: test "$(mariadb -S "$TARGET_SOCKET" -u "$TARGET_USER" -Ne "select count(*) from orders" "$TARGET")" = 2\n';
    const checks = '[{ name: orders, query: select count(*) from orders, equals: 2 }]';
    const text = folderRunbook({
      checks,
      tool: 'mysqldump',
      sandbox: '{ engine: mariadb }',
      dryRun: 'steps: true',
      restore: `steps:\n${load}`,
    });
    await bench.write('a.runbook.yaml', text);
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
  });

  it('have nothing of the cloud where they can’t be another user than the server', async () => {
    const { processes } = bench.ports;
    const alone: Processes = { ...processes, unusedOwner: () => Promise.resolve(undefined) };
    const checks = '[{ name: keys, query: select count(*) from keys, equals: 0 }]';
    const record = await run(LOAD, { ports: { processes: alone } }, checks);
    assert.equal(record.result, 'passed', record.summary);
    assert.match(noteOf(record, 'no-cloud-credentials'), /no user is left here to run them as, apart from the server/u);
  });

  it('show nothing of their environment to what runs as root to start them', async () => {
    const { processes } = bench.ports;
    const seen: string[] = [];
    const watched: Processes = {
      ...processes,
      run: async (command, args, options) => {
        if (options.owner === undefined) seen.push(JSON.stringify([command, args, options.env]));
        return await processes.run(command, args, options);
      },
    };
    const steps = `  - { id: word, run: 'test "$WORD" = "it''s a word" && test "$(readlink -f /dev/stdin)" = /dev/null', env: { WORD: "it's a word", NODE_OPTIONS: --no-such } }\n${LOAD}`;
    for (const role of ['', 'none']) {
      if (role === 'none')
        await bench.write(
          'production.environment.yaml',
          'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\n',
        );
      const record = await run(
        steps,
        { ports: { processes: watched } },
        '[{ name: orders, query: select count(*) from orders, equals: 2000 }]',
      );
      assert.equal(record.result, 'passed', record.summary);
    }
    assert.ok(seen.some((each) => each.includes('setpriv')));
    assert.deepEqual(
      seen.filter((each) => /"WORD"|a word"|no-such|"PGHOST"/u.test(each)),
      [],
    );
  });
});

function lineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
