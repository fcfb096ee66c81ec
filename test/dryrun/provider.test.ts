/** Backups that the provider makes, found read-only at level 1, against an emulated AWS. */
import assert from 'node:assert/strict';
import { DynamoDBClient, CreateTableCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { CreateDBInstanceCommand, CreateDBSnapshotCommand, RDSClient } from '@aws-sdk/client-rds';
import { ORDERS_INSTANCE } from '../support/aws.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';
import { useMoto } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };

describe('dry run of the provider’s own backups', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let bench: Bench;
  const had = new Set(Object.keys(process.env));

  before(() => Object.assign(process.env, KEYS));
  after(() => {
    for (const name of Object.keys(KEYS)) if (!had.has(name)) Reflect.deleteProperty(process.env, name);
  });
  beforeEach(async () => {
    await moto().reset();
    bench = await makeBench(KEYS);
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1], endpoint: "${moto().endpoint}" }\n`,
    );
  });
  afterEach(async () => await bench.remove());

  const runbook = (tool: string, kind: string): string =>
    `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\nresources: { primary: { kind: ${kind}, id: orders, region: eu-west-1 } }\nbackups: { nightly: { of: primary, tool: ${tool}, schedule: "0 2 * * *" } }\nrestore: { rpo: 24h, rto: 1h }\ndryRuns: { orders: { backup: nightly, level: 1, checks: [] } }\n`;
  const client = (): {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  } => ({
    region: 'eu-west-1',
    endpoint: moto().endpoint,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });

  it('finds the newest RDS snapshot, and says where there is none or more is asked than can be', async () => {
    const rds = new RDSClient(client());
    await bench.write('a.runbook.yaml', runbook('rds-snapshot', 'aws/rds-instance'));
    const none = (await bench.run()).record;
    assert.equal(none.result, 'failed');
    assert.match(none.summary, /No backup "nightly" was found/u);
    await rds.send(new CreateDBInstanceCommand({ ...ORDERS_INSTANCE }));
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'orders-1' }));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(record.level, 1);
    assert.equal(record.backup?.id, 'orders-1');
    assert.equal((await bench.run({ level: 2 })).record.result, 'inconclusive');
    rds.destroy();
  });

  it('finds the latest point of a DynamoDB table, and none where recovery is off', async () => {
    const dynamo = new DynamoDBClient(client());
    await dynamo.send(
      new CreateTableCommand({
        TableName: 'orders',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await bench.write('a.runbook.yaml', runbook('dynamodb-pitr', 'aws/dynamodb-table'));
    assert.equal((await bench.run()).record.result, 'failed');
    await dynamo.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    dynamo.destroy();
  });
});
