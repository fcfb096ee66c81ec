/** Whether a tar archive is whole: pg_restore takes a member that is cut off for one that ends there, and restores half a table. */
import type { Buffer } from 'node:buffer';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { Files } from '../../core/ports.ts';
import { head } from '../streams.ts';

const BLOCK = 512;

/** Walks from header to header up to the zeros at the end. Rejects with the backup's fault where one is missing or wrong. */
export async function refuseCutTar(files: Files, path: string): Promise<void> {
  const size = (await files.info(path))?.size ?? 0;
  for (let at = 0; ;) {
    const header = await head(files.readStream(path, { start: at, end: Math.min(size, at + BLOCK) }), BLOCK);
    if (header.length < BLOCK) throw damaged(`it ends at byte ${size}, before its end mark`);
    if (header.every((byte) => byte === 0)) {
      // The end mark is two such blocks: one alone may be what a cut left of them.
      if (at + 2 * BLOCK > size) throw damaged(`it ends at byte ${size}, within its end mark`);
      return;
    }
    if (sumOf(header) !== octal(header, 148, 8)) throw damaged(`the header at byte ${at} is not right`);
    at += BLOCK + Math.ceil(sizeOf(header) / BLOCK) * BLOCK;
    if (at > size) throw damaged(`a file in it is cut off at byte ${size}`);
  }
}

function damaged(how: string): StageFault {
  return new StageFault('failed', `The backup is cut off or damaged: its tar archive is not whole, ${how}.`);
}

/** Sizes of 8 GiB and more are written as a number to the base of 256. */
function sizeOf(header: Buffer): number {
  if (((header[124] ?? 0) & 0x80) === 0) return octal(header, 124, 12);
  return Number(header.readBigUInt64BE(128));
}

function octal(header: Buffer, start: number, length: number): number {
  return Number.parseInt(
    header
      .toString('latin1', start, start + length)
      .replace(/\0.*$/su, '')
      .trim(),
    8,
  );
}

/** The sum of a header counts its own field as blanks. */
function sumOf(header: Buffer): number {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum;
}
