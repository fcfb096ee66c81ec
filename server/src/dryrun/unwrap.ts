/** Tells by its first bytes how a backup is wrapped (compressed, encrypted), and takes the wrapping off as a stream. */
import { Buffer } from 'node:buffer';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { BackupPlan, RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { decrypt, programOf, type Encryption } from './decrypt.ts';
import type { EnginePorts } from './ports.ts';
import { throughTool } from './tool.ts';

export type Wrapping = 'gzip' | 'zstd' | 'lz4' | 'xz' | 'bzip2' | Encryption;

const COMPRESSIONS: ReadonlySet<string> = new Set(['gzip', 'zstd', 'lz4', 'xz', 'bzip2']);

export function isCompression(wrapping: Wrapping): wrapping is Exclude<Wrapping, Encryption> {
  return COMPRESSIONS.has(wrapping);
}

/** The outermost wrapping of these first bytes, or undefined. */
export function wrappingOf(bytes: Buffer): Wrapping | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (bytes.length >= 4) {
    const magic = bytes.readUInt32LE(0);
    if (magic === 0xfd2fb528) return 'zstd';
    if (magic === 0x184d2204) return 'lz4';
  }
  const text = bytes.toString('latin1', 0, 40);
  if (text.startsWith('\xfd7zXZ\0')) return 'xz';
  if (/^BZh[1-9]/u.test(text)) return 'bzip2';
  if (text.startsWith('age-encryption.org/') || text.startsWith('-----BEGIN AGE ENCRYPTED FILE-----')) return 'age';
  if (text.startsWith('Salted__')) return 'openssl';
  if (text.startsWith('-----BEGIN PGP MESSAGE-----')) return 'gpg';
  return isOpenPgp(bytes) ? 'gpg' : undefined;
}

/** Whether it begins with an encrypted session key (RFC 9580); one byte alone would be found in any random file. */
function isOpenPgp(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  const isNew = (first & 0xc0) === 0xc0;
  const tag = isNew ? first & 0x3f : (first & 0x3c) >> 2;
  if ((first & 0x80) === 0 || (tag !== 1 && tag !== 3)) return false;
  const kind = first & 3;
  // Lengths of one, two or five bytes stand before the packet's version.
  const at = isNew ? (second < 192 ? 2 : second < 224 ? 3 : 6) : kind === 0 ? 2 : kind === 1 ? 3 : 5;
  const version = bytes[at] ?? 0;
  if (tag === 3) return version >= 4 && version <= 6 && (bytes[at + 1] ?? 0) <= 13;
  return version === 6 || (version === 3 && [1, 2, 16, 18, 25].includes(bytes[at + 9] ?? 0));
}

/** Takes one wrapping off. A wrong key or a damaged stream is the backup's fault; a missing program the sandbox's. */
export async function unwrap(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  wrapping: Wrapping,
  source: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  if (wrapping === 'gzip') return gunzip(source);
  if (isCompression(wrapping)) {
    const program = await programOf(ports, wrapping, `the backup is compressed with ${wrapping}`);
    return throughTool(ports, run, program, wrapping === 'zstd' ? ['-dcq', '--long=31'] : ['-dc'], source, {
      fault: (message) =>
        new StageFault('failed', `The backup can't be decompressed: ${wrapping} says "${short(message)}".`),
    });
  }
  return await decrypt(ports, run, backup, wrapping, source);
}

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: 256 * 1024 });
  const input = Readable.from(source, { objectMode: false, highWaterMark: 256 * 1024 });
  let broken: Error | null | undefined;
  pipeline(input, unzip, (error) => (broken = error));
  try {
    for await (const chunk of unzip) yield chunk as Buffer;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof StageFault || broken instanceof StageFault) throw error;
    if (error instanceof Error && 'code' in error && /^Z_/u.test(String(error.code))) {
      throw new StageFault(
        'failed',
        `The backup can't be decompressed: ${/unexpected end of file/u.test(message) ? 'its gzip stream is cut off' : `its gzip stream is damaged (${message})`}.`,
      );
    }
    throw error;
  }
}

function short(text: string): string {
  return text.trim().split('\n').slice(-2).join(' ').slice(0, 300);
}
