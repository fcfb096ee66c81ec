/** Recorded observations as a source: what the file holds is valid, is given again with its age, and holds no secret. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { aws, environment, HOME, runbook, trustOf } from '../support/aws.ts';
import { driftOf, said } from '../support/look.ts';
import type { Observation } from '../../server/src/core/drift/observation.ts';
import { answerFromRecording, parseRecording, recordable } from '../../server/src/live/recording.ts';
import { useMoto } from '../support/servers.ts';

const RESOURCES = `
role: { kind: aws/iam-role, id: reader, account: prod, expect: { trusts: ["arn:aws:iam::${HOME}:role/oncall"] } }
gone: { kind: aws/iam-role, id: gone, account: prod }
`;

describe('recorded observations', () => {
  const moto = useMoto();
  let root = '';
  before(async () => (root = await mkdtemp(join(tmpdir(), 'drill-rec-'))));
  after(async () => await rm(root, { recursive: true, force: true }));

  it('replay as a source of the environment, valid by their schema', async () => {
    await moto().reset();
    await aws(moto().endpoint).iam.send(
      new CreateRoleCommand({
        RoleName: 'reader',
        AssumeRolePolicyDocument: trustOf('arn:aws:iam::999999999999:root'),
      }),
    );
    const live = await driftOf({
      'e.environment.yaml': environment(moto().endpoint),
      'r.runbook.yaml': runbook(RESOURCES),
    });
    const recording = {
      version: 1,
      recordedAt: new Date().toISOString(),
      observations: live.observations.map(({ request, observation }) => ({ request, observation })),
    };
    const schema = JSON.parse(
      await readFile(new URL('../../schemas/observations.schema.json', import.meta.url), 'utf8'),
    ) as object;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    assert.ok(ajv.validate(schema, recording), ajv.errorsText());
    assert.doesNotMatch(JSON.stringify(recording), /secret-of-the-test/);
    await writeFile(join(root, 'seen.json'), JSON.stringify(recording));

    const replay = async (resources: string, more = '') =>
      await driftOf(
        {
          'e.environment.yaml': environment('http://127.0.0.1:9', `sources: [{ observations: seen.json${more} }]\n`),
          'r.runbook.yaml': runbook(resources),
        },
        { root },
      );
    const again = await replay(RESOURCES);
    assert.deepEqual(said(again.findings), said(live.findings));
    assert.deepEqual(said(again.findings), [
      'drift/missing resources.gone.id',
      'drift/trust resources.role.expect.trusts.0',
    ]);
    assert.deepEqual(again.calls, {});
    const other = await replay('new: { kind: aws/iam-role, id: new, account: prod }');
    assert.deepEqual(said(other.findings), ['unchecked/undecided resources.new.id']);
    const old = await replay(RESOURCES, ', maxAge: 1ms');
    assert.deepEqual([...new Set(old.findings.map((finding) => finding.code))], ['unchecked/stale']);
  });

  it('hold no secret, and still answer for what is called by a word that is one, but for facts that hold it', async () => {
    const redact = (text: string): string => text.replaceAll('of-the-word', '•••');
    const request = { kind: 'database/redis', id: 'db-of-the-word', facts: ['roles', 'version'], environment: 'e' };
    const observation: Observation = {
      state: 'found',
      at: '2026-11-22T12:00:00Z',
      source: 'live',
      by: 'reader-of-the-word',
      facts: { roles: { value: { 'of-the-word': {} } }, version: { value: '7.2' } },
    };
    const recorded = recordable({ request, observation }, redact);
    const text = JSON.stringify({ version: 1, observations: recorded });
    assert.doesNotMatch(text, /of-the-word/);
    const schema: unknown = JSON.parse(
      await readFile(new URL('../../schemas/observations.schema.json', import.meta.url), 'utf8'),
    );
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    assert.ok(ajv.validate(schema as object, JSON.parse(text)), ajv.errorsText());
    const answer = answerFromRecording(parseRecording(text), request, 'seen.json', Date.parse(observation.at));
    assert.equal(answer.state, 'found');
    assert.deepEqual(answer.facts['version'], { value: '7.2' });
    assert.ok('unknown' in (answer.facts['roles'] ?? {}), 'a role that was blanked is not missing');
  });
});
