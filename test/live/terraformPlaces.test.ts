/** Terraform states of several accounts, regions and shapes: an answer is of what was asked for, and not of its namesake. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { CreateDBInstanceCommand } from '@aws-sdk/client-rds';
import { aws, environment as live, ORDERS_INSTANCE, policyOf, runbook } from '../support/aws.ts';
import { driftOf, said } from '../support/look.ts';
import { useMoto } from '../support/servers.ts';

const environment = (sources: string): string => `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws:
  accounts: { prod: { id: "111111111111" }, dr: { id: "222222222222" } }
  regions: [eu-west-1, eu-central-1]
sources: ${sources}
`;

/** A state of version 4 with one instance a type and name. */
function state(...resources: readonly (readonly [type: string, attributes: object])[]): string {
  return JSON.stringify({
    version: 4,
    resources: resources.map(([type, attributes], index) => ({
      mode: 'managed',
      type,
      name: `r${index}`,
      instances: [{ attributes }],
    })),
  });
}

const database = (region: string, account: string, days: number): readonly [string, object] => [
  'aws_db_instance',
  { identifier: 'orders', arn: `arn:aws:rds:${region}:${account}:db:orders`, backup_retention_period: days },
];
const bucket = (more: object): readonly [string, object] => [
  'aws_s3_bucket',
  { bucket: 'vault', id: 'vault', arn: 'arn:aws:s3:::vault', region: 'eu-west-1', ...more },
];

describe('Terraform states and places', () => {
  const moto = useMoto();
  let root = '';
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'drillbook-states-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const drift = async (states: Readonly<Record<string, string>>, resources: string, of?: string) => {
    for (const [file, text] of Object.entries(states)) writeFileSync(join(root, file), text);
    const sources = `[${Object.keys(states)
      .map((file) => `{ terraform: ${file} }`)
      .join(', ')}]`;
    return await driftOf(
      { 'e.environment.yaml': of ?? environment(sources), 'r.runbook.yaml': runbook(resources) },
      { root },
    );
  };
  const BOTH = `
primary: { kind: aws/rds-instance, id: orders, region: eu-west-1, account: prod, expect: { backupRetentionDays: 7 } }
copy: { kind: aws/rds-instance, id: orders, region: eu-central-1, account: dr, expect: { backupRetentionDays: 2 } }
near: { kind: aws/rds-instance, id: orders, region: eu-central-1, account: prod, expect: { backupRetentionDays: 3 } }`;

  it('answer for the place that was asked about, whichever of them holds it', async () => {
    const states = {
      'west.tfstate': state(database('eu-west-1', '111111111111', 7)),
      'dr.tfstate': state(database('eu-central-1', '222222222222', 2)),
      'central.tfstate': state(database('eu-central-1', '111111111111', 3)),
    };
    assert.deepEqual(said((await drift(states, BOTH)).findings), []);
    const changed = { ...states, 'dr.tfstate': state(database('eu-central-1', '222222222222', 1)) };
    assert.deepEqual(said((await drift(changed, BOTH)).findings), [
      'drift/value resources.copy.expect.backupRetentionDays',
    ]);
  });

  it('do not manage what they hold of that name in another account', async () => {
    const { findings } = await drift({ 'west.tfstate': state(database('eu-west-1', '111111111111', 7)) }, BOTH);
    assert.deepEqual(said(findings), [
      'drift/region resources.near.region',
      'drift/value resources.near.expect.backupRetentionDays',
      'unchecked/undecided resources.copy.id',
    ]);
    const [undecided] = findings.filter((each) => each.code.startsWith('unchecked/'));
    assert.equal(undecided?.message, "orders was not checked: the Terraform state west.tfstate doesn't manage it.");
  });

  it('leave open whether versioning that is not enabled ever was', async () => {
    const off = { 'a.tfstate': state(bucket({ versioning: [{ enabled: false }] })) };
    const expecting = async (versioning: string): Promise<readonly string[]> =>
      said((await drift(off, `v: { kind: aws/s3-bucket, id: vault, expect: { versioning: ${versioning} } }`)).findings);
    assert.deepEqual(await expecting('enabled'), ['drift/value resources.v.expect.versioning']);
    assert.deepEqual(await expecting('suspended'), ['unchecked/undecided resources.v.expect.versioning']);
    assert.deepEqual(await expecting('none'), ['unchecked/undecided resources.v.expect.versioning']);
  });

  it('tell the key behind an alias to what a role may do with it', async () => {
    const key = 'arn:aws:kms:eu-west-1:111111111111:key/k1';
    const allowed = policyOf({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key });
    const states = state(
      ['aws_kms_key', { key_id: 'k1', arn: key, is_enabled: true }],
      ['aws_kms_alias', { name: 'alias/backups', target_key_id: 'k1' }],
      [
        'aws_iam_role',
        { name: 'restore', id: 'restore', arn: 'arn:aws:iam::111111111111:role/restore', assume_role_policy: '{}' },
      ],
      ['aws_iam_role_policy', { role: 'restore', policy: allowed }],
    );
    const { findings } = await drift(
      { 'a.tfstate': states },
      `key: { kind: aws/kms-key, id: alias/backups, region: eu-west-1, account: prod }
role: { kind: aws/iam-role, id: restore, account: prod, expect: { allows: [{ actions: ["kms:Decrypt"], on: key }] } }`,
    );
    assert.deepEqual(said(findings), []);
  });

  it('are read as some shells write them, and a plan is told from a state', async () => {
    const vault = 'v: { kind: aws/s3-bucket, id: vault, region: eu-west-1 }';
    assert.deepEqual(said((await drift({ 'a.tfstate': `\uFEFF${state(bucket({}))}` }, vault)).findings), []);
    const plan = JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes: [] });
    const { findings } = await drift({ 'a.tfstate': plan }, vault);
    assert.deepEqual(said(findings), ['unchecked/unreachable resources.v.id']);
    assert.match(findings[0]?.message ?? '', /it is a plan and no state/);
    assert.doesNotMatch(findings[0]?.message ?? '', /in the Terraform state of/);
  });

  it('are no drift from live where they hold a namesake in another region, or know less', async () => {
    await moto().reset();
    const { s3, rds } = aws(moto().endpoint);
    await s3.send(
      new CreateBucketCommand({ Bucket: 'vault', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: 'vault', VersioningConfiguration: { Status: 'Suspended' } }),
    );
    await rds.send(new CreateDBInstanceCommand({ ...ORDERS_INSTANCE, BackupRetentionPeriod: 7 }));
    const { findings } = await drift(
      {
        'a.tfstate': state(bucket({ versioning: [{ enabled: false }] }), database('eu-central-1', '123456789012', 2)),
      },
      `v: { kind: aws/s3-bucket, id: vault, expect: { versioning: suspended } }
db: { kind: aws/rds-instance, id: orders, region: eu-west-1, expect: { backupRetentionDays: 7 } }`,
      live(moto().endpoint, 'sources: [live, { terraform: a.tfstate }]\n'),
    );
    assert.deepEqual(said(findings), []);
  });
});
