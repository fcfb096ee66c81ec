/**
 * Packs the command line as an npm package into out/drillbook-VERSION.tgz: `node scripts/package-npm.mjs`.
 *
 * It is staged in a folder of its own, with nothing in it but what runs: no dependency to install, no build. Holds it to
 * what is promised: permissive licences, under 5 MB unpacked, the same bytes for the same input.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { billOfMaterials, forbidden, noticeText, packagesIn } from './build/notices.mjs';
import { npmCommand, npmPrefix } from './services/postgres.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const MOST_BYTES = 5_000_000;

/** Stages, checks and packs; returns the file with its figures. Throws where a promise is broken. */
export function packageNpm(folder = join(root, 'out')) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const metafile = join(root, 'out/build-program.json');
  if (!existsSync(metafile) || !existsSync(join(root, 'dist/main.js'))) throw new Error('Build first (npm run build).');
  const packages = packagesIn(root, [JSON.parse(readFileSync(metafile, 'utf8'))]);
  const refused = forbidden(packages);
  if (refused.length > 0) throw new Error(`These licences must not ship: ${refused.join(', ')}.`);

  const stage = join(root, 'out/npm');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, 'dist'), { recursive: true });
  const kept = [
    'name',
    'version',
    'description',
    'license',
    'type',
    'keywords',
    'repository',
    'homepage',
    'bugs',
    'author',
    'bin',
  ];
  const staged = Object.fromEntries(
    kept.filter((key) => manifest[key] !== undefined).map((key) => [key, manifest[key]]),
  );
  writeFileSync(
    join(stage, 'package.json'),
    `${JSON.stringify({ ...staged, engines: { node: manifest.engines.node } }, undefined, 2)}\n`,
  );
  const built = readdirSync(join(root, 'dist'));
  for (const name of [
    'main.js',
    'commands.mjs',
    'check-worker.js',
    'worker.mjs',
    'package.json',
    'chunks',
    ...built.filter((each) => /^(?:engine|schemas)-.*\.cjs$/.test(each)),
  ])
    cpSync(join(root, 'dist', name), join(stage, 'dist', name), { recursive: true });
  chmodSync(join(stage, 'dist/main.js'), 0o755);
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', 'schemas', 'docs/rules']) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(stage, name), { recursive: true });
  }
  // Programs read the schemas here; people read them in docs/documents.
  for (const name of readdirSync(join(stage, 'schemas'), { recursive: true })) {
    const file = join(stage, 'schemas', name);
    if (!name.endsWith('.json')) continue;
    writeFileSync(file, `${JSON.stringify(JSON.parse(readFileSync(file, 'utf8')))}\n`);
  }
  writeFileSync(join(stage, 'THIRD-PARTY-NOTICES.txt'), noticeText(packages));
  writeFileSync(join(stage, 'sbom.cdx.json'), billOfMaterials(root, manifest.version, packages));

  const unpacked = sizeOf(stage);
  if (unpacked > MOST_BYTES)
    throw new Error(`The package has ${unpacked} bytes unpacked; at most ${MOST_BYTES} are promised.`);
  mkdirSync(folder, { recursive: true });
  const packed = spawnSync(
    npmCommand(),
    [...npmPrefix(), 'pack', '--json', '--ignore-scripts', '--loglevel=error', `--pack-destination=${folder}`],
    {
      cwd: stage,
      encoding: 'utf8',
      shell: process.platform === 'win32' && npmCommand() === 'npm',
    },
  );
  if (packed.status !== 0) throw new Error(`npm pack ended with ${packed.status}:\n${packed.stderr}`);
  const file = join(folder, JSON.parse(packed.stdout)[0].filename);
  return {
    file,
    bytes: statSync(file).size,
    unpacked,
    packages: packages.length,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
  };
}

function sizeOf(path) {
  const stat = statSync(path);
  return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stat.size;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const packed = packageNpm();
  console.log(
    `${packed.file}: ${(packed.bytes / 1024).toFixed(0)} KiB, ${(packed.unpacked / 1024).toFixed(0)} KiB unpacked, parts of ${packed.packages} packages, sha256 ${packed.sha256}`,
  );
}
