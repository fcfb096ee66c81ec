/**
 * Packs the built extension into out/drillbook-VERSION.vsix: `node scripts/package-vsix.mjs [--out FILE]`.
 *
 * Holds the package to what is promised: nothing but the listed files, under 3 MB, the same bytes for the same commit
 * (SOURCE_DATE_EPOCH; without it, the time of the commit).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MOST_BYTES = 3 * 1024 * 1024;
const NEEDED = [
  'dist/stub.cjs',
  'dist/client.cjs',
  'dist/main.js',
  'dist/client.web.js',
  'dist/server.web.js',
  'media/icon.png',
];

/** Seconds since 1970 of the commit that is checked out; a fixed day outside of a repository. */
function commitTime() {
  const git = spawnSync('git', ['-C', root, 'log', '-1', '--format=%ct'], { encoding: 'utf8' });
  return git.status === 0 && git.stdout.trim() !== '' ? git.stdout.trim() : '1767225600';
}

/** Packs the built tree in `from`, and returns the file with its size and hash; throws where a promise is broken. */
export function packageVsix(file, from = root) {
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const out = resolve(root, file ?? `out/drillbook-${version}.vsix`);
  const missing = NEEDED.filter((name) => !existsSync(join(from, name)));
  if (missing.length > 0) throw new Error(`Build first (npm run build): ${missing.join(', ')} is missing.`);
  mkdirSync(dirname(out), { recursive: true });
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
    '--out',
    out,
  ];
  const result = spawnSync(process.execPath, [vsce, ...args], {
    cwd: from,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: process.env['SOURCE_DATE_EPOCH'] ?? commitTime() },
  });
  if (result.status !== 0)
    throw new Error(`vsce package ended with ${result.status}:\n${result.stdout}${result.stderr}`);
  const bytes = statSync(out).size;
  if (bytes > MOST_BYTES) throw new Error(`${out} has ${bytes} bytes; at most ${MOST_BYTES} are promised.`);
  return { file: out, bytes, sha256: createHash('sha256').update(readFileSync(out)).digest('hex') };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const index = process.argv.indexOf('--out');
  const packed = packageVsix(index === -1 ? undefined : process.argv[index + 1]);
  console.log(`${packed.file}: ${(packed.bytes / 1024).toFixed(0)} KiB, sha256 ${packed.sha256}`);
}
