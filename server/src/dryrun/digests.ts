/** The sums that backups are kept with: hashes, and the cyclic ones that object stores keep. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface Digest {
  update(chunk: Uint8Array): void;
  hex(): string;
}

const HASHES = new Set(['sha256', 'sha512', 'sha1', 'md5', 'sha384']);
/** Tables of the bytes that are taken at once. */
const SLICES = 8;

export function sha256(): Digest {
  return hashed('sha256');
}

/** Undefined for a sum that is not known. */
export function makeDigest(algorithm: string): Digest | undefined {
  if (HASHES.has(algorithm)) return hashed(algorithm);
  if (algorithm === 'crc32') return crc32Digest();
  if (algorithm === 'crc32c') return cyclic32(0x82f63b78);
  return algorithm === 'crc64nvme' ? cyclic64(0x9a6c9329, 0xac4bc9b5) : undefined;
}

function hashed(algorithm: string): Digest {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') };
}

function crc32Digest(): Digest {
  let value = 0;
  return { update: (chunk) => void (value = crc32(chunk, value)), hex: () => hex32(value) };
}

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** Eight bytes at a time, by a table for each: byte by byte it would be the slowest part of a download. */
function cyclic32(polynomial: number): Digest {
  const table = tablesOf(0, polynomial).low;
  const at = (slice: number, index: number): number => table.getInt32((slice << 10) | ((index & 0xff) << 2), true);
  let value = -1;
  return {
    update: (chunk) => {
      const bytes = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const whole = chunk.byteLength - (chunk.byteLength % SLICES);
      let sum = value;
      for (let from = 0; from < whole; from += SLICES) {
        const one = sum ^ bytes.getInt32(from, true);
        const two = bytes.getInt32(from + 4, true);
        sum =
          at(7, one) ^
          at(6, one >>> 8) ^
          at(5, one >>> 16) ^
          at(4, one >>> 24) ^
          at(3, two) ^
          at(2, two >>> 8) ^
          at(1, two >>> 16) ^
          at(0, two >>> 24);
      }
      for (let from = whole; from < chunk.byteLength; from++) sum = at(0, sum ^ bytes.getUint8(from)) ^ (sum >>> 8);
      value = sum;
    },
    hex: () => hex32(~value),
  };
}

/** The same with 64 bits, as two halves: JavaScript counts bits in 32. */
function cyclic64(polynomialHigh: number, polynomialLow: number): Digest {
  const { high, low } = tablesOf(polynomialHigh, polynomialLow);
  let upper = -1;
  let lower = -1;
  return {
    update: (chunk) => {
      const bytes = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const whole = chunk.byteLength - (chunk.byteLength % SLICES);
      let h = upper;
      let l = lower;
      for (let from = 0; from < whole; from += SLICES) {
        const one = l ^ bytes.getInt32(from, true);
        const two = h ^ bytes.getInt32(from + 4, true);
        const a = 7168 | ((one & 0xff) << 2);
        const b = 6144 | ((one >>> 6) & 0x3fc);
        const c = 5120 | ((one >>> 14) & 0x3fc);
        const d = 4096 | ((one >>> 22) & 0x3fc);
        const e = 3072 | ((two & 0xff) << 2);
        const f = 2048 | ((two >>> 6) & 0x3fc);
        const g = 1024 | ((two >>> 14) & 0x3fc);
        const i = (two >>> 22) & 0x3fc;
        h =
          high.getInt32(a, true) ^
          high.getInt32(b, true) ^
          high.getInt32(c, true) ^
          high.getInt32(d, true) ^
          high.getInt32(e, true) ^
          high.getInt32(f, true) ^
          high.getInt32(g, true) ^
          high.getInt32(i, true);
        l =
          low.getInt32(a, true) ^
          low.getInt32(b, true) ^
          low.getInt32(c, true) ^
          low.getInt32(d, true) ^
          low.getInt32(e, true) ^
          low.getInt32(f, true) ^
          low.getInt32(g, true) ^
          low.getInt32(i, true);
      }
      for (let from = whole; from < chunk.byteLength; from++) {
        const index = ((l ^ bytes.getUint8(from)) & 0xff) << 2;
        l = low.getInt32(index, true) ^ ((l >>> 8) | (h << 24));
        h = high.getInt32(index, true) ^ (h >>> 8);
      }
      upper = h;
      lower = l;
    },
    hex: () => hex32(~upper) + hex32(~lower),
  };
}

/** For each of eight bytes what it leaves of the sum, by its value; the polynomial's bits mirrored. */
function tablesOf(polynomialHigh: number, polynomialLow: number): { readonly high: DataView; readonly low: DataView } {
  const high = new DataView(new ArrayBuffer(SLICES * 1024));
  const low = new DataView(new ArrayBuffer(SLICES * 1024));
  for (let index = 0; index < 256; index++) {
    let h = 0;
    let l = index;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (l & 1) === 1;
      l = ((l >>> 1) | (h << 31)) ^ (isOdd ? polynomialLow : 0);
      h = (h >>> 1) ^ (isOdd ? polynomialHigh : 0);
    }
    high.setInt32(index << 2, h, true);
    low.setInt32(index << 2, l, true);
  }
  for (let at = 1024; at < SLICES * 1024; at += 4) {
    const h = high.getInt32(at - 1024, true);
    const l = low.getInt32(at - 1024, true);
    const index = (l & 0xff) << 2;
    high.setInt32(at, (h >>> 8) ^ high.getInt32(index, true), true);
    low.setInt32(at, ((l >>> 8) | (h << 24)) ^ low.getInt32(index, true), true);
  }
  return { high, low };
}
