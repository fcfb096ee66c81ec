/**
 * Level 4 of AWS Backup: a restore job, its end, what it made, and its deletion. The emulated AWS has no recovery points and
 * no restore jobs, so these calls are answered in front of it; the instance that a job makes is made in it for real.
 */
import assert from 'node:assert/strict';
import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DescribeDBInstancesCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { ownName, startRestoreJob } from '../../server/src/dryrun/cloud/mutations.ts';
import { ORDERS_INSTANCE } from '../support/aws.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';
import { startFaultProxy, type Fault, type FaultProxy } from '../support/faultProxy.ts';
import { useMoto } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
const POINT = 'arn:aws:backup:eu-west-1:123456789012:recovery-point:1EB3B5E7';

describe('dry run of AWS Backup by the provider itself', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let bench: Bench;
  let proxy: FaultProxy;
  let rds: RDSClient;
  const had = new Set(Object.keys(process.env));

  beforeEach(async () => {
    Object.assign(process.env, KEYS);
    await moto().reset();
    bench = await makeBench(KEYS);
    proxy = await startFaultProxy(moto().endpoint);
    rds = new RDSClient({
      region: 'eu-west-1',
      endpoint: moto().endpoint,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    await rds.send(new CreateDBInstanceCommand({ ...ORDERS_INSTANCE, PubliclyAccessible: false }));
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'point' }));
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1], endpoint: "${proxy.url}" }\nsandboxes: { lab: { kind: cloud, subnetGroup: isolated } }\nprices: { asOf: 2026-11-01, "rds:db.t3.micro per hour": 0.02 USD, "rds:storage per GiB month": 0.12 USD }\n`,
    );
    await runbook('  role: operator\n');
  });
  afterEach(async () => {
    for (const name of Object.keys(KEYS)) if (!had.has(name)) Reflect.deleteProperty(process.env, name);
    rds.destroy();
    await proxy.stop();
    await bench.remove();
  });

  const runbook = async (role: string): Promise<unknown> =>
    await bench.write(
      'a.runbook.yaml',
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\nresources:\n  primary: { kind: aws/rds-instance, id: orders, region: eu-west-1 }\n  operator: { kind: aws/iam-role, id: "arn:aws:iam::123456789012:role/restore" }\nbackups: { nightly: { of: primary, tool: aws-backup, in: { vault: main }, schedule: "0 2 * * *" } }\nrestore:\n  rpo: 24h\n  rto: 1h\n${role}dryRuns: { orders: { backup: nightly, checks: [] } }\n`,
    );
  const json = (value: unknown): Fault => ({
    status: 200,
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  });
  /** AWS Backup as far as it is needed; `end` is how the job ends. */
  const play = (end: string, made: { body?: Record<string, unknown> } = {}): void =>
    proxy.use(async (seen) => {
      if (/^GET \/backup-vaults\/main\/recovery-points\/?(?:\?| )/u.test(seen))
        return json({
          RecoveryPoints: [
            {
              RecoveryPointArn: POINT,
              ResourceArn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
              Status: 'COMPLETED',
              CompletionDate: Math.floor(Date.now() / 1000) - 60,
              BackupSizeInBytes: 20 * 1024 ** 3,
            },
          ],
        });
      if (/\/restore-metadata/u.test(seen))
        return json({ RestoreMetadata: { DBInstanceIdentifier: 'orders', PubliclyAccessible: 'true', Port: '5432' } });
      if (/^PUT \/restore-jobs/u.test(seen)) {
        made.body = JSON.parse(/\{.*\}/su.exec(seen)?.[0] ?? '{}') as Record<string, unknown>;
        const { Metadata } = made.body as { Metadata: Record<string, string> };
        if (end === 'COMPLETED')
          await rds.send(
            new RestoreDBInstanceFromDBSnapshotCommand({
              DBInstanceIdentifier: Metadata['DBInstanceIdentifier'],
              DBSnapshotIdentifier: 'point',
              PubliclyAccessible: Metadata['PubliclyAccessible'] === 'true',
            }),
          );
        return json({ RestoreJobId: 'job-1' });
      }
      if (/^GET \/restore-jobs\/job-1/u.test(seen))
        return json({ RestoreJobId: 'job-1', Status: end, StatusMessage: 'the key is disabled' });
      return 'pass';
    });
  const instances = async (): Promise<readonly string[]> =>
    ((await rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? []).map(
      (each) => each.DBInstanceIdentifier ?? '',
    );

  it('restores a recovery point under a name of its own, judges it and deletes it', async () => {
    const made: { body?: Record<string, unknown> } = {};
    play('COMPLETED', made);
    const { record } = await bench.run({ level: 4, maxCost: '20 USD' });
    assert.deepEqual([record.result, record.level], ['passed', 4], record.summary);
    const { Metadata, IamRoleArn, RecoveryPointArn } = made.body as Record<string, unknown>;
    assert.deepEqual([IamRoleArn, RecoveryPointArn], ['arn:aws:iam::123456789012:role/restore', POINT]);
    const metadata = Metadata as Record<string, string>;
    assert.match(metadata['DBInstanceIdentifier'] ?? '', /^drillbook-/u);
    assert.equal(metadata['PubliclyAccessible'], 'false');
    assert.equal(metadata['DBSubnetGroupName'], 'isolated');
    assert.equal(metadata['Port'], '5432');
    assert.ok(record.checks.some((check) => check.name === 'not publicly accessible' && check.state === 'passed'));
    assert.deepEqual(await instances(), ['orders']);
    assert.equal(record.teardown.proven, true);
  });

  it('fails where the job fails, in its own words, and leaves nothing', async () => {
    play('FAILED');
    const { record } = await bench.run({ level: 4, maxCost: '20 USD' });
    assert.equal(record.result, 'failed');
    assert.match(record.summary, /its job ended as FAILED \("the key is disabled"\)/u);
    assert.deepEqual(await instances(), ['orders']);
  });

  it('wants a role that AWS Backup restores with, and a price that is known and allowed', async () => {
    play('COMPLETED');
    assert.match(
      (await bench.run({ level: 4, maxCost: '0.01 USD' })).record.summary,
      /more than the 0.01 USD that --max-cost allows/u,
    );
    await runbook('');
    const { record } = await bench.run({ level: 4, maxCost: '20 USD' });
    assert.match(record.summary, /AWS Backup restores with a role, and the runbook names none/u);
    assert.deepEqual(await instances(), ['orders']);
  });

  it('starts a job under a name of a run only', async () => {
    const { signal } = new AbortController();
    const wanted = { service: 'rds', point: POINT, vault: 'main', role: 'r' } as const;
    for (const name of ['orders', `x${ownName('0123456789', 'abcdef')}`])
      await assert.rejects(startRestoreJob(undefined as never, { ...wanted, name }, signal), /not made by a dry run/u);
  });
});
