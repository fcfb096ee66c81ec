/** Sums a file on a thread of its own while it is still being written, so that hashing holds up neither the network nor the disk. */
import { Worker } from 'node:worker_threads';
import type { FileSumming, SumKind } from '../core/ports.ts';

/** Progress is told this often, bytes. */
const STEP = 16 * 1024 * 1024;

/**
 * The thread's program, as text: a file of its own would have to be found again in every bundle. It reads what is told to
 * be there, and answers with the sums once the file's end was told.
 */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { closeSync, openSync, readSync } = require('node:fs');
const block = Buffer.allocUnsafeSlow(1 << 20);
const digests = workerData.kinds.map(({ algorithm, parts }) => {
  let hash = createHash(algorithm);
  if (!parts) return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') };
  const outer = createHash(algorithm);
  let index = 0;
  let left = parts[0];
  return {
    update: (bytes) => {
      while (bytes.length > 0 && index < parts.length) {
        const taken = bytes.subarray(0, left);
        hash.update(taken);
        left -= taken.length;
        bytes = bytes.subarray(taken.length);
        if (left > 0) continue;
        outer.update(hash.digest());
        hash = createHash(algorithm);
        left = parts[++index];
      }
    },
    hex: () => outer.digest('hex'),
  };
});
const file = openSync(workerData.path, 'r');
let at = 0;
let told = 0;
parentPort.on('message', ({ reached, last }) => {
  while (at < reached) {
    const count = readSync(file, block, 0, Math.min(block.length, reached - at), at);
    if (count === 0) throw new Error('The file ended at ' + at + ' of ' + reached + ' bytes.');
    for (const digest of digests) digest.update(block.subarray(0, count));
    at += count;
    if (at - told >= workerData.step) parentPort.postMessage((told = at));
  }
  if (!last) return;
  closeSync(file);
  parentPort.postMessage(digests.map((digest) => digest.hex()));
  parentPort.close();
});
`;

/** Starts summing `path`; the file must be there. */
export function sumFile(path: string, kinds: readonly SumKind[], onProgress?: (bytes: number) => void): FileSumming {
  const workerData = { path, kinds, step: STEP };
  const worker = new Worker(PROGRAM, { eval: true, workerData, execArgv: [], env: {} });
  const sums = new Promise<readonly string[]>((resolve, reject) => {
    worker.on('message', (message: number | readonly string[]) => {
      if (typeof message === 'number') onProgress?.(message);
      else resolve(message);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread that sums a file ended early.')));
  });
  // Where the file's writing fails nobody asks for the sums any more.
  sums.catch(() => undefined);
  return {
    reached: (bytes) => worker.postMessage({ reached: bytes }),
    finish: async (bytes) => {
      worker.postMessage({ reached: bytes, last: true });
      return await sums;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}
