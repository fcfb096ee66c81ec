/** Checksums in the same pass as reading: SHA-256 always, what was promised beside it, composites part by part. */
import { Buffer } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import type { SumKind } from '../core/ports.ts';
import type { ChecksumRecord } from '../core/recovery/record.ts';
import type { PromisedChecksum } from './stores/store.ts';

export interface Summing {
  readonly add: (chunk: Uint8Array) => void;
  /** What came out, compared with the promise. */
  finish(): ChecksumRecord;
  readonly bytes: () => number;
}

interface Digest {
  update(chunk: Uint8Array): void;
  hex(): string;
}

const HASHES = new Set(['sha256', 'sha512', 'sha1', 'md5', 'sha384']);

/** Sums what passes `add`. Without a promise the SHA-256 is recorded as computed. */
export function summing(promised: PromisedChecksum | undefined): Summing {
  let bytes = 0;
  const whole = createHash('sha256');
  const separate = separateOf(promised);
  const comparison = separate
    ? separate.parts
      ? composite(separate.algorithm, separate.parts)
      : makeDigest(separate.algorithm)
    : undefined;
  return {
    bytes: () => bytes,
    add: (chunk) => {
      bytes += chunk.byteLength;
      whole.update(chunk);
      comparison?.update(chunk);
    },
    finish: () => compared(promised, [whole.digest('hex'), ...(comparison ? [comparison.hex()] : [])]),
  };
}

/** The sums that `compared` wants, for a thread that knows only Node's hashes; undefined where it would need others. */
export function sumKinds(promised: PromisedChecksum | undefined): readonly SumKind[] | undefined {
  const separate = separateOf(promised);
  if (!separate) return [{ algorithm: 'sha256' }];
  return HASHES.has(separate.algorithm) ? [{ algorithm: 'sha256' }, separate] : undefined;
}

/** What sums (the SHA-256 first, then the one of `sumKinds` besides) say of the promise. */
export function compared(promised: PromisedChecksum | undefined, sums: readonly string[]): ChecksumRecord {
  const [sum = '', separate] = sums;
  if (!promised) return { algorithm: 'sha256', value: sum, state: 'computed' };
  const { algorithm, value, source } = promised;
  if (!isUsable(promised)) return { algorithm, value, state: 'unknown', source };
  const actual = separate ?? sum;
  return { algorithm, value: actual, state: actual === value.toLowerCase() ? 'matched' : 'mismatched', source };
}

/** What must be summed besides the SHA-256 of the whole. */
function separateOf(promised: PromisedChecksum | undefined): SumKind | undefined {
  if (!promised || !isUsable(promised)) return undefined;
  const { algorithm, parts } = promised;
  if (parts === undefined && algorithm === 'sha256') return undefined;
  return { algorithm, ...(parts === undefined ? {} : { parts }) };
}

function isUsable(promised: PromisedChecksum): boolean {
  return promised.unusable === undefined && makeDigest(promised.algorithm) !== undefined;
}

function makeDigest(algorithm: string): Digest | undefined {
  if (HASHES.has(algorithm)) {
    const hash: Hash = createHash(algorithm);
    return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') };
  }
  if (algorithm === 'crc32') return cyclic(0xedb88320);
  return algorithm === 'crc32c' ? cyclic(0x82f63b78) : undefined;
}

/** The hash over the parts' hashes, as a multipart upload keeps it. */
function composite(algorithm: string, parts: readonly number[]): Digest {
  const hexes: string[] = [];
  let index = 0;
  let left = parts[0] ?? 0;
  let current = makeDigest(algorithm);
  return {
    update: (chunk) => {
      let rest = chunk;
      while (rest.byteLength > 0 && current) {
        const taken = rest.subarray(0, left);
        current.update(taken);
        left -= taken.byteLength;
        rest = rest.subarray(taken.byteLength);
        if (left > 0) continue;
        hexes.push(current.hex());
        index += 1;
        left = parts[index] ?? 0;
        current = index < parts.length ? makeDigest(algorithm) : undefined;
      }
    },
    hex: () => {
      const outer = makeDigest(algorithm);
      outer?.update(Buffer.from(hexes.join(''), 'hex'));
      return outer?.hex() ?? '';
    },
  };
}

function cyclic(polynomial: number): Digest {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[index] = value >>> 0;
  }
  let value = 0xffffffff;
  return {
    update: (chunk) => {
      for (const byte of chunk) value = ((table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)) >>> 0;
    },
    hex: () => ((value ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0'),
  };
}

/** Reads a sidecar: `hex`, `hex  name`, or a list of such lines in which `name` is looked for. */
export function readSidecar(
  text: string,
  name: string,
): { readonly algorithm: string; readonly value: string } | undefined {
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const parsed = lines.flatMap((line) => {
    const bsd = /^(MD5|SHA1|SHA256|SHA384|SHA512)\s*\((.+)\)\s*=\s*([0-9a-f]+)\s*$/iu.exec(line);
    if (bsd) return [{ value: bsd[3] ?? '', file: bsd[2] ?? '' }];
    const plain = /^\s*\\?([0-9a-f]{32,128})(?:\s+\*?(.+?))?\s*$/iu.exec(line);
    return plain ? [{ value: plain[1] ?? '', file: plain[2] ?? '' }] : [];
  });
  const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const found = parsed.find((each) => base(each.file) === base(name)) ?? (parsed.length === 1 ? parsed[0] : undefined);
  const algorithm = { 32: 'md5', 40: 'sha1', 64: 'sha256', 96: 'sha384', 128: 'sha512' }[found?.value.length ?? 0];
  return found && algorithm !== undefined ? { algorithm, value: found.value.toLowerCase() } : undefined;
}
