/** The proxy before the emulated AWS as a process of its own, so that its work is not in the figures of who measures. */
import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startProxy } from './proxy.mjs';

const OWN = fileURLToPath(import.meta.url);

/** Starts it at the lowest priority: a cloud is another machine, and takes no core from the editor's. */
export async function forkProxy(port, bucketRegions, delayMs) {
  const child = fork(OWN, [], { stdio: 'inherit' });
  setPriority(child.pid, constants.priority.PRIORITY_LOW);
  child.send({ port, bucketRegions: [...bucketRegions], delayMs });
  const url = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`The proxy ended with status ${code}.`)));
  });
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}

if (process.argv[1] === OWN) {
  process.once('message', async ({ port, bucketRegions, delayMs }) => {
    const proxy = await startProxy(port, new Map(bucketRegions));
    proxy.delayMs = delayMs;
    process.send(proxy.url);
  });
}
