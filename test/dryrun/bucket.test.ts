/** Dry runs from a bucket: versions, delete markers, locks, checksums and the restore role, against an emulated AWS. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { useMoto, usePostgres } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing-secret-canary-6f1e' };

describe('dry run from a bucket', function () {
  this.timeout(120_000);
  const server = usePostgres();
  const moto = useMoto();
  let bench: Bench;
  let s3: S3Client;
  let dump: Buffer;
  const saved = { ...process.env };

  before(function () {
    Object.assign(process.env, KEYS);
    execFileSync(path.join(server().bin, 'createdb'), ['orders'], { env: server().environment('postgres') });
    execFileSync(
      path.join(server().bin, 'psql'),
      [
        '-q',
        '-c',
        'create table orders as select i id, md5(i::text) || md5((i+1)::text) t, now() at from generate_series(1, 200000) i',
      ],
      { env: server().environment('orders') },
    );
    dump = execFileSync(path.join(server().bin, 'pg_dump'), ['-Fc', '-Z', '1'], {
      env: server().environment('orders'),
      maxBuffer: 1 << 28,
    });
    s3 = new S3Client({
      region: 'eu-west-1',
      endpoint: moto().endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
  });
  after(() => {
    s3.destroy();
    for (const name of Object.keys(KEYS)) if (saved[name] === undefined) Reflect.deleteProperty(process.env, name);
  });
  beforeEach(async () => {
    await moto().reset();
    await s3.send(
      new CreateBucketCommand({
        Bucket: 'vault',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
        ObjectLockEnabledForBucket: true,
      }),
    );
    await s3.send(new PutBucketVersioningCommand({ Bucket: 'vault', VersioningConfiguration: { Status: 'Enabled' } }));
    bench = await makeBench(KEYS);
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1], endpoint: "${moto().endpoint}" }\n`,
    );
    await bench.write('a.runbook.yaml', runbook());
  });
  afterEach(async () => {
    assert.deepEqual(await bench.left(), []);
    await bench.remove();
  });

  const runbook = (more = ''): string =>
    folderRunbook({
      in: '{ bucket: vault, prefix: orders/, match: "*.dump", time: "orders-%Y%m%dT%H%M%SZ.dump" }',
      backup: 'checksum: sha256',
      restore: `role: operator${more}`,
    }).replace(
      'backups:',
      'resources:\n  vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1 }\n  operator: { kind: aws/iam-role, id: orders-restore }\nbackups:',
    );
  const name = (minutesAgo: number): string =>
    `orders/orders-${new Date(Date.now() - minutesAgo * 60_000).toISOString().slice(0, 19).replace(/[-:]/gu, '')}Z.dump`;

  it('assumes the restore role, reads the newest version in parallel ranges and restores it', async () => {
    const until = new Date(Date.now() + 86_400_000);
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: name(90), Body: Buffer.from('older') }));
    await s3.send(
      new PutObjectCommand({
        Bucket: 'vault',
        Key: name(5),
        Body: dump,
        ChecksumAlgorithm: 'SHA256',
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: until,
      }),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.equal(record.role?.assumed, true);
    assert.equal(record.backup?.lock?.state, 'locked');
    assert.equal(record.backup.lock.mode, 'compliance');
    assert.equal(record.backup.checksum?.state, 'matched');
    assert.equal(record.backup.timeFrom, 'name');
    assert.ok(record.backup.versionId);
    assert.ok(!JSON.stringify(record).includes('secret-canary'));
  });

  it('compares a composite checksum part by part', async () => {
    const Key = name(3);
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket: 'vault', Key, ChecksumAlgorithm: 'SHA256' }),
    );
    const parts = [dump.subarray(0, 5 * 1024 * 1024), dump.subarray(5 * 1024 * 1024)];
    assert.ok((parts[1]?.length ?? 0) > 0, 'the dump is larger than one part');
    const Parts = [];
    for (const [index, Body] of parts.entries()) {
      const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
      const { ETag } = await s3.send(
        new UploadPartCommand({ Bucket: 'vault', Key, UploadId, PartNumber: index + 1, Body, ChecksumSHA256 }),
      );
      Parts.push({ ETag, PartNumber: index + 1, ChecksumSHA256 });
    }
    await s3.send(new CompleteMultipartUploadCommand({ Bucket: 'vault', Key, UploadId, MultipartUpload: { Parts } }));
    const { record } = await bench.run({ level: 2 });
    assert.equal(record.result, 'passed', JSON.stringify(record.stages, undefined, 1));
    // The emulator may not keep the composite; then it is said to be unknown or only computed, never matched.
    assert.ok(
      ['matched', 'unknown', 'computed'].includes(record.backup?.checksum?.state ?? ''),
      record.backup?.checksum?.state,
    );
  });

  it('tells of a newer backup that a delete marker hides', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: name(90), Body: dump }));
    const newest = name(5);
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: newest, Body: dump }));
    await s3.send(new DeleteObjectCommand({ Bucket: 'vault', Key: newest }));
    const { record } = await bench.run({ level: 1 });
    assert.equal(record.result, 'passed', record.summary);
    assert.ok(
      record.notes.some((note) => note.code === 'backup-hidden'),
      JSON.stringify(record.notes),
    );
  });

  it('says what is wrong: no backup, no bucket, another account, nobody there', async () => {
    assert.match(
      (await bench.run({ level: 1 })).record.summary,
      /No backup "nightly" was found in s3:\/\/vault\/orders\//u,
    );
    await bench.write('a.runbook.yaml', runbook().replace('id: vault', 'id: vault-renamed'));
    const gone = (await bench.run({ level: 1 })).record;
    assert.equal(gone.result, 'failed');
    assert.match(gone.summary, /vault-renamed does not exist/u);
    await bench.write(
      'production.environment.yaml',
      (await bench.read('production.environment.yaml')).replace('123456789012', '999999999999'),
    );
    const other = (await bench.run({ level: 1 })).record;
    assert.equal(other.result, 'inconclusive');
    assert.match(other.summary, /belong to account 123456789012/u);
    await bench.write(
      'production.environment.yaml',
      (await bench.read('production.environment.yaml'))
        .replace(/endpoint: "[^"]+"/u, 'endpoint: "http://127.0.0.1:9"')
        .replace('999999999999', '123456789012'),
    );
    const away = (await bench.run({ level: 1 })).record;
    assert.equal(away.result, 'inconclusive');
    assert.match(away.summary, /can't be reached/u);
  });

  it("does not pass where the restore role can't be assumed and the caller's own rights read the backup", async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: name(5), Body: dump }));
    await bench.write(
      'production.environment.yaml',
      (await bench.read('production.environment.yaml')).replace('account: "123456789012", ', ''),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'inconclusive');
    assert.equal(record.level, 3);
    assert.equal(record.role?.assumed, false);
    assert.match(record.summary, /restore role "operator" was not used.*caller's own rights/u);
  });

  it('fails where the scenario denies the restore role', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: name(5), Body: dump }));
    const { record } = await bench.run({ scenario: 'role-denied' });
    assert.equal(record.result, 'failed');
    assert.equal(record.scenario, 'role-denied');
  });

  it('restores a dump that is a folder from a bucket that keeps versions', async () => {
    const folder = path.join(bench.root, 'dump');
    execFileSync(path.join(server().bin, 'pg_dump'), ['-Fd', '-f', folder], { env: server().environment('orders') });
    for (const of of [name(60), name(5)])
      for (const file of readdirSync(folder))
        await s3.send(
          new PutObjectCommand({ Bucket: 'vault', Key: `${of}/${file}`, Body: readFileSync(path.join(folder, file)) }),
        );
    await bench.write('a.runbook.yaml', runbook().replace('match: "*.dump", ', ''));
    const { record } = await bench.run();
    assert.equal(record.result, 'passed', record.summary);
    assert.equal(record.backup?.format, 'directory');
    const corrupt = (await bench.run({ scenario: 'newest-corrupt' })).record;
    assert.equal(corrupt.result, 'passed', corrupt.summary);
  });

  it('blames no upload in parts for a sum of which the store does not say what it is over', async () => {
    const Key = name(3);
    const upload = { Bucket: 'vault', Key, ChecksumAlgorithm: 'CRC32' } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
    const Parts = [];
    for (const [index, Body] of [dump.subarray(0, 5 * 1024 * 1024), dump.subarray(5 * 1024 * 1024)].entries()) {
      const part = { ...upload, UploadId, PartNumber: index + 1 };
      const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...part, Body }));
      Parts.push({ ETag, PartNumber: index + 1, ChecksumCRC32 });
    }
    await s3.send(new CompleteMultipartUploadCommand({ Bucket: 'vault', Key, UploadId, MultipartUpload: { Parts } }));
    const { record } = await bench.run({ level: 2 });
    assert.notEqual(record.result, 'failed', record.summary);
    assert.notEqual(record.backup?.checksum?.state, 'mismatched');
  });

  it('takes the backup before the newest where that one is missing or corrupt', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: name(60), Body: dump }));
    await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: name(5), Body: dump }));
    for (const scenario of ['newest-missing', 'newest-corrupt']) {
      const { record } = await bench.run({ scenario });
      assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
      assert.equal(record.backup?.uri, `s3://vault/${name(60)}`.slice(0, -10) + (record.backup?.uri ?? '').slice(-10));
    }
  });
});
