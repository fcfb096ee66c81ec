/** Level 4: the provider's own restore against an emulated AWS: paid for knowingly, isolated, judged, and deleted whatever happens. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, PutItemCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreateDBInstanceCommand, CreateDBSnapshotCommand, CreateDBSubnetGroupCommand } from '@aws-sdk/client-rds';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  deleteInstance,
  deleteTable,
  ownName,
  restoreInstance,
  restoreTable,
} from '../../server/src/dryrun/cloud/mutations.ts';
import { ORDERS_INSTANCE } from '../support/aws.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';
import { PROJECT } from '../support/program.ts';
import { useMoto } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
const SANDBOX = 'sandboxes: { lab: { kind: cloud, subnetGroup: isolated } }\n';
const PRICES =
  'prices: { asOf: 2026-11-01, "rds:db.t3.micro per hour": 0.02 USD, "rds:storage per GiB month": 0.12 USD, "dynamodb:restore per GiB": 0.15 USD }\n';

describe('dry run by the provider itself', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let bench: Bench;
  let rds: RDSClient;
  let dynamo: DynamoDBClient;
  const had = new Set(Object.keys(process.env));

  before(() => {
    Object.assign(process.env, KEYS);
    const settings = {
      region: 'eu-west-1',
      endpoint: moto().endpoint,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    };
    rds = new RDSClient(settings);
    dynamo = new DynamoDBClient(settings);
  });
  after(() => {
    for (const name of Object.keys(KEYS)) if (!had.has(name)) Reflect.deleteProperty(process.env, name);
    rds.destroy();
    dynamo.destroy();
  });
  beforeEach(async () => {
    await moto().reset();
    bench = await makeBench(KEYS);
  });
  afterEach(async () => await bench.remove());

  const environment = async (more: string): Promise<unknown> =>
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1], endpoint: "${moto().endpoint}" }\n${more}`,
    );
  const runbook = async (tool: string, kind: string): Promise<unknown> =>
    await bench.write(
      'a.runbook.yaml',
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\nresources: { primary: { kind: ${kind}, id: orders, region: eu-west-1 } }\nbackups: { nightly: { of: primary, tool: ${tool}, schedule: "0 2 * * *" } }\nrestore: { rpo: 24h, rto: 1h }\ndryRuns: { orders: { backup: nightly, checks: [] } }\n`,
    );
  const instances = async (): Promise<readonly string[]> =>
    ((await rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? []).map(
      (each) => each.DBInstanceIdentifier ?? '',
    );
  const tables = async (): Promise<readonly string[]> =>
    (await dynamo.send(new ListTablesCommand({}))).TableNames ?? [];

  /** A subnet group on the emulator's default network; its EC2 side is asked by hand, for no client of it is needed else. */
  async function snapshot(open = false): Promise<void> {
    const answer = await fetch(moto().endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization:
          'AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: 'Action=DescribeSubnets&Version=2016-11-15',
    });
    const subnets = [...(await answer.text()).matchAll(/<subnetId>([^<]+)</gu)].map((each) => each[1] ?? '');
    await rds.send(
      new CreateDBSubnetGroupCommand({
        DBSubnetGroupName: 'isolated',
        DBSubnetGroupDescription: 'no way out',
        SubnetIds: subnets.slice(0, 2),
      }),
    );
    await rds.send(new CreateDBInstanceCommand({ ...ORDERS_INSTANCE, PubliclyAccessible: open }));
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'orders-1' }));
    await runbook('rds-snapshot', 'aws/rds-instance');
  }

  async function table(): Promise<void> {
    await dynamo.send(
      new CreateTableCommand({
        TableName: 'orders',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await dynamo.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'one' } } }));
    await dynamo.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await runbook('dynamodb-pitr', 'aws/dynamodb-table');
  }

  it('restores a snapshot, judges what came back, deletes it and looks for leaks', async () => {
    await snapshot();
    await environment(SANDBOX + PRICES);
    const { record } = await bench.run({ level: 4, maxCost: '20 USD' });
    assert.deepEqual([record.result, record.level], ['passed', 4], record.summary);
    assert.deepEqual(
      record.checks.map((each) => [each.name, each.state, each.actual]),
      [
        ['restored engine version', 'passed', '15.4'],
        ['restored storage is encrypted', 'passed', false],
        ['restored storage has its size', 'passed', 20 * 1024 ** 3],
        ['not publicly accessible', 'passed', false],
      ],
    );
    assert.equal(record.sandbox?.kind, 'cloud');
    assert.match(record.sandbox.address ?? '', /subnet group isolated, not publicly accessible/u);
    assert.match(
      record.notes.map((each) => each.message).join('\n'),
      /costs at most 0\.0\d+ USD .* of 20 USD allowed/u,
    );
    assert.ok(record.teardown.proven && record.teardown.removed.some((each) => each.startsWith('cloud drillbook-')));
    assert.deepEqual(await instances(), ['orders']);
    assert.deepEqual(await bench.left(), []);
  });

  it('fails a restore that the provider left open to the world, and deletes it', async () => {
    // The emulator keeps the source's setting, whatever is asked for.
    await snapshot(true);
    await environment(SANDBOX + PRICES);
    const { record } = await bench.run({ level: 4, maxCost: '20 USD' });
    assert.deepEqual([record.result, record.level], ['failed', 3]);
    assert.match(record.summary, /"not publicly accessible": The provider says true/u);
    assert.deepEqual(await instances(), ['orders']);
  });

  it('restores a table to a point in time, and deletes it', async () => {
    await table();
    await environment(PRICES);
    const { record } = await bench.run({ level: 4, maxCost: '1 USD' });
    assert.deepEqual([record.result, record.level], ['passed', 4], record.summary);
    assert.deepEqual(
      record.checks.map((each) => each.state),
      ['passed', 'passed'],
    );
    assert.deepEqual(await tables(), ['orders']);
  });

  it('makes nothing where the price is unknown, too high, in another currency, not agreed to, or the place is not isolated', async () => {
    await snapshot();
    const refused = async (more: string, maxCost: string | undefined, why: RegExp, agree = true): Promise<void> => {
      await environment(more);
      const { record } = await bench.run({
        level: 4,
        ...(maxCost === undefined ? {} : { maxCost }),
        dependencies: { confirmCost: () => Promise.resolve(agree) },
      });
      assert.equal(record.result, 'failed');
      assert.match(record.summary, why);
      assert.equal(record.stages.find((each) => each.stage === 'restore')?.state, 'skipped');
      assert.deepEqual(await instances(), ['orders']);
    };
    await refused(SANDBOX, '20 USD', /not known.*"rds:db\.t3\.micro per hour"/u);
    await refused(SANDBOX + PRICES, undefined, /--max-cost/u);
    await refused(SANDBOX + PRICES, '0.01 USD', /more than the 0\.01 USD/u);
    await refused(SANDBOX + PRICES, '20 EUR', /give --max-cost in USD/u);
    await refused(SANDBOX + PRICES, '20 USD', /not agreed to/u, false);
    await refused(PRICES, '20 USD', /isolated account or network/u);
  });

  it('deletes what it made also when it is cancelled', async () => {
    await snapshot();
    await environment(SANDBOX + PRICES);
    const stop = new AbortController();
    const { record } = await bench.run({
      level: 4,
      maxCost: '20 USD',
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event === 'output' && event.text.includes('is being restored as')) stop.abort();
      },
    });
    assert.equal(record.result, 'cancelled', record.summary);
    assert.ok(
      record.teardown.removed.some((each) => each.startsWith('cloud drillbook-')),
      JSON.stringify(record.teardown),
    );
    assert.deepEqual(await instances(), ['orders']);
  });

  it('lets the next run delete what a killed one left', async () => {
    await snapshot();
    const name = ownName('0123456789', 'abcdef');
    const settings = {
      region: 'eu-west-1',
      endpoint: moto().endpoint,
      credentials: () => Promise.resolve({ accessKeyId: 'testing', secretAccessKey: 'testing' }),
      maxAttempts: 1,
      requestHandler: undefined as never,
    };
    await restoreInstance(settings, { name, snapshot: 'orders-1' }, new AbortController().signal);
    const lease = {
      version: 1,
      id: '0123456789',
      pid: 999_999_999,
      runbook: 'orders',
      root: bench.root,
      startedAt: '2026-11-20T10:00:00.000Z',
      lock: '/nowhere',
      made: [
        {
          kind: 'cloud',
          service: 'rds',
          id: name,
          access: { account: { endpoint: moto().endpoint, region: 'eu-west-1' } },
        },
      ],
    };
    await bench.ports.files.makeFolder(join(bench.ports.machine.cacheFolder, 'runs'));
    await bench.ports.files.writeAtomic(
      join(bench.ports.machine.cacheFolder, 'runs', '0123456789.json'),
      JSON.stringify(lease),
    );
    assert.match((await bench.leases.reap()).join('\n'), new RegExp(`Removed .*cloud ${name}`, 'u'));
    assert.deepEqual(await instances(), ['orders']);
  });

  it('changes clouds in one file only, by these calls, and only what has a name of its own', async () => {
    const calls: string[] = [];
    const below = (folder: string): readonly string[] =>
      readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((each) => each.isFile() && each.name.endsWith('.ts'))
        .map((each) => join(each.parentPath, each.name));
    for (const file of below(join(PROJECT, 'server/src')))
      for (const found of readFileSync(file, 'utf8').matchAll(
        /new (?:s3\.)?((?!Get|List|Describe|Head|Scan|AssumeRole|Simulate|Lookup|Generate|Query)[A-Z]\w*)Command\(/gu,
      ))
        calls.push(`${file.slice(file.indexOf('server/src/'))}: ${found[1] ?? ''}`);
    // The last one adds evidence to the policy's bucket, and never writes over any.
    assert.deepEqual(calls.sort(), [
      'server/src/dryrun/cloud/mutations.ts: DeleteDBInstance',
      'server/src/dryrun/cloud/mutations.ts: DeleteTable',
      'server/src/dryrun/cloud/mutations.ts: RestoreDBInstanceFromDBSnapshot',
      'server/src/dryrun/cloud/mutations.ts: RestoreTableToPointInTime',
      'server/src/dryrun/cloud/mutations.ts: StartRestoreJob',
      'server/src/dryrun/stores/evidenceBucket.ts: PutObject',
    ]);
    const nowhere = undefined as never;
    const { signal } = new AbortController();
    for (const name of [
      'orders',
      'drillbook-orders',
      'drillbook-0123456789-abcdef-orders',
      `x${ownName('0123456789', 'abcdef')}`,
    ]) {
      await assert.rejects(deleteInstance(nowhere, name), /not made by a dry run/u);
      await assert.rejects(deleteTable(nowhere, name), /not made by a dry run/u);
      await assert.rejects(restoreInstance(nowhere, { name, snapshot: 's' }, signal), /not made by a dry run/u);
      await assert.rejects(restoreTable(nowhere, { name, source: 's' }, signal), /not made by a dry run/u);
    }
  });
});
