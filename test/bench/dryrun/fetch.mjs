/**
 * Measures fetching a backup from a bucket into a sandbox's folder with its checksum summed on the way, beside a plain
 * download by curl and beside curl with a sum afterwards. Sizes are megabytes.
 */
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startService } from '../../../scripts/services/processes.mjs';
import { root, sizesOr, timed } from '../support/processes.mjs';
import { report, skipped } from '../support/report.mjs';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const ROUNDS = 5;
Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench-secret' });
const folder = mkdtempSync('/tmp/drillbook-bench-');
const { makeBench, openS3, stage } = await bundled();
const bench = await makeBench({});
try {
  for (const megabytes of sizesOr(50, 500)) await measure(megabytes);
} finally {
  await bench.remove();
  rmSync(folder, { recursive: true, force: true });
}

/** The rooms bundled as they ship: a loader of TypeScript in the same process would make its memory dear to collect. */
async function bundled() {
  const out = join(folder, 'fetch.mjs');
  await build({
    stdin: {
      contents: `export { makeBench } from './test/support/dryRun.ts';
        export { stage } from './server/src/dryrun/staging.ts';
        export { openS3 } from './server/src/dryrun/stores/s3.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    mainFields: ['module', 'main'],
    outfile: out,
    banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return import(pathToFileURL(out).href);
}

async function measure(megabytes) {
  const file = join(folder, `object-${megabytes}`);
  const sha256 = fill(file, megabytes);
  const store = await startService(process.execPath, [join(root, 'test/bench/dryrun/store.mjs'), file], {
    name: 'the store',
    ready: /port (\d+)/,
  });
  const endpoint = `http://127.0.0.1:${store.match[1]}`;
  const object = { key: 'object', name: 'object', bytes: megabytes * 2 ** 20, storedMs: 0 };
  const signal = new AbortController().signal;
  try {
    const s3 = await openS3(
      bench.ports,
      { kind: 'bucket', bucket: 'vault', prefix: '', region: 'eu-west-1', access: { endpoint, region: 'eu-west-1' } },
      undefined,
      false,
      signal,
    );
    const plain = [];
    const summed = [];
    const ours = [];
    let peakMB = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const copy = join(folder, 'copy');
      const curl = await timed('curl', ['-sf', '-o', copy, `${endpoint}/vault/object`]);
      if (curl.status !== 0) return skipped('fetch', `${megabytes} MB`, `curl ended with ${curl.status}`);
      plain.push((megabytes * 1000) / curl.ms);
      const sum = await timed('sha256sum', [copy]);
      summed.push((megabytes * 1000) / (curl.ms + sum.ms));
      rmSync(copy);
      const run = { signal, folder: join(folder, 'run'), owner: undefined, progress: () => undefined };
      mkdirSync(run.folder, { recursive: true });
      const began = performance.now();
      const timer = setInterval(() => (peakMB = Math.max(peakMB, process.memoryUsage.rss() / 2 ** 20)), 20);
      const staged = await stage(bench.ports, run, s3, object, {
        algorithm: 'sha256',
        value: sha256,
        source: 'the bench',
      });
      clearInterval(timer);
      ours.push((megabytes * 1000) / (performance.now() - began));
      if (staged.checksum.state !== 'matched') throw new Error(`The checksum was ${staged.checksum.state}.`);
      rmSync(run.folder, { recursive: true });
    }
    s3.close();
    report({
      bench: 'fetch',
      what: `${megabytes} MB fetched, summed and stored`,
      unit: 'MB/s',
      ours,
      beside: 'curl into a file, then sha256sum',
      theirs: summed,
    });
    report({
      bench: 'fetch',
      what: `${megabytes} MB fetched, summed and stored`,
      unit: 'MB/s',
      ours,
      beside: 'plain curl into a file',
      theirs: plain,
      leastRatio: 0.9,
      note: `peak ${Math.round(peakMB)} MB`,
    });
  } finally {
    await store.stop();
  }
}

/** A file of bytes that don't compress; returns its SHA-256. */
function fill(file, megabytes) {
  const hash = createHash('sha256');
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(2 ** 20);
  for (let index = 0; index < block.length; index += 4) block.writeUInt32LE((index * 2654435761) >>> 0, index);
  for (let index = 0; index < megabytes; index++) {
    block.writeUInt32LE(index, 0);
    writeSync(handle, block);
    hash.update(block);
  }
  closeSync(handle);
  return hash.digest('hex');
}
