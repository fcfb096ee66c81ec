/** The program of the look-up thread: what a look-up needs of the platform is this thread's own, so that the editor's does none of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveLookups } from '../live/worker.ts';
import { createCache } from '../platform/cache.ts';
import { createClock } from '../platform/clock.ts';
import { createFiles } from '../platform/files.ts';
import { createSecrets } from '../platform/secrets.ts';
import type { DriftThreadData } from './nodeDrift.ts';

if (parentPort) {
  const { cacheFolder } = workerData as DriftThreadData;
  const files = createFiles();
  serveLookups(parentPort, {
    clock: createClock(),
    files,
    // Asked only where the workspace is trusted: the host sees to that before it starts the thread.
    secretsOf: (root) => createSecrets({ trusted: () => true, folder: root ?? process.cwd() }),
    cacheOf: (redact) => createCache(files, cacheFolder, redact),
  });
}
