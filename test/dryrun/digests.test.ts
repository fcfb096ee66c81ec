/** The sums that object stores keep, held to published values and to sums taken byte by byte. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { makeDigest } from '../../server/src/dryrun/digests.ts';

const CHECK = Buffer.from('123456789');

function sum(algorithm: string, ...chunks: readonly Uint8Array[]): string {
  const digest = makeDigest(algorithm);
  assert.ok(digest);
  for (const chunk of chunks) digest.update(chunk);
  return digest.hex();
}

describe('digests', () => {
  it('gives the check values of the cyclic sums', () => {
    assert.equal(sum('crc32', CHECK), 'cbf43926');
    assert.equal(sum('crc32c', CHECK), 'e3069283');
    assert.equal(sum('crc64nvme', CHECK), 'ae8b14860a799888');
    assert.equal(sum('crc64nvme'), '0000000000000000');
    assert.equal(sum('crc32c', Buffer.alloc(32, 0xff)), '62a8ab43');
    assert.equal(makeDigest('crc16'), undefined);
  });

  it('is the same however the bytes are cut', () => {
    const bytes = randomBytes(1000);
    for (const algorithm of ['crc32', 'crc32c', 'crc64nvme', 'sha256']) {
      const whole = sum(algorithm, bytes);
      assert.equal(sum(algorithm, ...Array.from(bytes, (_each, index) => bytes.subarray(index, index + 1))), whole);
      assert.equal(sum(algorithm, bytes.subarray(0, 333), bytes.subarray(333, 340), bytes.subarray(340)), whole);
    }
  });
});
