/** `drillbook evidence record`: a drill, told by people, kept as evidence that its schema holds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
});
