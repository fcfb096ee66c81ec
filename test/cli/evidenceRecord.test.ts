/** `drillbook evidence record`: a drill, told by people, kept as evidence that its schema holds. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { PROJECT } from '../support/program.ts';

const TWO_STEPS = RUNBOOK.replace(
  '  steps:\n',
  '  steps:\n    - { id: freeze, manual: Freeze the shop., approval: incident-commander, effort: 5m }\n',
);

describe('evidence record', () => {
  let folder: Folder;
  beforeEach(() => (folder = folderOf({ 'a.runbook.yaml': TWO_STEPS, 'b.environment.yaml': ENVIRONMENT })));
  afterEach(() => folder.remove());
  const record = async (...lines: string[]): ReturnType<typeof drillbook> =>
    await drillbook(['evidence', 'record', 'orders-db'], {
      cwd: folder.path,
      input: lines.map((line) => `${line}\n`).join(''),
    });
  const kept = async (): Promise<Record<string, unknown>> =>
    JSON.parse(
      (await drillbook(['evidence', 'show', 'latest', '--format', 'json'], { cwd: folder.path })).stdout,
    ) as Record<string, unknown>;

  const rows: readonly (readonly [string, readonly string[], number, string])[] = [
    ['all done and the service back', ['Ann', 'Cid', '', '', 'y'], 0, 'passed'],
    ['all done and the service not back', ['Ann', 'Cid', '', '', 'n'], 1, 'failed'],
    ['a step that failed', ['Ann', 'Cid', 'f', 'no space left', 'n', 'n'], 1, 'failed'],
    ['a step that was skipped', ['Ann', 'Cid', 's', 'no shop here', '', 'y'], 3, 'inconclusive'],
    ['everything skipped', ['Ann', '', 's', 'x', 's', 'x', 'y'], 3, 'inconclusive'],
    ['stopped', ['Ann', 'Cid', 'q'], 3, 'cancelled'],
    ['people who went away', ['Ann'], 3, 'cancelled'],
  ];
  for (const [what, lines, status, result] of rows) {
    it(`is ${status} (${result}) for ${what}`, async () => {
      const run = await record(...lines);
      assert.equal(run.status, status, run.stderr);
      const evidence = await kept();
      assert.deepEqual(
        [evidence['kind'], evidence['level'], evidence['result'], evidence['proves']],
        ['drill', 5, result, 'runbook'],
      );
      const schema = JSON.parse(readFileSync(join(PROJECT, 'schemas/evidence.schema.json'), 'utf8')) as object;
      const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
      assert.ok(validate(evidence), JSON.stringify(validate.errors));
      assert.equal((await drillbook(['evidence', 'verify'], { cwd: folder.path })).status, 0);
    });
  }

  it('keeps the step that a drill is stopped in, and claims of no one that they did it', async () => {
    await record('Ann, Ben', 'Cid', 'q');
    const evidence = await kept();
    const steps = evidence['steps'] as { id: string; state: string; by?: string; message?: string }[];
    assert.deepEqual(
      steps.map(({ id, state, by, message }) => [id, state, by, message]),
      [['freeze', 'inconclusive', undefined, 'the drill was stopped in this step']],
    );
    assert.equal(evidence['summary'], 'The drill was stopped after 0 steps.');
    assert.equal((evidence['measured'] as { withinRto?: boolean }).withinRto, undefined);
  });

  it('takes no approval from the one who does the step', async () => {
    const { stderr } = await record('Ann', 'ann', 'Cid', '', '', 'y');
    assert.match(stderr, /"ann" carries this step out and can't approve it/);
    assert.equal(((await kept())['steps'] as { approvedBy?: string }[])[0]?.approvedBy, 'Cid');
  });

  it('signs a drill as it signs a dry run', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [own, known] = [join(folder.path, 'own.pem'), join(folder.path, 'known.pem')];
    writeFileSync(own, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(known, publicKey.export({ format: 'pem', type: 'spki' }));
    const run = async (...args: string[]): ReturnType<typeof drillbook> =>
      await drillbook(['evidence', ...args], {
        cwd: folder.path,
        env: { DRILLBOOK_SIGNING_KEY_FILE: own },
        input: 'Ann\nCid\n\n\ny\n',
      });
    assert.equal((await run('record', 'orders-db')).status, 0);
    assert.equal((await run('verify', '--key', known)).status, 0);
    await record('Ann', 'Cid', '', '', 'y');
    const mixed = await run('verify', '--key', known);
    assert.equal(mixed.status, 1);
    assert.match(mixed.stdout, /is not signed, and the key asks that all are/);
    assert.equal((await run('verify', '--key', join(folder.path, 'a.runbook.yaml'))).status, 2);
  });

  it('logs who did and approved what, and plays it back', async () => {
    await record('Ann, Ben', 'Cid', '', 'Ann', 'restored twice', 'Ben', 'y');
    const steps = (await kept())['steps'] as { id: string; by: string; approvedBy?: string; message?: string }[];
    assert.deepEqual(
      steps.map(({ id, by, approvedBy, message }) => [id, by, approvedBy, message]),
      [
        ['freeze', 'Ann', 'Cid', undefined],
        ['load', 'Ben', undefined, 'restored twice'],
      ],
    );
    const { stdout } = await drillbook(['evidence', 'show', 'latest', '--replay'], { cwd: folder.path });
    assert.match(stdout, /With Ann \(took part\), Ben \(took part\)/);
    assert.match(stdout, /freeze +\d+ ms +by Ann/);
  });

  it('says at once that nobody approved, and plays back who approved what and what was said', async () => {
    const unapproved = await record('Ann', '', '', '', 'y');
    assert.match(unapproved.stderr, /Not approved \(nobody approved it\): the record says so; go on as you would\./u);
    await record('Ann', 'Cid', 'at the console', '', 'y');
    const { stdout } = await drillbook(['evidence', 'show', 'latest', '--replay'], { cwd: folder.path });
    assert.match(stdout, /freeze\s.+by Ann; approved by Cid; at the console/u);
  });
});
