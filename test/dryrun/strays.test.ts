/** What a dump or a step leaves running, and hides: in a session, a folder and an environment of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';

const KILLED = fileURLToPath(new URL('../support/killedRun.ts', import.meta.url));
const hidden = (seconds: number): string =>
  `env -i /usr/bin/setsid /bin/sh -c "cd /; exec /bin/sleep ${seconds}" >/dev/null 2>&1 </dev/null &`;
const dump = (seconds: number, more = ''): string => `--
-- PostgreSQL database dump
--
create table orders as select i id from generate_series(1, 2000) i;
copy orders from program $$${hidden(seconds)} true$$;
${more}
--
-- PostgreSQL database dump complete
--
`;

describe('what is left running of a dry run', function () {
  this.timeout(120_000);
  let bench: Bench;
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  it('by a dump is found by the network of its server, and ended', async () => {
    await bench.write('backups/orders.sql', dump(3071));
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(record.teardown.proven, true);
    assert.deepEqual(running('sleep 3071'), []);
  });

  it('by a dump that ends its server first as well', async () => {
    await bench.write(
      'backups/orders.sql',
      dump(3072, 'copy orders from program $$kill -9 $(ps -o ppid= -p $PPID); sleep 1$$;'),
    );
    await bench.write('a.runbook.yaml', folderRunbook());
    const { record } = await bench.run();
    assert.notEqual(record.result, 'passed', record.summary);
    assert.deepEqual(running('sleep 3072'), []);
  });

  it('by a step is found by its user, and ended', async () => {
    await bench.write('backups/orders.sql', dump(3073));
    const steps = `steps:\n  - id: load\n    run: |\n      ${hidden(3074)}\n      psql -qXf \${{ backups.nightly.latest.uri }} "$TARGET"\n`;
    await bench.write('a.runbook.yaml', folderRunbook({ dryRun: 'steps: true', restore: steps }));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.deepEqual([...running('sleep 3073'), ...running('sleep 3074')], []);
  });

  it('by a run that is killed is found by the next one', async () => {
    await bench.write('backups/orders.sql', dump(3075));
    const steps = `steps:\n  - id: load\n    run: |\n      ${hidden(3076)}\n      psql -qXf \${{ backups.nightly.latest.uri }} "$TARGET"\n      sleep 60\n`;
    await bench.write('a.runbook.yaml', folderRunbook({ dryRun: 'steps: true', restore: steps }));
    const child = spawn(process.execPath, ['--import', 'tsx', KILLED, bench.root, 'restore', '5000'], {
      env: bench.variables,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    assert.equal(await new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))), 'SIGKILL');
    assert.equal(running('sleep 3075').length + running('sleep 3076').length, 2, 'they were under way');
    assert.match((await bench.leases.reap()).join(), /^Removed what/u);
    assert.deepEqual([...running('sleep 3075'), ...running('sleep 3076')], []);
  });
});

/** Command lines of this machine that hold `text`. */
function running(text: string): readonly string[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/u.test(name)) return [];
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return line.endsWith(text) && line.startsWith('/bin/sleep') ? [line] : [];
    } catch {
      return [];
    }
  });
}
