/** Credentials that aren't there, or no longer: what is wrong with them, and how to get new ones. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runbook } from '../support/aws.ts';
import { driftOf, said } from '../support/look.ts';

const CONFIG = `[profile prod]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = reader
region = eu-west-1
[sso-session acme]
sso_start_url = https://acme.example/start
sso_region = eu-west-1
`;

describe('AWS credentials', () => {
  const kept = { ...process.env };
  let home = '';
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'drill-home-'));
    mkdirSync(join(home, '.aws/sso/cache'), { recursive: true });
    writeFileSync(join(home, '.aws/config'), CONFIG);
    Object.assign(process.env, {
      HOME: home,
      USERPROFILE: home,
      AWS_CONFIG_FILE: join(home, '.aws/config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'])
      Reflect.deleteProperty(process.env, name);
  });
  after(() => {
    for (const name of Object.keys(process.env)) if (!(name in kept)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, kept);
    rmSync(home, { recursive: true, force: true });
  });

  const message = async (account: string): Promise<string> => {
    const { findings, factsCompared, calls } = await driftOf({
      'e.environment.yaml': `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { regions: [eu-west-1], accounts: { prod: { ${account} } } }\n`,
      'r.runbook.yaml': runbook('vault: { kind: aws/s3-bucket, id: vault, account: prod }'),
    });
    assert.deepEqual(said(findings), ['unchecked/no-credentials resources.vault.id']);
    assert.equal(factsCompared, 0);
    assert.deepEqual(calls, {}, 'what was never sent is no call');
    return findings[0]?.message ?? '';
  };

  it('say how to log in where the SSO session is over, or never was', async () => {
    const wanted = /the SSO session has expired, or nobody has logged in; log in with "aws sso login --profile prod"/;
    assert.match(await message('profile: prod'), wanted);
    const file = join(home, '.aws/sso/cache', `${createHash('sha1').update('acme').digest('hex')}.json`);
    const token = { startUrl: 'https://acme.example/start', region: 'eu-west-1', accessToken: 'token-of-the-test' };
    writeFileSync(file, JSON.stringify({ ...token, expiresAt: '2020-01-01T00:00:00Z' }));
    const expired = await message('profile: prod');
    assert.match(expired, wanted);
    assert.doesNotMatch(expired, /token-of-the-test/);
  });

  it('name a profile that is not there, and a machine that has none', async () => {
    assert.match(await message('profile: nope'), /no profile nope with credentials; .*--profile nope/);
    assert.match(await message('id: "123456789012"'), /this machine has no AWS credentials; .*set AWS_PROFILE/);
  });
});
