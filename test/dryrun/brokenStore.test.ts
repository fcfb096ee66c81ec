/** A store that breaks off in the middle of a download, or sends other bytes than it promised. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { startFaultProxy, type Fault, type FaultProxy } from '../support/faultProxy.ts';
import { useMoto } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
const BODY = randomBytes(64 * 1024 * 1024);

describe('dry run from a store that misbehaves', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let bench: Bench;
  let proxy: FaultProxy;
  let s3: S3Client;
  const write = async (body: Buffer, sum: string): Promise<void> => {
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: 'a/data.bin', Body: body }));
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: 'a/data.bin.sha256', Body: `${sum}  data.bin\n` }));
  };

  beforeEach(async () => {
    await moto().reset();
    s3 = new S3Client({
      region: 'us-east-1',
      endpoint: moto().endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'vault' }));
    await write(BODY, createHash('sha256').update(BODY).digest('hex'));
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
    s3.destroy();
    await proxy.stop();
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  it('resumes a 64 MB object, read in ranges, where answers break off', async () => {
    let reads = 0;
    proxy.use((seen) =>
      /^GET \/vault\/a\/data\.bin\?.*GetObject/u.test(seen) && (reads += 1) % 2 === 0 ? 'half' : 'pass',
    );
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'passed', JSON.stringify(record.stages));
    assert.equal(record.backup?.checksum?.state, 'matched');
    // Four ranges, and one more for each that broke off.
    assert.ok(reads >= 7, `${reads} reads`);
  });

  const isRead = (seen: string): boolean => /^GET \/vault\/a\/data\.bin\?.*GetObject/u.test(seen);
  const part = (more: Readonly<Record<string, string>>, body = BODY.subarray(0, 100).toString('latin1')): Fault => ({
    status: 206,
    body,
    headers: { 'content-type': 'application/octet-stream', ...more },
  });

  it('finds a store that sends another range than was asked for', async () => {
    proxy.use((seen) => (isRead(seen) ? part({ 'content-range': `bytes 7-106/${BODY.length}` }) : 'pass'));
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'failed', record.summary);
    assert.match(record.summary, /can't be read whole: The store sent bytes 7 to 106, asked for/u);
  });

  it('takes no bytes for a part that the store does not call one, and a weak tag for that of the object', async () => {
    const other = Buffer.alloc(8 * 1024 * 1024, 'x').toString('latin1');
    await s3.send(new DeleteObjectCommand({ Bucket: 'vault', Key: 'a/data.bin.sha256' }));
    proxy.use((seen) => (isRead(seen) ? part({}, other) : 'pass'));
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'failed', record.summary);
    assert.match(record.summary, /The store sent bytes without a word on which they are, asked for/u);
    const small = Buffer.alloc(100, 'y');
    const etag = `W/"${createHash('md5').update(small).digest('hex')}"`;
    await write(small, createHash('sha256').update(small).digest('hex'));
    proxy.use((seen) => (isRead(seen) ? part({ etag, 'content-range': 'bytes 0-99/100' }, small.toString()) : 'pass'));
    const weak = (await bench.run({ level: 2 })).record;
    assert.equal(weak.result, 'passed', weak.summary);
  });

  it('holds bytes to the tag that is their MD5 where no other sum is kept, which keeps no promise of the runbook’s', async () => {
    const plain = new S3Client({
      ...{ region: 'us-east-1', endpoint: moto().endpoint, forcePathStyle: true },
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    const small = Buffer.alloc(100, 'y');
    await s3.send(new DeleteObjectCommand({ Bucket: 'vault', Key: 'a/data.bin.sha256' }));
    await plain.send(new PutObjectCommand({ Bucket: 'vault', Key: 'a/data.bin', Body: small }));
    plain.destroy();
    const right = (await bench.run({ level: 2 })).record;
    assert.equal(right.result, 'passed', right.summary);
    const { algorithm, state, source } = right.backup?.checksum ?? {};
    assert.deepEqual([algorithm, state, source], ['md5', 'matched', 'ETag']);
    proxy.use((seen) => (isRead(seen) ? part({ 'content-range': 'bytes 0-99/100' }, `z${'y'.repeat(99)}`) : 'pass'));
    const wrong = (await bench.run({ level: 2 })).record;
    assert.equal(wrong.result, 'failed', wrong.summary);
    assert.match(wrong.summary, /The MD5 checksum of data\.bin doesn't match: ETag says/u);
    proxy.use(() => 'pass');
    const runbook = await bench.read('a.runbook.yaml');
    await bench.write('a.runbook.yaml', runbook.replace('    schedule:', '    checksum: sha256\n    schedule:'));
    for (const level of [1, 2]) {
      const { record } = await bench.run({ level });
      assert.equal(record.result, 'inconclusive', record.summary);
      assert.match(record.summary, /promises a sha256 checksum .+ none is kept/u);
    }
  });

  it('gives up on a list that does not end', async () => {
    const head = { 'content-type': 'application/xml' };
    const versions =
      '<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>b</NextVersionIdMarker></ListVersionsResult>';
    const plain =
      '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken></ListBucketResult>';
    for (const canListVersions of [true, false]) {
      proxy.use((seen) => {
        if (/^GET \/vault\/?\?.*versions/u.test(seen))
          return canListVersions
            ? { status: 200, body: versions, headers: head }
            : { status: 403, body: '<Error><Code>AccessDenied</Code></Error>', headers: head };
        return /^GET \/vault\/?\?.*list-type/u.test(seen) ? { status: 200, body: plain, headers: head } : 'pass';
      });
      const { record } = await bench.run({ level: 1 });
      assert.equal(record.result, 'inconclusive', record.summary);
      assert.match(record.summary, /^The list of s3:\/\/vault\/a\/ does not end/u);
    }
  });

  it('does not mix two objects where one replaces the other while it is read', async () => {
    let reads = 0;
    proxy.use((seen) => {
      if (!isRead(seen) || (reads += 1) < 3) return 'pass';
      return part({ etag: '"0123456789abcdef0123456789abcdef"' });
    });
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'inconclusive', record.summary);
    assert.match(record.summary, /was replaced while it was read; run again/u);
  });

  it('fails where the store always ends too soon, and where it sends other bytes than it promised', async () => {
    proxy.use((seen) => (isRead(seen) ? part({}, 'short') : 'pass'));
    const short = (await bench.run({ level: 2 })).record;
    assert.equal(short.result, 'failed', short.summary);
    assert.match(short.summary, /can't be read whole: The store (?:ended|sent)/u);
    // Every range, whatever was asked for, is answered with bytes of the wrong object and the right number.
    const lie = Buffer.alloc(1024, 'x');
    await write(lie, createHash('sha256').update('another').digest('hex'));
    proxy.use(() => 'pass');
    const lied = (await bench.run({ level: 2 })).record;
    assert.equal(lied.result, 'failed', lied.summary);
    assert.match(lied.summary, /SHA256 checksum of data.bin doesn't match/u);
  });

  it('reads from a slow store to the end, and gives up on one that is silent', async () => {
    proxy.use((seen) => (isRead(seen) ? 'slow' : 'pass'));
    assert.equal((await bench.run({ level: 2 })).record.result, 'passed');
    proxy.use(() => 'hang');
    const { record } = await bench.run({ level: 1 });
    assert.equal(record.result, 'inconclusive', record.summary);
    assert.match(record.summary, /No answer/u);
  });
});
