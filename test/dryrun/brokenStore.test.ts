/** A store that breaks off in the middle of a download, or sends other bytes than it promised. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { startFaultProxy, type FaultProxy } from '../support/faultProxy.ts';
import { useMoto } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
const BODY = randomBytes(64 * 1024 * 1024);

describe('dry run from a store that misbehaves', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let bench: Bench;
  let proxy: FaultProxy;

  beforeEach(async () => {
    await moto().reset();
    const s3 = new S3Client({
      region: 'us-east-1',
      endpoint: moto().endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'vault' }));
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: 'a/data.bin', Body: BODY }));
    const sum = createHash('sha256').update(BODY).digest('hex');
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: 'a/data.bin.sha256', Body: `${sum}  data.bin\n` }));
    s3.destroy();
    proxy = await startFaultProxy(moto().endpoint);
    bench = await makeBench(KEYS);
    Object.assign(process.env, KEYS);
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [us-east-1], endpoint: "${proxy.url}" }\n`,
    );
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({
        tool: 'files',
        in: '{ bucket: vault, prefix: a/, match: "*.bin" }',
        sandbox: '{ engine: files }',
      }).replace('backups:', 'resources:\n  vault: { kind: aws/s3-bucket, id: vault, region: us-east-1 }\nbackups:'),
    );
  });
  afterEach(async () => {
    for (const name of Object.keys(KEYS)) Reflect.deleteProperty(process.env, name);
    await proxy.stop();
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  it('resumes a 64 MB object, read in ranges, where answers break off', async () => {
    let reads = 0;
    proxy.use((seen) =>
      /^GET \/vault\/a\/data\.bin\?.*GetObject/u.test(seen) && (reads += 1) % 4 === 2 ? 'half' : 'pass',
    );
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'passed', JSON.stringify(record.stages));
    assert.equal(record.backup?.checksum?.state, 'matched');
    assert.ok(reads > 8, `${reads} reads`);
  });
});
