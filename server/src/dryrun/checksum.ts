/** Checksums in the same pass as reading: what was promised, composites part by part, or else the SHA-256. */
import { Buffer } from 'node:buffer';
import type { ChecksumRecord } from '../core/recovery/record.ts';
import { makeDigest, sha256, type Digest } from './digests.ts';
import type { PromisedChecksum } from './stores/store.ts';

export interface Summing {
  readonly add: (chunk: Uint8Array) => void;
  /** What came out, compared with the promise. */
  finish(): ChecksumRecord;
  readonly bytes: () => number;
}

/** Sums what passes `add`: as promised where that can be compared, else the SHA-256. */
export function summing(promised: PromisedChecksum | undefined): Summing {
  let bytes = 0;
  const usable = promised?.unusable === undefined ? digestOf(promised) : undefined;
  const digest = usable ?? sha256();
  return {
    bytes: () => bytes,
    add: (chunk) => {
      bytes += chunk.byteLength;
      digest.update(chunk);
    },
    finish: () => {
      if (!promised) return { algorithm: 'sha256', value: digest.hex(), state: 'computed' };
      const { algorithm, value, source } = promised;
      if (!usable) return { algorithm, value, state: 'unknown', source };
      const actual = usable.hex();
      return { algorithm, value: actual, state: actual === value.toLowerCase() ? 'matched' : 'mismatched', source };
    },
  };
}

function digestOf(promised: PromisedChecksum | undefined): Digest | undefined {
  if (!promised || !makeDigest(promised.algorithm)) return undefined;
  return promised.parts ? composite(promised.algorithm, promised.parts) : makeDigest(promised.algorithm);
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

/** A sum and a path; what is longer was written to keep us busy. */
const LONGEST_LINE = 8192;

/** Reads a sidecar: `hex`, `hex  name`, or a list of such lines in which `name` is looked for. */
export function readSidecar(
  text: string,
  name: string,
): { readonly algorithm: string; readonly value: string } | undefined {
  const lines = text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line.length < LONGEST_LINE && !line.startsWith('#'));
  const parsed = lines.flatMap((line) => {
    const bsd = /^(MD5|SHA1|SHA256|SHA384|SHA512)\s*\((.+)\)\s*=\s*([0-9a-f]+)$/iu.exec(line);
    if (bsd) return [{ value: bsd[3] ?? '', file: bsd[2] ?? '' }];
    const plain = /^\\?([0-9a-f]{32,128})(?:\s+\*?(.+))?$/iu.exec(line);
    return plain ? [{ value: plain[1] ?? '', file: plain[2] ?? '' }] : [];
  });
  const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const found = parsed.find((each) => base(each.file) === base(name)) ?? (parsed.length === 1 ? parsed[0] : undefined);
  const algorithm = { 32: 'md5', 40: 'sha1', 64: 'sha256', 96: 'sha384', 128: 'sha512' }[found?.value.length ?? 0];
  return found && algorithm !== undefined ? { algorithm, value: found.value.toLowerCase() } : undefined;
}
