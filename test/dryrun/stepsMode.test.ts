/** Steps mode in full: needs side by side, timeouts, people and their approvals, expressions, and no way from a step to production. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { PeopleAtHand } from '../../server/src/core/recovery/engine.ts';
import type { EvidenceRecord, StepRecord } from '../../server/src/core/recovery/record.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { usePostgres } from '../support/servers.ts';

const LOAD = '  - { id: load, run: \'pg_restore --dbname "$TARGET" ${{ backups.nightly.latest.uri }}\' }';

describe('the runbook’s own steps', function () {
  this.timeout(60_000);
  const server = usePostgres();
  let bench: Bench;
  let dump: Buffer;

  before(function () {
    const env = server().environment('orders');
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    const table = 'create table orders as select i id from generate_series(1, 5000) i';
    execFileSync(path.join(server().bin, 'psql'), ['-qc', table], { env });
    dump = execFileSync(path.join(server().bin, 'pg_dump'), ['-Fc'], { env, maxBuffer: 1 << 28 });
  });
  beforeEach(async () => {
    bench = await makeBench({ STEP_WORD: 'open sesame' });
    await bench.write('backups/orders.dump', dump);
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  const run = async (steps: string, people?: PeopleAtHand): Promise<EvidenceRecord> => {
    await bench.write('a.runbook.yaml', folderRunbook({ restore: `steps:\n${steps}`, dryRun: 'steps: true' }));
    return (await bench.run(people ? { dependencies: { people } } : {})).record;
  };
  const stepOf = (record: EvidenceRecord, id: string): StepRecord | undefined =>
    record.steps?.find((step) => step.id === id);

  it('begin as soon as what they need is done, beside the others', async () => {
    const record = await run(`  - { id: gate, run: mkfifo gate }
  - { id: waits, needs: gate, run: cat gate, timeout: 20s }
  - { id: quick, needs: gate, run: 'true' }
  - { id: opens, needs: quick, run: echo open > gate, timeout: 20s }
${LOAD.replace('id: load,', 'id: load, needs: [waits, opens],')}`);
    assert.equal(record.result, 'passed', record.summary);
  });

  it('find a backup under its own name, be it a folder that was copied', async () => {
    await bench.remove();
    bench = await makeBench();
    await bench.write('backups/.keep', '');
    const folder = path.join(bench.root, 'backups/orders.dir');
    execFileSync(path.join(server().bin, 'pg_dump'), ['-Fd', '-f', folder], { env: server().environment('orders') });
    const record = await run(
      `  - { id: load, run: 'case \${{ backups.nightly.latest.uri }} in */orders.dir) pg_restore -d "$TARGET" \${{ backups.nightly.latest.uri }} ;; *) false ;; esac' }`,
    );
    assert.equal(record.result, 'passed', record.summary);
  });

  it('have a copy of the backup, which they may change and move', async () => {
    const record = await run(`  - { id: move, run: 'mv \${{ backups.nightly.latest.uri }} ./mine' }
  - { id: load, run: 'pg_restore -d "$TARGET" ./mine && echo >> ./mine' }`);
    assert.equal(record.result, 'passed', record.summary);
    assert.deepEqual(readFileSync(path.join(bench.root, 'backups/orders.dump')), dump);
  });

  it('can’t begin where they need each other', async () => {
    const record = await run(
      `  - { id: a, needs: b, run: 'true' }\n  - { id: b, needs: a, run: 'true' }\n${LOAD.replace('id: load,', 'id: load, needs: [],')}`,
    );
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /The steps "a", "b" can't begin: they need each other/u);
  });

  it('fail by their timeout, are rolled back with what they had, and stop what comes after', async () => {
    const record = await run(`  - id: hangs
    run: sleep 30
    timeout: 1s
    env: { WORD: { env: STEP_WORD } }
    rollback: test "$WORD" = "open sesame"
${LOAD}`);
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /Step "hangs" failed: it took longer than its timeout of 1 s/u);
    assert.deepEqual(
      record.notes.filter((note) => note.code?.startsWith('roll')).map((note) => note.code),
      ['rolled-back'],
    );
    assert.equal(stepOf(record, 'load')?.state, 'skipped');
    assert.doesNotMatch(JSON.stringify(record), /open sesame/u);
  });

  it('run in the shell that people write them for, with the documents’ values', async () => {
    await bench.write(
      'a.environment.yaml',
      'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\nvars: { least: "5000" }\n',
    );
    const record = await run(`  - id: load
    run: |
      set -eo pipefail
      cat \${{ backups.nightly.latest.uri }} | pg_restore --dbname "$TARGET"
    verify: '[[ $(psql "$TARGET" -Atc "select count(*) from orders") -ge \${{ vars.least }} && \${{ environment.name }} = production ]]'`);
    assert.equal(record.result, 'passed', record.summary);
  });

  it('reach nothing but the sandbox', async () => {
    const { port } = server();
    const record = await run(`  - id: strays
    run: if (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null; then echo it answers; exit 9; fi
${LOAD}`);
    assert.equal(record.result, 'passed', record.summary);
  });

  it('leave manual steps untimed and approvals unasked where nobody is there, and say so', async () => {
    const record = await run(
      `  - { id: freeze, manual: Freeze the shop. }\n${LOAD.replace('id: load,', 'id: load, approval: head of data,')}`,
    );
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(record.measured.untimedManualSteps, 1);
    assert.match(record.measured.statement ?? '', /1 manual step untimed$/u);
    assert.match(stepOf(record, 'load')?.message ?? '', /approval of head of data was not asked for/u);
  });

  /** People who give these answers, in this order. */
  const people = (...answers: readonly string[]): PeopleAtHand & { readonly told: string[] } => {
    const told: string[] = [];
    const left = [...answers];
    return {
      told,
      doers: ['Ann <ann@example.com>'],
      authors: (step) => (step === 'load' ? ['Bo <bo@example.com>'] : []),
      conversation: {
        tell: (text) => void told.push(text),
        ask: async (question) => (told.push(question), Promise.resolve(left.shift())),
      },
    };
  };

  it('are shown, timed and confirmed by the person who is there', async () => {
    const there = people('Cy', '');
    const record = await run(`  - { id: freeze, manual: Freeze the shop., approval: head }\n${LOAD}`, there);
    assert.equal(record.result, 'passed', record.summary);
    assert.deepEqual(
      [stepOf(record, 'freeze')?.state, stepOf(record, 'freeze')?.by],
      ['confirmed', 'Ann <ann@example.com>'],
    );
    assert.equal(record.measured.untimedManualSteps, 0);
    assert.deepEqual(there.told, [
      'Step freeze, by a person: Freeze the shop.',
      'Needs the approval of head. Who approves? ',
      'Done? ',
    ]);
  });

  it('come to no result where the person stops', async () => {
    const record = await run(`  - { id: freeze, manual: Freeze the shop. }\n${LOAD}`, people('q'));
    assert.equal(record.result, 'inconclusive');
    assert.match(record.summary, /stopped in step "freeze"/u);
  });

  it('are approved neither by who wrote them nor by who carries them out', async () => {
    const there = people('bo@example.com', 'ANN', 'Cy');
    const record = await run(LOAD.replace('id: load,', 'id: load, approval: head of data,'), there);
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(stepOf(record, 'load')?.approvedBy, 'Cy');
    assert.match(there.told.join('\n'), /"bo@example.com" wrote this step.+"ANN" carries this step out/su);
  });

  it('fail where nobody else approves', async () => {
    const record = await run(
      LOAD.replace('id: load,', 'id: load, approval: head of data,'),
      people('Bo', 'Bo', 'ann@example.com'),
    );
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /Step "load" failed: nobody who may approve it was named/u);
  });

  it('are approved by someone with a name, and refused by a no', async () => {
    const step = LOAD.replace('id: load,', 'id: load, approval: head of data,');
    const there = people('y', 'OK', 'Cy');
    const record = await run(step, there);
    assert.equal(stepOf(record, 'load')?.approvedBy, 'Cy');
    assert.match(there.told.join('\n'), /"y" names nobody: say who approves\./u);
    const refused = await run(step, people('no', 'Cy'));
    assert.match(refused.summary, /Step "load" failed: nobody approved it/u);
  });

  it('say that a "verify" which only tests something said nothing', async () => {
    const record = await run(LOAD.replace('id: load,', 'id: load, verify: "false",'));
    assert.match(record.summary, /its "verify" ended with status 1: it said nothing/u);
  });
});
