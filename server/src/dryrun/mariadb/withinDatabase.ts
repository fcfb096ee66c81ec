/** Stops a dump that names its database before it reaches a server of the team's: it would be loaded under that name. */
import { Buffer } from 'node:buffer';
import { StageFault } from '../../core/recovery/stageFault.ts';

const NAMES_ONE =
  /^[ \t]*(?:\/\*!\d*\s*)?(?:USE[\s`]|(?:CREATE|DROP|ALTER)\s+(?:\/\*(?:[^*\n]|\*(?!\/))*\*\/\s*)*(?:DATABASE|SCHEMA)\b)[^\n]*/imu;

/** Passes whole lines on. Rejects at the first that leaves the database. */
export async function* withinDatabase(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  const pass = (bytes: Buffer): Buffer => {
    const found = NAMES_ONE.exec(bytes.toString('latin1'))?.[0];
    if (found === undefined) return bytes;
    throw new StageFault(
      'failed',
      `The dump names its database ("${found.trim().slice(0, 80)}") and would leave the one made for it on the sandbox server; dump one database without --databases, or restore into a private sandbox.`,
      { code: 'refused' },
    );
  };
  for await (const chunk of source) {
    const end = chunk.lastIndexOf(0x0a);
    held.push(end < 0 ? chunk : chunk.subarray(0, end + 1));
    if (end < 0) continue;
    yield pass(Buffer.concat(held));
    held = [chunk.subarray(end + 1)];
  }
  if (held.length > 0) yield pass(Buffer.concat(held));
}
