/** A store that isn't Amazon's: what it can't answer is unchecked, for its own reason, and never drift. */
import assert from 'node:assert/strict';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { setUpS3rver, startS3rver, type RunningS3rver } from '../../scripts/services/s3rver.mjs';
import { aws, runbook } from '../support/aws.ts';
import { driftOf, said, secretsFrom } from '../support/look.ts';

describe('an S3-compatible store', () => {
  let store: RunningS3rver;
  before(async function () {
    this.timeout(180_000);
    store = await startS3rver(await setUpS3rver());
    const { s3 } = aws(store.endpoint, 'us-east-1', { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' });
    for (const Bucket of ['vault', 'other']) await s3.send(new CreateBucketCommand({ Bucket }));
  });
  after(async () => await store.stop());

  const drift = async (resources: string, key = 'S3RVER', logged: string[] = []) =>
    await driftOf(
      {
        'e.environment.yaml': `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws:
  endpoint: ${store.endpoint}
  accounts: { store: { accessKeyId: { env: AK }, secretAccessKey: { env: SK } } }
  regions: [us-east-1]
`,
        'r.runbook.yaml': runbook(resources),
      },
      { secrets: secretsFrom({ AK: key, SK: 'S3RVER' }), logged },
    );

  it('tells what is there and what is missing', async () => {
    const logged: string[] = [];
    const result = await drift(
      'vault: { kind: aws/s3-bucket, id: vault }\nother: { kind: aws/s3-bucket, id: other, account: store }\ngone: { kind: aws/s3-bucket, id: gone }',
      'S3RVER',
      logged,
    );
    assert.deepEqual(said(result.findings), ['drift/missing resources.gone.id']);
    assert.match(logged.join(), /not guarded/);
  });

  it('leaves every setting that it has no answer for unchecked', async () => {
    const result = await drift(
      'vault: { kind: aws/s3-bucket, id: vault, expect: { versioning: enabled, objectLock: { mode: compliance, retentionDays: ">=35" }, encryption: "aws:kms", publicAccess: blocked, keepsFor: 35d, replicatesTo: other } }',
    );
    assert.deepEqual(said(result.findings), [
      // It does answer that it keeps no versions.
      'drift/value resources.vault.expect.versioning',
      'unchecked/unsupported resources.vault.expect.encryption',
      'unchecked/unsupported resources.vault.expect.keepsFor',
      'unchecked/unsupported resources.vault.expect.objectLock',
      'unchecked/unsupported resources.vault.expect.publicAccess',
      'unchecked/unsupported resources.vault.expect.replicatesTo',
    ]);
    for (const { code, message } of result.findings.filter((finding) => finding.code.startsWith('unchecked/')))
      assert.match(message, /^vault: \w+ was not checked: http:\/\/127\.0\.0\.1:\d+ doesn't know s3:Get/, code);
  });

  it('has no roles, which is not the same as none being there', async () => {
    const result = await drift('operator: { kind: aws/iam-role, id: operator }');
    assert.deepEqual(said(result.findings), ['unchecked/unsupported resources.operator.id']);
  });

  it('refuses an unknown key as missing credentials', async () => {
    const result = await drift('vault: { kind: aws/s3-bucket, id: vault }', 'NOBODY');
    assert.deepEqual(said(result.findings), ['unchecked/no-credentials resources.vault.id']);
  });
});
