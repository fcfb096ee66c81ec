/** AWS Pricing fills what the environment's prices lack, by name and day; where it can't be asked, the price is told as missing. */
import assert from 'node:assert/strict';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateDBInstanceCommand, CreateDBSnapshotCommand } from '@aws-sdk/client-rds';
import { aws, ORDERS_INSTANCE } from '../support/aws.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';
import { startFaultProxy, type Fault, type FaultProxy } from '../support/faultProxy.ts';
import { priceList } from '../support/priceList.ts';
import { useMoto } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const GIB = 1024 ** 3;

describe('prices that the environment lacks', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let bench: Bench;
  let proxy: FaultProxy;
  const had = new Set(Object.keys(process.env));

  before(() => void Object.assign(process.env, KEYS));
  after(() => {
    for (const name of Object.keys(KEYS)) if (!had.has(name)) Reflect.deleteProperty(process.env, name);
  });
  beforeEach(async () => {
    await moto().reset();
    bench = await makeBench(KEYS);
    proxy = await startFaultProxy(moto().endpoint);
    answer((seen) => ({ status: 200, headers: JSON_TYPE, body: priceList(bodyOf(seen)) }));
  });
  afterEach(async () => {
    await proxy.stop();
    await bench.remove();
  });

  const bodyOf = (seen: string): string => seen.slice(seen.indexOf('{'), seen.lastIndexOf('}') + 1);
  const asked = (): readonly string[] => proxy.seen.filter((each) => each.includes('AWSPriceListService'));
  function answer(with_: (seen: string) => Fault): void {
    proxy.use((seen) => (seen.includes('AWSPriceListService.GetProducts') ? with_(seen) : 'pass'));
  }

  const environment = async (more = ''): Promise<unknown> =>
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1], endpoint: "${proxy.url}" }\n${more}`,
    );

  /** A backup in a bucket and a runbook with this budget, looked for at level 1. */
  async function preflight(budget: string, storageClass?: 'DEEP_ARCHIVE' | 'GLACIER'): ReturnType<Bench['run']> {
    const { s3 } = aws(moto().endpoint);
    await s3.send(
      new CreateBucketCommand({ Bucket: 'vault', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    const Body = Buffer.alloc(3 * 1024 * 1024);
    await s3.send(
      new PutObjectCommand({
        Bucket: 'vault',
        Key: 'a.tar',
        Body,
        ...(storageClass ? { StorageClass: storageClass } : {}),
      }),
    );
    await bench.write(
      'a.runbook.yaml',
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\nresources: { vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1 } }\nbackups: { nightly: { tool: files, in: { bucket: vault }, schedule: "0 2 * * *" } }\nrestore: { rpo: 24h, rto: 24h, ${budget} }\ndryRuns: { orders: { backup: nightly, checks: [] } }\n`,
    );
    return await bench.run({ level: 1 });
  }

  it('asks for what reading a bucket costs, and says of each price where and when it is from', async () => {
    await environment();
    const { record } = await preflight('budget: { cost: 5 USD }');
    const size = (3 * 1024 * 1024) / GIB;
    assert.deepEqual(
      record.budget?.items.map(({ item, cost, how }) => [item, cost, how]),
      [
        ['reading the backup', 0, '1 request at 0.0004 USD (s3:GetObject per 1000, AWS Pricing of 2026-10-30)'],
        [
          'transfer',
          Math.round(size * 0.09 * 1e6) / 1e6,
          '3 MiB at 0.09 USD (egress per GiB, AWS Pricing of 2026-10-30)',
        ],
      ],
    );
    assert.equal(record.budget.cost?.pricesAsOf, '2026-10-30');
    assert.equal(record.budget.cost.missing, undefined);
  });

  it('leaves the environment’s own prices as they are, and asks nobody where none is lacking or no money is', async () => {
    await environment('prices: { asOf: 2026-11-01, "S3 GET per 1000": 1 USD, "egress per GiB": 2 USD }\n');
    const { record } = await preflight('budget: { cost: 5 USD }');
    assert.match(record.budget?.items[1]?.how ?? '', /2 USD \(egress per GiB, the environment of 2026-11-01\)/u);
    assert.deepEqual(asked(), []);
    await moto().reset();
    await environment();
    const free = await preflight('budget: { effort: 1h }');
    assert.equal(free.record.budget?.cost, undefined);
    assert.deepEqual(asked(), []);
  });

  it('finds retrieval from an archive, by the class and whichever service has it', async () => {
    for (const [storageClass, price] of [
      ['DEEP_ARCHIVE', '0.02'],
      ['GLACIER', '0.01'],
    ] as const) {
      await moto().reset();
      await environment();
      const { record } = await preflight('budget: { cost: 5 USD }', storageClass);
      assert.ok(
        record.budget?.items.some(({ how }) =>
          how.includes(`${price} USD (retrieval ${storageClass} per GiB, AWS Pricing`),
        ),
        JSON.stringify(record.budget),
      );
    }
  });

  it('says which price is missing, and why, where AWS Pricing can’t be asked', async () => {
    const denied = JSON.stringify({ __type: 'AccessDeniedException', message: 'not authorized' });
    const rows: readonly (readonly [Fault, RegExp])[] = [
      [{ status: 400, headers: JSON_TYPE, body: denied }, /could not be asked \(grant pricing:GetProducts/u],
      [{ status: 404, body: 'no such service' }, /could not be asked/u],
      [{ status: 200, headers: JSON_TYPE, body: '{"PriceList":["{broken"]}' }, /AWS Pricing has none for eu-west-1/u],
    ];
    for (const [fault, why] of rows) {
      await moto().reset();
      answer(() => fault);
      await environment('prices: { "egress per GiB": 2 USD }\n');
      const { record } = await preflight('budget: { cost: 5 USD }');
      const [missing] = record.budget?.cost?.missing ?? [];
      assert.match(missing ?? '', /the environment's "prices" have no "s3:GetObject per 1000", and /u);
      assert.match(missing ?? '', why);
      const note = record.notes.find((each) => each.code === 'price-missing');
      assert.match(note?.message ?? '', /What a recovery costs is not known whole/u);
    }
  });

  it('holds no budget against prices of another currency, and says so', async () => {
    await environment();
    const { record } = await preflight('budget: { cost: 5 EUR }');
    assert.equal(record.budget?.cost?.over, false);
    const note = record.notes.find((each) => each.code === 'budget-currency');
    assert.match(note?.message ?? '', /known in USD, the budget is in EUR: they are not held against each other/u);
  });

  describe('at level 4', () => {
    const SANDBOX = 'sandboxes: { lab: { kind: cloud, subnetGroup: isolated } }\n';
    beforeEach(async () => {
      const { rds } = aws(moto().endpoint);
      await rds.send(new CreateDBInstanceCommand({ ...ORDERS_INSTANCE }));
      await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'orders-1' }));
      await bench.write(
        'a.runbook.yaml',
        'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\nresources: { primary: { kind: aws/rds-instance, id: orders, region: eu-west-1 } }\nbackups: { nightly: { of: primary, tool: rds-snapshot, schedule: "0 2 * * *" } }\nrestore: { rpo: 24h, rto: 1h }\ndryRuns: { orders: { backup: nightly, checks: [] } }\n',
      );
    });

    it('takes the engine’s own price and the dearest storage, and refuses what comes to more than is allowed', async () => {
      await environment(SANDBOX);
      const { record } = await bench.run({ level: 4, maxCost: '0.001 USD' });
      assert.equal(record.result, 'failed');
      // 4 h at 0.02 and 20 GiB at 0.138 for as long.
      assert.match(
        record.summary,
        /costs at most 0\.0952 USD .*prices of AWS Pricing of 2026-10-30\): more than the 0\.001 USD/u,
      );
    });

    it('makes nothing where a price is known to nobody', async () => {
      answer(() => ({ status: 503, body: '' }));
      await environment(SANDBOX);
      const { record } = await bench.run({ level: 4, maxCost: '20 USD' });
      assert.equal(record.result, 'failed');
      assert.match(
        record.summary,
        /is not known: the environment's "prices" have no "rds:db\.t3\.micro per hour", and AWS Pricing could not be asked \(/u,
      );
    });
  });
});
