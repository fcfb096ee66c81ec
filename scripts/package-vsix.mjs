/**
 * Packs the built extension into out/drillbook-VERSION.vsix: `node scripts/package-vsix.mjs [--out FILE]`.
 *
 * Holds the package to what is promised: nothing but the listed files, under 3 MB, the same bytes for the same commit
 * (SOURCE_DATE_EPOCH; without it, the time of the commit).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { forbidden, noticeText, packagesIn } from './build/notices.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MOST_BYTES = 3 * 1024 * 1024;
const NEEDED = [
  'dist/stub.cjs',
  'dist/client.cjs',
  'dist/main.js',
  'dist/package.json',
  'dist/client.web.js',
  'dist/server.web.js',
  'media/icon.png',
];

const NOTICES = 'THIRD-PARTY-NOTICES.txt';
/** The bundles whose parts ship, as the build described them. */
const BUNDLES = ['client', 'client-web', 'program', 'server-web'];

/** Writes the licences of what is bundled; a tree that brings its own keeps it. Throws where one does not permit it. */
function writeNotices(from, folder) {
  if (existsSync(join(from, NOTICES))) {
    cpSync(join(from, NOTICES), join(folder, NOTICES));
    return;
  }
  const built = existsSync(join(from, 'out')) ? from : root;
  const files = BUNDLES.map((name) => join(built, 'out', `build-${name}.json`));
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`Build first (npm run build): ${missing.join(', ')} is missing.`);
  const packages = packagesIn(
    built,
    files.map((file) => JSON.parse(readFileSync(file, 'utf8'))),
  );
  const refused = forbidden(packages);
  if (refused.length > 0) throw new Error(`These licences don't permit shipping: ${refused.join(', ')}.`);
  writeFileSync(join(folder, NOTICES), noticeText(packages));
}

/** What is handed to the packer; .vscodeignore lists what of it ships. */
const SHIPPED = [
  '.vscodeignore',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'language-configuration.json',
  'dist',
  'docs/rules',
  'media',
  'snippets',
  'syntaxes',
];

/** Seconds since 1970 of the commit that is checked out; a fixed day outside of a repository. */
function commitTime() {
  const git = spawnSync('git', ['-C', root, 'log', '-1', '--format=%ct'], { encoding: 'utf8' });
  return git.status === 0 && git.stdout.trim() !== '' ? git.stdout.trim() : '1767225600';
}

/**
 * Copies what ships into a folder of its own. Its manifest has no `type`: with `"module"` the extension host of a
 * browser refuses our CommonJS. Nor has it what only a checkout needs.
 */
function stage(from, folder) {
  for (const name of SHIPPED.filter((each) => existsSync(join(from, each)))) {
    cpSync(join(from, name), join(folder, name), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  for (const key of ['type', 'scripts', 'devDependencies', 'dependencies', 'bin', 'files']) delete manifest[key];
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Packs the built tree in `from`, and returns the file with its size and hash; throws where a promise is broken. */
export function packageVsix(file, from = root) {
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const out = resolve(root, file ?? `out/drillbook-${version}.vsix`);
  const missing = NEEDED.filter((name) => !existsSync(join(from, name)));
  if (missing.length > 0) throw new Error(`Build first (npm run build): ${missing.join(', ')} is missing.`);
  mkdirSync(dirname(out), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-vsix-'));
  try {
    stage(from, folder);
    writeNotices(from, folder);
    const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
    const args = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--no-rewrite-relative-links'];
    const result = spawnSync(process.execPath, [vsce, 'package', ...args, '--out', out], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, SOURCE_DATE_EPOCH: process.env['SOURCE_DATE_EPOCH'] ?? commitTime() },
    });
    if (result.status !== 0) {
      throw new Error(`vsce package ended with ${result.status}:\n${result.stdout}${result.stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const bytes = statSync(out).size;
  if (bytes > MOST_BYTES) throw new Error(`${out} has ${bytes} bytes; at most ${MOST_BYTES} are promised.`);
  return { file: out, bytes, sha256: createHash('sha256').update(readFileSync(out)).digest('hex') };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const index = process.argv.indexOf('--out');
  const packed = packageVsix(index === -1 ? undefined : process.argv[index + 1]);
  console.log(`${packed.file}: ${(packed.bytes / 1024).toFixed(0)} KiB, sha256 ${packed.sha256}`);
}
