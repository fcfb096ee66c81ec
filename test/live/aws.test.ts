/** Buckets, roles and RDS instances of an emulated AWS: what holds, what doesn't, where it went, and how few calls it takes. */
import assert from 'node:assert/strict';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateDBInstanceCommand } from '@aws-sdk/client-rds';
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { aws, environment, HOME, keysIn, policyOf, runbook, trustOf, type Keys } from '../support/aws.ts';
import { driftOf, lookupFor, said, workspaceOf } from '../support/look.ts';
import { planDrift } from '../../server/src/app/detectDrift.ts';
import { useMoto } from '../support/servers.ts';

const ONCALL = `arn:aws:iam::${HOME}:role/oncall`;

async function bucket(endpoint: string, name: string, region = 'eu-west-1', keys?: Keys): Promise<void> {
  const { s3 } = aws(endpoint, region, keys);
  await s3.send(
    new CreateBucketCommand({
      Bucket: name,
      ObjectLockEnabledForBucket: true,
      ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
    }),
  );
}

async function database(endpoint: string, id: string, more: object = {}, region = 'eu-west-1'): Promise<void> {
  await aws(endpoint, region).rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: id,
      DBInstanceClass: 'db.t3.micro',
      Engine: 'postgres',
      EngineVersion: '15.4',
      AllocatedStorage: 20,
      MasterUsername: 'admin',
      MasterUserPassword: 'long-enough',
      StorageEncrypted: true,
      BackupRetentionPeriod: 14,
      ...more,
    }),
  );
}

async function vault(endpoint: string): Promise<void> {
  const { s3 } = aws(endpoint);
  const Bucket = 'vault';
  await bucket(endpoint, Bucket);
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  await s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 35 } },
      },
    }),
  );
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/backups' } }],
      },
    }),
  );
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
}

const RESOURCES = `
primary:
  kind: aws/rds-instance
  id: Orders-Prod
  region: eu-west-1
  account: prod
  expect: { engine: postgres, version: "15", storageEncrypted: true, backupRetentionDays: ">=7" }
vault:
  kind: aws/s3-bucket
  id: vault
  region: eu-west-1
  account: prod
  expect:
    versioning: enabled
    objectLock: { mode: compliance, retentionDays: ">=35" }
    encryption: aws:kms
    publicAccess: blocked
operator:
  kind: aws/iam-role
  id: orders-restore
  account: prod
  expect:
    trusts: ["${ONCALL}"]
    allows: [{ actions: [s3:GetObject], on: vault }]
    forbids: [s3:BypassGovernanceRetention, s3:DeleteObjectVersion]
`;

describe('AWS', () => {
  const moto = useMoto();
  const drift = async (resources: string, more = '', aboutEnvironment = '') =>
    await driftOf({
      'env.environment.yaml': environment(moto().endpoint, aboutEnvironment),
      'orders.runbook.yaml': runbook(resources, more),
    });

  beforeEach(async () => await moto().reset());

  async function healthy(): Promise<void> {
    const { iam } = aws(moto().endpoint);
    await vault(moto().endpoint);
    await database(moto().endpoint, 'orders-prod');
    await iam.send(new CreateRoleCommand({ RoleName: 'orders-restore', AssumeRolePolicyDocument: trustOf(ONCALL) }));
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'orders-restore',
        PolicyName: 'read',
        PolicyDocument: policyOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::vault/*' }),
      }),
    );
  }

  it('finds nothing where everything holds, and says how much it compared', async () => {
    await healthy();
    const result = await drift(RESOURCES);
    assert.deepEqual(result.findings, []);
    assert.equal(result.resources, 3);
    assert.ok(result.factsCompared >= 16, String(result.factsCompared));
  });

  it('names every value that no longer holds, on that value', async () => {
    await healthy();
    const { s3 } = aws(moto().endpoint);
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: 'vault', VersioningConfiguration: { Status: 'Suspended' } }),
    );
    const result = await drift(
      RESOURCES.replace('version: "15"', 'version: "16"')
        .replace('>=7', '>=30')
        .replace('mode: compliance', 'mode: governance')
        .replace('role/oncall', 'role/nobody')
        .replace('[s3:GetObject]', '[s3:GetObject, s3:ListBucket]')
        .replace('[s3:BypassGovernanceRetention, s3:DeleteObjectVersion]', '[s3:GetObject]'),
    );
    assert.deepEqual(said(result.findings), [
      'drift/permission resources.operator.expect.allows.0.actions.1',
      'drift/permission resources.operator.expect.forbids.0',
      'drift/trust resources.operator.expect.trusts.0',
      'drift/value resources.primary.expect.backupRetentionDays',
      'drift/value resources.vault.expect.objectLock.mode',
      'drift/value resources.vault.expect.versioning',
      'drift/version-major resources.primary.expect.version',
    ]);
    const major = result.findings.find((finding) => finding.code === 'drift/version-major');
    assert.equal(major?.message, 'Orders-Prod runs postgres 15.4; the runbook expects 16.');
    assert.equal(major.actual, '15.4');
    assert.equal(major.resource?.account, HOME);
    assert.equal(major.severity, 'error');
  });

  it('says what is missing only after asking twice, once by itself', async () => {
    await aws(moto().endpoint).iam.send(
      new CreateRoleCommand({ RoleName: 'other', AssumeRolePolicyDocument: trustOf(ONCALL) }),
    );
    const result = await drift(
      'gone: { kind: aws/s3-bucket, id: not-there, account: prod }\nrole: { kind: aws/iam-role, id: nobody, account: prod }\nhere: { kind: aws/iam-role, id: other, account: prod }\ndb: { kind: aws/rds-instance, id: none, region: eu-west-1, account: prod }',
    );
    assert.deepEqual(said(result.findings), [
      'drift/missing resources.db.id',
      'drift/missing resources.gone.id',
      'drift/missing resources.role.id',
    ]);
    assert.equal(result.calls['aws:s3:ListBuckets'], 1);
    assert.equal(result.calls['aws:s3:HeadBucket'], 1);
    assert.equal(result.calls['aws:iam:ListRoles'], 1);
    assert.equal(result.calls['aws:iam:GetRole'], 1);
    assert.equal(result.calls['aws:rds:DescribeDBInstances'], 3, 'once declared, once elsewhere, once again');
  });

  it('tells another region from a missing thing', async () => {
    await bucket(moto().endpoint, 'moved', 'eu-central-1');
    await database(moto().endpoint, 'moved-db', {}, 'eu-central-1');
    const result = await drift(
      'a: { kind: aws/s3-bucket, id: moved, region: eu-west-1, account: prod }\nb: { kind: aws/rds-instance, id: moved-db, region: eu-west-1, account: prod, expect: { version: "15" } }',
    );
    assert.deepEqual(said(result.findings), ['drift/region resources.a.region', 'drift/region resources.b.region']);
    assert.match(result.findings[0]?.message ?? '', /is in eu-central-1; the runbook expects eu-west-1/);
  });

  it('looks in several accounts by assumed role, and tells another account', async () => {
    const other = '210987654321';
    const keys = await keysIn(moto().endpoint, other);
    await bucket(moto().endpoint, 'theirs', 'eu-west-1', keys);
    const env = environment(moto().endpoint).replace(
      '  regions:',
      `    backup: { id: "${other}", assumeRole: "arn:aws:iam::${other}:role/reader", accessKeyId: { env: AK }, secretAccessKey: { env: SK } }\n  regions:`,
    );
    const result = await driftOf({
      'e.environment.yaml': env,
      'r.runbook.yaml': runbook(
        'right: { kind: aws/s3-bucket, id: theirs, region: eu-west-1, account: backup }\nwrong: { kind: aws/s3-bucket, id: theirs, region: eu-west-1, account: prod }',
      ),
    });
    assert.deepEqual(said(result.findings), ['drift/account resources.wrong.account']);
    assert.equal(result.findings[0]?.actual, other);
  });

  it('calls a bucket of a stranger a takeover', async () => {
    await bucket(moto().endpoint, 'stolen', 'eu-west-1', await keysIn(moto().endpoint, '999999999999'));
    const result = await drift(
      'a: { kind: aws/s3-bucket, id: stolen, account: prod, expect: { versioning: enabled } }',
    );
    assert.deepEqual(said(result.findings), ['drift/takeover resources.a.id']);
  });

  it('tells takeovers however many buckets are gone', async () => {
    const strangers = await keysIn(moto().endpoint, '999999999999');
    const names = ['stolen-1', 'stolen-2', 'stolen-3', 'stolen-4', 'stolen-5'];
    for (const name of names) await bucket(moto().endpoint, name, 'eu-west-1', strangers);
    const result = await drift(
      [...names, 'nowhere-1', 'nowhere-2']
        .map((name) => `${name}: { kind: aws/s3-bucket, id: ${name}, account: prod }`)
        .join('\n'),
    );
    assert.deepEqual(said(result.findings), [
      'drift/missing resources.nowhere-1.id',
      'drift/missing resources.nowhere-2.id',
      ...names.map((name) => `drift/takeover resources.${name}.id`),
    ]);
  });

  it('takes an ARN at its word: the region, account and partition in it are where the thing is', async () => {
    await database(moto().endpoint, 'twin');
    await aws(moto().endpoint).iam.send(
      new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trustOf(ONCALL) }),
    );
    const arn = (region: string, name = 'twin'): string => `arn:aws:rds:${region}:${HOME}:db:${name}`;
    const result = await drift(`
right: { kind: aws/rds-instance, id: "${arn('eu-west-1')}", region: eu-west-1, account: prod, expect: { engine: postgres } }
bare: { kind: aws/rds-instance, id: "${arn('eu-west-1', 'TWIN')}", expect: { engine: postgres } }
other: { kind: aws/rds-instance, id: "${arn('eu-central-1')}", region: eu-west-1, account: prod }
stranger: { kind: aws/rds-instance, id: "${arn('eu-west-1').replace(HOME, '555555555555')}" }
role: { kind: aws/iam-role, id: "arn:aws:iam::${HOME}:role/reader", expect: { trusts: ["${ONCALL}"] } }
china: { kind: aws/iam-role, id: "arn:aws-cn:iam::${HOME}:role/reader" }
trusts: { kind: aws/iam-role, id: reader, expect: { trusts: ["${ONCALL.replace('aws', 'aws-cn')}"] } }
`);
    assert.deepEqual(said(result.findings), [
      'drift/missing resources.china.id',
      'drift/region resources.other.id',
      'drift/trust resources.trusts.expect.trusts.0',
      'unchecked/wrong-account resources.stranger.id',
    ]);
  });

  it('guards the account: nothing is judged with the credentials of another', async () => {
    await healthy();
    const result = await driftOf({
      'e.environment.yaml': environment(moto().endpoint).replace(HOME, '555555555555'),
      'r.runbook.yaml': runbook(RESOURCES),
    });
    assert.deepEqual([...new Set(result.findings.map((finding) => finding.code))], ['unchecked/wrong-account']);
    assert.equal(result.factsCompared, 0);
  });

  it('reads a lock that is declared in years', async () => {
    await bucket(moto().endpoint, 'years');
    await aws(moto().endpoint).s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: 'years',
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 1 } },
        },
      }),
    );
    const locked = async (days: string) =>
      said(
        (
          await drift(
            `v: { kind: aws/s3-bucket, id: years, region: eu-west-1, account: prod, expect: { objectLock: { mode: compliance, retentionDays: "${days}" } } }`,
          )
        ).findings,
      );
    assert.deepEqual(await locked('>=365'), []);
    assert.deepEqual(await locked('>=366'), ['drift/value resources.v.expect.objectLock.retentionDays']);
  });

  it('judges lifecycle rules and storage classes against retention and RTO', async () => {
    await vault(moto().endpoint);
    const { s3 } = aws(moto().endpoint);
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: 'vault',
        LifecycleConfiguration: {
          Rules: [
            { ID: 'tidy', Status: 'Enabled', Filter: { Prefix: 'orders/' }, Expiration: { Days: 14 } },
            { ID: 'off', Status: 'Disabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } },
            {
              ID: 'cold',
              Status: 'Enabled',
              Filter: { Prefix: 'orders/' },
              Transitions: [{ Days: 0, StorageClass: 'DEEP_ARCHIVE' }],
            },
          ],
        },
      }),
    );
    const more = `backups:
  hourly: { tool: pg_dump, in: { bucket: vault, prefix: orders/hourly/ }, schedule: "0 * * * *", retention: 35d }
  elsewhere: { tool: pg_dump, in: { bucket: vault, prefix: users/ }, schedule: "0 * * * *", retention: 35d }
restore: { rpo: 2h, rto: 1h, steps: [] }
`;
    const result = await drift('vault: { kind: aws/s3-bucket, id: vault, account: prod }', more);
    assert.deepEqual(said(result.findings), [
      'drift/expires-early backups.hourly.retention',
      'drift/retrieval-too-slow restore.rto',
    ]);
  });

  it('calls a restore role that can delete what it restores from what it is', async () => {
    await healthy();
    const { iam } = aws(moto().endpoint);
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'orders-restore',
        PolicyName: 'more',
        PolicyDocument: policyOf({ Effect: 'Allow', Action: 's3:*', Resource: '*' }),
      }),
    );
    const more =
      'backups: { hourly: { tool: pg_dump, in: { bucket: vault, prefix: a/ }, schedule: "0 * * * *" } }\nrestore: { role: operator, steps: [] }\n';
    const result = await drift(
      'vault: { kind: aws/s3-bucket, id: vault, account: prod }\noperator: { kind: aws/iam-role, id: orders-restore, account: prod }',
      more,
    );
    assert.deepEqual(said(result.findings), ['drift/restore-role-can-destroy resources.operator.id']);
  });

  it('reads the policies of many roles at once, with boundaries and managed policies', async () => {
    const { iam } = aws(moto().endpoint);
    const managed = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'team',
        PolicyDocument: policyOf({
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:DeleteObjectVersion'],
          Resource: '*',
        }),
      }),
    );
    const limit = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'limit',
        PolicyDocument: policyOf({ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }),
      }),
    );
    for (const RoleName of ['free', 'bounded', 'inline', 'plain']) {
      const boundary = RoleName === 'bounded' ? { PermissionsBoundary: limit.Policy?.Arn ?? '' } : {};
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf(ONCALL), ...boundary }));
      if (RoleName === 'inline')
        await iam.send(
          new PutRolePolicyCommand({
            RoleName,
            PolicyName: 'p',
            PolicyDocument: policyOf({ Effect: 'Allow', Action: 's3:DeleteObjectVersion', Resource: '*' }),
          }),
        );
      else if (RoleName !== 'plain')
        await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: managed.Policy?.Arn ?? '' }));
    }
    const role = (id: string, more = ''): string =>
      `${id}: { kind: aws/iam-role, id: ${id}, account: prod, expect: { forbids: [s3:DeleteObjectVersion]${more} } }`;
    const result = await drift(
      [role('free'), role('bounded', ', boundary: limit'), role('inline'), role('plain', ', boundary: none')].join(
        '\n',
      ),
    );
    assert.deepEqual(said(result.findings), [
      'drift/permission resources.free.expect.forbids.0',
      'drift/permission resources.inline.expect.forbids.0',
    ]);
    assert.equal(result.calls['aws:iam:GetAccountAuthorizationDetails'], 1);
    assert.equal(result.calls['aws:iam:ListRolePolicies'], undefined);
  });

  it('checks what only a step names, and leaves alone what a shell fills in', async () => {
    await vault(moto().endpoint);
    const more =
      'restore:\n  steps:\n    - { id: a, run: "aws s3 cp s3://vault/x . && aws s3 cp s3://gone-bucket/x ." }\n    - { id: b, run: "aws s3 cp s3://$BUCKET/x ." }\n';
    const result = await drift('vault: { kind: aws/s3-bucket, id: vault, account: prod }', more);
    assert.deepEqual(said(result.findings), ['drift/missing restore.steps.a.run']);
    assert.equal(result.findings[0]?.relative, true);
  });

  it('takes at most ten calls for two hundred references of one account and region', async () => {
    const endpoint = moto().endpoint;
    const names = Array.from({ length: 67 }, (_each, index) => `thing-${String(index)}`);
    const { iam } = aws(endpoint);
    for (const name of names) {
      await bucket(endpoint, name);
      await database(endpoint, name);
      await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trustOf(ONCALL) }));
    }
    const resources = names
      .flatMap((name, index) => [
        `b${String(index)}: { kind: aws/s3-bucket, id: ${name}, region: eu-west-1, account: prod }`,
        `r${String(index)}: { kind: aws/iam-role, id: ${name}, account: prod }`,
        `d${String(index)}: { kind: aws/rds-instance, id: ${name}, region: eu-west-1, account: prod, expect: { version: "15" } }`,
      ])
      .join('\n');
    const result = await drift(resources);
    assert.deepEqual(result.findings, []);
    assert.equal(result.resources, 201);
    const made = Object.values(result.calls).reduce((sum, count) => sum + count, 0);
    assert.ok(made <= 10, JSON.stringify(result.calls));
    const workspace = workspaceOf({
      'e.environment.yaml': environment(endpoint),
      'r.runbook.yaml': runbook(resources),
    });
    const planned = planDrift(workspace, workspace.entries, lookupFor(workspace));
    assert.ok(
      planned.filter((call) => call.onlyIf === undefined).reduce((sum, call) => sum + call.count, 0) <= 10,
      JSON.stringify(planned.map((call) => [call.call, call.count])),
    );
  }).timeout(120_000);

  it('looks nothing up without trust, and says so once a document', async () => {
    const result = await driftOf(
      { 'e.environment.yaml': environment(moto().endpoint), 'r.runbook.yaml': runbook(RESOURCES) },
      { trusted: false },
    );
    assert.deepEqual(said(result.findings), ['unchecked/untrusted-workspace resources']);
    assert.deepEqual(result.calls, {});
  });

  it('sends nothing to an endpoint that nobody approved', async () => {
    const result = await driftOf({
      'e.environment.yaml': environment('https://s3.evil.example'),
      'r.runbook.yaml': runbook(RESOURCES),
    });
    assert.deepEqual([...new Set(result.findings.map((finding) => finding.code))], ['unchecked/host-not-approved']);
    assert.deepEqual(result.calls, {});
  });

  it('names the source of a key that is not there', async () => {
    const env = environment(moto().endpoint).replace('env: SK', 'env: NOT_SET');
    const result = await driftOf({ 'e.environment.yaml': env, 'r.runbook.yaml': runbook(RESOURCES) });
    assert.deepEqual([...new Set(result.findings.map((finding) => finding.code))], ['unchecked/no-credentials']);
    assert.match(result.findings[0]?.message ?? '', /NOT_SET is not set/);
  });
});
