/** What an object store promises of an object's bytes, and what the bytes say to it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as s3 from '@aws-sdk/client-s3';
import { readSidecar, summing } from '../../server/src/dryrun/checksum.ts';
import { objectChecksum } from '../../server/src/dryrun/stores/objectChecksum.ts';

describe('checksums that a store keeps', () => {
  const client = new s3.S3Client({ region: 'us-east-1' });
  const { signal } = new AbortController();
  const target = { Bucket: 'vault', Key: 'a' };
  const bytes = Buffer.from('123456789');

  it('compares the CRC-64 that S3 keeps of objects by default, over the whole even of an upload in parts', async () => {
    const value = 'ae8b14860a799888';
    const kept = Buffer.from(value, 'hex').toString('base64');
    for (const more of [{}, { ETag: '"0123-3"', ChecksumType: 'FULL_OBJECT' }]) {
      const promised = await objectChecksum(s3, client, target, { ChecksumCRC64NVME: kept, ...more }, signal);
      assert.deepEqual(promised, { algorithm: 'crc64nvme', value, source: 'object checksum' });
      const right = summing(promised);
      right.add(bytes.subarray(0, 4));
      right.add(bytes.subarray(4));
      assert.equal(right.bytes(), 9);
      assert.deepEqual(right.finish(), { algorithm: 'crc64nvme', value, state: 'matched', source: 'object checksum' });
      const wrong = summing(promised);
      wrong.add(bytes.subarray(1));
      assert.equal(wrong.finish().state, 'mismatched');
    }
  });

  it('compares the tag that is an MD5, and leaves any that is none, or may be none', async () => {
    const value = createHash('md5').update(bytes).digest('hex');
    const tag = { ETag: `"${value}"` };
    for (const head of [tag, { ...tag, ServerSideEncryption: 'AES256' }]) {
      const promised = await objectChecksum(s3, client, target, head, signal);
      assert.deepEqual(promised, { algorithm: 'md5', value, source: 'ETag' });
      const [right, wrong] = [summing(promised), summing(promised)];
      right.add(bytes);
      wrong.add(bytes.subarray(1));
      assert.deepEqual([right.finish().state, wrong.finish().state], ['matched', 'mismatched']);
    }
    for (const head of [
      { ETag: `"${value}-1"` },
      { ETag: `W/"${value}"` },
      { ETag: `"${value.toUpperCase()}"` },
      { ETag: '"4c6f6e67"' },
      { ...tag, ServerSideEncryption: 'aws:kms' },
      { ...tag, ServerSideEncryption: 'aws:kms:dsse' },
      { ...tag, SSEKMSKeyId: 'arn:aws:kms:eu-west-1:1:key/a' },
      { ...tag, SSECustomerAlgorithm: 'AES256' },
    ])
      assert.equal(await objectChecksum(s3, client, target, head, signal), undefined, JSON.stringify(head));
    const directory = { Bucket: 'vault--euw1-az1--x-s3', Key: 'a' };
    assert.equal(await objectChecksum(s3, client, directory, tag, signal), undefined);
  });

  it('are read from a file beside the backup in time, whatever is in it', () => {
    const sum = 'a'.repeat(64);
    assert.deepEqual(readSidecar(`${sum}  data.bin \r\n`, 'data.bin'), { algorithm: 'sha256', value: sum });
    assert.deepEqual(readSidecar(`SHA256 (data.bin) = ${sum}\n`, 'data.bin'), { algorithm: 'sha256', value: sum });
    for (const line of [`${sum} x${' '.repeat(1_000_000)}y`, `SHA256 (${') '.repeat(400_000)}`])
      assert.equal(readSidecar(line, 'data.bin'), undefined);
  });

  it('takes the hash before the weaker sums, and says unknown of a sum that it does not know', async () => {
    const sums = { ChecksumSHA256: Buffer.alloc(32).toString('base64'), ChecksumCRC64NVME: 'AAAAAAAAAAA=' };
    assert.equal((await objectChecksum(s3, client, target, sums, signal))?.algorithm, 'sha256');
    const strange = summing({ algorithm: 'xxh3', value: '00', source: 'object checksum' });
    strange.add(bytes);
    assert.deepEqual(strange.finish(), { algorithm: 'xxh3', value: '00', state: 'unknown', source: 'object checksum' });
    assert.equal(summing(undefined).finish().state, 'computed');
  });
});
