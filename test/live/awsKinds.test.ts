/** The other AWS kinds: clusters, snapshots, vaults, keys, tables, secrets and alarms, holding and not. */
import assert from 'node:assert/strict';
import { CreateBackupVaultCommand, PutBackupVaultLockConfigurationCommand } from '@aws-sdk/client-backup';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { CreateBucketCommand, PutBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { aws, environment, ORDERS_INSTANCE, policyOf, runbook, trustOf } from '../support/aws.ts';
import { driftOf, lookupFor, said, workspaceOf } from '../support/look.ts';
import { planDrift } from '../../server/src/app/detectDrift.ts';
import { useMoto } from '../support/servers.ts';

describe('other AWS kinds', () => {
  const moto = useMoto();
  const at = () => aws(moto().endpoint);
  const drift = async (resources: string, more = '') =>
    await driftOf({ 'e.environment.yaml': environment(moto().endpoint), 'r.runbook.yaml': runbook(resources, more) });
  const place = 'region: eu-west-1, account: prod';

  beforeEach(async () => await moto().reset());

  it('says missing of everything in an account that has nothing', async () => {
    const two = (kind: string): string =>
      ['a', 'b'].map((id) => `${kind.slice(4)}-${id}: { kind: ${kind}, id: none-${id}, ${place} }`).join('\n');
    const kinds = [
      'aws/s3-bucket',
      'aws/iam-role',
      'aws/rds-instance',
      'aws/rds-cluster',
      'aws/rds-snapshot',
      'aws/backup-vault',
      'aws/kms-key',
      'aws/dynamodb-table',
      'aws/secret',
      'aws/cloudwatch-alarm',
    ];
    const result = await drift(kinds.map(two).join('\n'));
    assert.deepEqual(
      [...new Set(result.findings.map((finding) => finding.code))],
      ['drift/missing'],
      JSON.stringify(said(result.findings)),
    );
    assert.equal(result.findings.length, 20);
    // The plan told every call of it: the first question, the look elsewhere, and the second question.
    const workspace = workspaceOf({
      'e.environment.yaml': environment(moto().endpoint),
      'r.runbook.yaml': runbook(kinds.map(two).join('\n')),
    });
    const planned: Record<string, number> = {};
    for (const { call, count } of planDrift(workspace, workspace.entries, lookupFor(workspace)))
      planned[call] = (planned[call] ?? 0) + count;
    assert.deepEqual(planned, result.calls);
  });

  it('rds: instances, clusters and snapshots', async () => {
    const { rds } = at();
    const common = {
      Engine: 'postgres',
      EngineVersion: '15.4',
      DBInstanceClass: 'db.t3.micro',
      AllocatedStorage: 20,
      MasterUsername: 'admin',
      MasterUserPassword: 'long-enough',
    };
    await rds.send(
      new CreateDBInstanceCommand({
        ...common,
        DBInstanceIdentifier: 'orders',
        BackupRetentionPeriod: 7,
        DeletionProtection: false,
      }),
    );
    await rds.send(new CreateDBInstanceCommand({ ...common, DBInstanceIdentifier: 'off', BackupRetentionPeriod: 1 }));
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'off', BackupRetentionPeriod: 0, ApplyImmediately: true }),
    );
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'orders-1' }));
    await rds.send(
      new CreateDBClusterCommand({
        DBClusterIdentifier: 'ledger',
        Engine: 'aurora-mysql',
        EngineVersion: '8.0.mysql_aurora.3.05.2',
        MasterUsername: 'admin',
        MasterUserPassword: 'long-enough',
        StorageEncrypted: true,
      }),
    );
    const holds = await drift(`
db: { kind: aws/rds-instance, id: orders, ${place}, expect: { engine: Postgres, version: "15.4", class: db.t3.micro, multiAz: false, backupRetentionDays: 7, deletionProtection: false, latestRestorableWithin: 1h } }
cluster: { kind: aws/rds-cluster, id: ledger, ${place}, expect: { engine: aurora-mysql, version: "3.05", storageEncrypted: true } }
both: { kind: aws/rds-cluster, id: LEDGER, ${place}, expect: { version: "8.0" } }
snap: { kind: aws/rds-snapshot, id: orders-1, ${place}, expect: { status: available, newerThan: 1d } }
`);
    assert.deepEqual(
      holds.findings.map((finding) => finding.message),
      [],
    );
    const members = await drift(
      `cluster: { kind: aws/rds-cluster, id: ledger, ${place}, expect: { class: db.r6g.large, engine: aurora-mysql } }`,
    );
    assert.deepEqual(said(members.findings), ['unchecked/undecided resources.cluster.expect.class']);
    const result = await drift(`
db: { kind: aws/rds-instance, id: orders, ${place}, expect: { version: "15.2", multiAz: true, deletionProtection: true } }
off: { kind: aws/rds-instance, id: off, ${place}, expect: { backupRetentionDays: ">=7" } }
cluster: { kind: aws/rds-cluster, id: ledger, ${place}, expect: { version: "2" } }
snap: { kind: aws/rds-snapshot, id: orders-1, ${place}, expect: { encrypted: true } }
gone: { kind: aws/rds-snapshot, id: orders-2, ${place} }
`);
    assert.deepEqual(said(result.findings), [
      'drift/missing resources.gone.id',
      'drift/retention-off resources.off.expect.backupRetentionDays',
      'drift/value resources.db.expect.deletionProtection',
      'drift/value resources.db.expect.multiAz',
      'drift/value resources.snap.expect.encrypted',
      'drift/version-major resources.cluster.expect.version',
      'drift/version-minor resources.db.expect.version',
    ]);
  });

  it('rds: says where the backups of a deleted instance are retained', async () => {
    const { rds } = at();
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'gone',
        Engine: 'postgres',
        EngineVersion: '15.4',
        DBInstanceClass: 'db.t3.micro',
        AllocatedStorage: 20,
        MasterUsername: 'admin',
        MasterUserPassword: 'long-enough',
        BackupRetentionPeriod: 7,
      }),
    );
    await rds.send(
      new DeleteDBInstanceCommand({
        DBInstanceIdentifier: 'gone',
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: false,
      }),
    );
    const result = await drift(
      `db: { kind: aws/rds-instance, id: gone, ${place} }\nnever: { kind: aws/rds-instance, id: never, ${place} }`,
    );
    assert.deepEqual(said(result.findings), ['drift/missing resources.db.id', 'drift/missing resources.never.id']);
    assert.match(
      result.findings.find((each) => each.resource?.id === 'gone')?.message ?? '',
      /automated backups are retained/,
    );
    assert.doesNotMatch(result.findings.find((each) => each.resource?.id === 'never')?.message ?? '', /retained/);
  });

  it('rds: the end of support, and what a snapshot restore loses', async () => {
    const { rds } = at();
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'old',
        Engine: 'postgres',
        EngineVersion: '11.22',
        DBInstanceClass: 'db.t3.micro',
        AllocatedStorage: 20,
        MasterUsername: 'admin',
        MasterUserPassword: 'long-enough',
        BackupRetentionPeriod: 7,
        MultiAZ: true,
      }),
    );
    const more =
      'backups: { nightly: { of: db, tool: rds-snapshot, schedule: "0 1 * * *" } }\nrestore: { rpo: 24h, steps: [{ id: restore, run: aws rds restore-db-instance-from-db-snapshot }] }\n';
    const result = await drift(`db: { kind: aws/rds-instance, id: old, ${place}, expect: { version: "11" } }`, more);
    assert.deepEqual(said(result.findings), [
      'drift/end-of-support resources.db.expect.version',
      'drift/restore-loses restore.steps',
    ]);
    const mended = await drift(
      `db: { kind: aws/rds-instance, id: old, ${place} }`,
      more.replace(
        'snapshot }] }',
        'snapshot --multi-az --vpc-security-group-ids sg-1 --db-parameter-group-name pg }] }',
      ),
    );
    assert.deepEqual(said(mended.findings), []);
  });

  it('backup vaults: a lock that can be removed is no compliance', async () => {
    const { backup } = at();
    for (const BackupVaultName of ['open', 'locked', 'soon'])
      await backup.send(new CreateBackupVaultCommand({ BackupVaultName }));
    await backup.send(
      new PutBackupVaultLockConfigurationCommand({
        BackupVaultName: 'locked',
        MinRetentionDays: 7,
        MaxRetentionDays: 30,
      }),
    );
    await backup.send(
      new PutBackupVaultLockConfigurationCommand({
        BackupVaultName: 'soon',
        MinRetentionDays: 7,
        ChangeableForDays: 3,
      }),
    );
    const result = await drift(
      `
open: { kind: aws/backup-vault, id: open, ${place}, expect: { lock: compliance } }
locked: { kind: aws/backup-vault, id: locked, ${place}, expect: { lock: governance, minRetentionDays: ">=7" } }
soon: { kind: aws/backup-vault, id: soon, ${place}, expect: { lock: compliance } }
gone: { kind: aws/backup-vault, id: gone, ${place} }
points: { kind: aws/recovery-points, id: open, ${place}, expect: { newerThan: 1d } }
`,
      'backups: { nightly: { tool: aws-backup, in: { vault: locked }, schedule: "0 1 * * *", retention: 35d } }\n',
    );
    assert.deepEqual(said(result.findings), [
      'drift/expires-early backups.nightly.retention',
      'drift/missing resources.gone.id',
      'drift/value resources.open.expect.lock',
      'drift/value resources.soon.expect.lock',
      // The emulator lists no recovery points: unknown, and neither clean nor drift.
      'unchecked/unsupported resources.points.expect.newerThan',
    ]);
  });

  it('kms: a countdown to the loss of every backup', async () => {
    const { kms } = at();
    const make = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
    const [good, doomed, off] = [await make(), await make(), await make()];
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/backups', TargetKeyId: good }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: doomed, PendingWindowInDays: 7 }));
    await kms.send(new DisableKeyCommand({ KeyId: off }));
    const arn = (await kms.send(new DescribeKeyCommand({ KeyId: good }))).KeyMetadata?.Arn ?? '';
    await at().rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'sealed',
        Engine: 'postgres',
        EngineVersion: '15.4',
        DBInstanceClass: 'db.t3.micro',
        AllocatedStorage: 20,
        MasterUsername: 'admin',
        MasterUserPassword: 'long-enough',
        StorageEncrypted: true,
        KmsKeyId: arn,
      }),
    );
    const sealed = (key: string): string =>
      `sealed: { kind: aws/rds-instance, id: sealed, ${place}, expect: { kmsKey: "${key}" } }`;
    for (const key of [arn, good, 'alias/backups'])
      assert.deepEqual(said((await drift(sealed(key))).findings), [], key);
    assert.deepEqual(said((await drift(sealed(doomed))).findings), ['drift/value resources.sealed.expect.kmsKey']);
    const result = await drift(`
good: { kind: aws/kms-key, id: alias/backups, ${place}, expect: { state: enabled, rotation: false } }
doomed: { kind: aws/kms-key, id: "${doomed}", ${place} }
off: { kind: aws/kms-key, id: "${off}", ${place} }
gone: { kind: aws/kms-key, id: alias/none, ${place} }
`);
    assert.deepEqual(said(result.findings), [
      'drift/key-pending-deletion resources.doomed.id',
      'drift/key-unusable resources.off.id',
      'drift/missing resources.gone.id',
    ]);
    assert.match(
      result.findings.find((each) => each.code === 'drift/key-pending-deletion')?.message ?? '',
      /in 7 days/,
    );
  });

  it('dynamodb, secrets and alarms', async () => {
    const { dynamodb, secrets, cloudwatch } = at();
    for (const TableName of ['carts', 'plain']) {
      await dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
        }),
      );
    }
    await dynamodb.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'carts',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await secrets.send(new CreateSecretCommand({ Name: 'pw', SecretString: 'never read' }));
    await secrets.send(new CreateSecretCommand({ Name: 'going', SecretString: 'x' }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 'going', RecoveryWindowInDays: 7 }));
    const alarm = {
      MetricName: 'm',
      Namespace: 'n',
      ComparisonOperator: 'GreaterThanThreshold' as const,
      EvaluationPeriods: 1,
      Period: 60,
      Statistic: 'Sum' as const,
      Threshold: 1,
    };
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...alarm,
        AlarmName: 'loud',
        AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:pager'],
      }),
    );
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...alarm,
        AlarmName: 'mute',
        ActionsEnabled: false,
        AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:pager'],
      }),
    );
    const result = await drift(`
carts: { kind: aws/dynamodb-table, id: carts, ${place}, expect: { pitr: enabled, recoveryDays: ">=35" } }
plain: { kind: aws/dynamodb-table, id: plain, ${place}, expect: { pitr: enabled } }
none: { kind: aws/dynamodb-table, id: none, ${place} }
pw: { kind: aws/secret, id: pw, ${place} }
going: { kind: aws/secret, id: going, ${place} }
loud: { kind: aws/cloudwatch-alarm, id: loud, ${place}, expect: { actions: ["arn:aws:sns:eu-west-1:123456789012:pager"] } }
mute: { kind: aws/cloudwatch-alarm, id: mute, ${place} }
silent: { kind: aws/cloudwatch-alarm, id: silent, ${place} }
`);
    assert.deepEqual(said(result.findings), [
      'drift/alarm-silent resources.mute.id',
      'drift/missing resources.none.id',
      'drift/missing resources.silent.id',
      'drift/secret-pending-deletion resources.going.id',
      'drift/value resources.plain.expect.pitr',
    ]);
  });

  it('alarms by ARN, whatever their names hold', async () => {
    const made = { MetricName: 'm', Namespace: 'n', Period: 60, EvaluationPeriods: 1, Threshold: 1 } as const;
    const topic = 'arn:aws:sns:eu-west-1:123456789012:oncall';
    for (const [AlarmName, AlarmActions] of [
      ['team/backup: failed', [topic]],
      ['silent', []],
    ] as const) {
      await at().cloudwatch.send(
        new PutMetricAlarmCommand({
          ...made,
          AlarmName,
          AlarmActions: [...AlarmActions],
          ComparisonOperator: 'GreaterThanThreshold',
          Statistic: 'Sum',
        }),
      );
    }
    const result = await drift(`
named: { kind: aws/cloudwatch-alarm, id: "team/backup: failed", ${place}, expect: { actions: ["${topic}"] } }
arn: { kind: aws/cloudwatch-alarm, id: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:team/backup: failed", ${place}, expect: { actions: enabled } }
silent: { kind: aws/cloudwatch-alarm, id: silent, ${place}, expect: { actions: enabled } }
`);
    assert.deepEqual(said(result.findings), ['drift/alarm-silent resources.silent.expect.actions']);
  });

  it('a change is one finding, where several expectations are of one thing', async () => {
    const { kms, s3, rds, backup, cloudwatch } = at();
    const key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/vault', TargetKeyId: key }));
    await s3.send(
      new CreateBucketCommand({ Bucket: 'vault', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: 'vault',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
    );
    await rds.send(new CreateDBInstanceCommand({ ...ORDERS_INSTANCE, StorageEncrypted: false }));
    await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'safe' }));
    const action = 'arn:aws:sns:eu-west-1:123456789012:page';
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'alarm',
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        MetricName: 'age',
        Namespace: 'backups',
        Period: 60,
        Statistic: 'Maximum',
        Threshold: 1,
        ActionsEnabled: false,
        AlarmActions: [action],
      }),
    );
    const result = await drift(`
vault: { kind: aws/s3-bucket, id: vault, ${place}, expect: { encryption: "aws:kms", kmsKey: alias/vault } }
db: { kind: aws/rds-instance, id: orders, ${place}, expect: { storageEncrypted: true, kmsKey: "${key}" } }
safe: { kind: aws/backup-vault, id: safe, ${place}, expect: { lock: governance, minRetentionDays: ">=7", maxRetentionDays: "<=90" } }
alarm: { kind: aws/cloudwatch-alarm, id: alarm, ${place}, expect: { actions: ["${action}"] } }`);
    assert.deepEqual(said(result.findings), [
      'drift/alarm-silent resources.alarm.expect.actions',
      'drift/value resources.db.expect.storageEncrypted',
      'drift/value resources.safe.expect.lock',
      'drift/value resources.vault.expect.encryption',
    ]);
    assert.ok(result.findings.every((finding) => finding.expected !== undefined && finding.actual !== undefined));
  });

  it('takes other names of one thing for it: a role of the same account, an engine', async () => {
    const { iam, rds } = at();
    await rds.send(new CreateDBInstanceCommand(ORDERS_INSTANCE));
    const oncall = 'arn:aws:iam::123456789012:role/ops/oncall';
    await iam.send(new CreateRoleCommand({ RoleName: 'restore', AssumeRolePolicyDocument: trustOf(oncall) }));
    await iam.send(
      new CreateRoleCommand({ RoleName: 'oncall', Path: '/ops/', AssumeRolePolicyDocument: trustOf('*') }),
    );
    const resources = (trusted: string): string => `
people: { kind: aws/iam-role, id: "${oncall}", account: prod }
db: { kind: aws/rds-instance, id: orders, ${place}, expect: { engine: PostgreSQL } }
restore: { kind: aws/iam-role, id: restore, account: prod, expect: { trusts: [${trusted}] } }`;
    for (const name of ['oncall', 'people', `"${oncall}"`])
      assert.deepEqual(said((await drift(resources(name))).findings), [], name);
    const { findings } = await drift(resources('nobody'));
    assert.deepEqual(said(findings), ['drift/trust resources.restore.expect.trusts.0']);
  });

  it('a role may decrypt with a key that the runbook names by its alias', async () => {
    const { kms, iam } = at();
    const keyOf = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const [own, other] = [await keyOf(), await keyOf()];
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/vault', TargetKeyId: own }));
    await iam.send(new CreateRoleCommand({ RoleName: 'restore', AssumeRolePolicyDocument: trustOf('*') }));
    const allowing = async (key: string): Promise<readonly string[]> => {
      const PolicyDocument = policyOf({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key });
      await iam.send(new PutRolePolicyCommand({ RoleName: 'restore', PolicyName: 'p', PolicyDocument }));
      const resources = `
key: { kind: aws/kms-key, id: alias/vault, ${place} }
restore: { kind: aws/iam-role, id: restore, account: prod, expect: { allows: [{ actions: ["kms:Decrypt"], on: key }] } }`;
      return said((await drift(resources)).findings);
    };
    assert.deepEqual(await allowing(own), []);
    assert.deepEqual(await allowing(other), ['drift/permission resources.restore.expect.allows.0.actions.0']);
  });

  it('a bucket set up with an alias is encrypted with the key behind it', async () => {
    const { kms, s3 } = at();
    const keyOf = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const [own, other] = [await keyOf(), await keyOf()];
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/vault', TargetKeyId: own }));
    await s3.send(
      new CreateBucketCommand({ Bucket: 'vault', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: 'vault',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/vault' } }],
        },
      }),
    );
    const bucket = (name: string, key: string): string =>
      `${name}: { kind: aws/s3-bucket, id: vault, ${place}, expect: { kmsKey: "${key}" } }`;
    for (const key of [own, own.split('/')[1] ?? '', 'alias/vault'])
      assert.deepEqual(said((await drift(bucket('vault', key))).findings), [], key);
    const wrong = await drift(bucket('vault', other));
    assert.deepEqual(said(wrong.findings), ['drift/value resources.vault.expect.kmsKey']);
    assert.equal(wrong.calls['aws:kms:DescribeKey'], 1);
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/same', TargetKeyId: own }));
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/other', TargetKeyId: other }));
    assert.deepEqual(said((await drift(bucket('vault', 'alias/same'))).findings), []);
    const elsewhere = await drift(bucket('vault', 'alias/other'));
    assert.deepEqual(said(elsewhere.findings), ['drift/value resources.vault.expect.kmsKey']);
    assert.equal(elsewhere.findings[0]?.actual, 'alias/vault');
  });
});
