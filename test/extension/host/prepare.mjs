/** Packs the extension, unpacks it where a host can load it from, and bundles the suites. */
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packageVsix } from '../../../scripts/package-vsix.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');

/** What is tested is what is packed: the folder `extension` is the content of the .vsix. */
export async function prepareExtension() {
  const given = process.env['DRILLBOOK_EXTENSION_FOLDER'];
  if (given === undefined && !existsSync(join(root, 'dist/stub.cjs'))) {
    const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' });
    if (built.status !== 0) throw new Error('The build failed; the extension cannot be tested.');
  }
  const temporary = mkdtempSync(join(tmpdir(), 'drillbook-extension-'));
  const vsix = join(temporary, 'drillbook.vsix');
  packageVsix(vsix, given);
  await unzip(vsix, join(temporary, 'unpacked'));
  const extension = join(temporary, 'unpacked/extension');
  const tests = join(temporary, 'tests');
  await build({
    absWorkingDir: root,
    entryPoints: ['index', 'trusted', 'untrusted', 'bench', 'benchTheirs'].map(
      (name) => `test/extension/suite/${name}.ts`,
    ),
    outdir: tests,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
    // Mocha finds its own files at run time, so it stays a package: named by its place.
    plugins: [
      {
        name: 'mocha',
        setup(bundler) {
          bundler.onResolve({ filter: /^mocha$/ }, () => ({
            path: join(root, 'node_modules/mocha/index.js'),
            external: true,
          }));
        },
      },
    ],
  });
  await build({
    absWorkingDir: root,
    entryPoints: { index: 'test/extension/web/index.ts' },
    // The web host serves tests only from below the extension.
    outdir: join(extension, 'tests-web'),
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    // Mocha's browser build takes `module.exports` for itself: what counts is set last.
    format: 'iife',
    globalName: 'drillbookWebTests',
    footer: { js: 'module.exports = drillbookWebTests;' },
    external: ['vscode'],
    define: { 'process.env.NODE_ENV': '"test"' },
    logLevel: 'error',
  });
  return { temporary, vsix, extension, tests };
}

/** A .vsix is a zip: unpacked by the library that VS Code's packer brings. */
function unzip(file, folder) {
  const require = createRequire(createRequire(join(root, 'package.json')).resolve('@vscode/vsce/package.json'));
  const yauzl = require('yauzl');
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('error', reject).on('end', resolve);
      zip.on('entry', (entry) => {
        if (entry.fileName.endsWith('/')) return zip.readEntry();
        zip.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          const target = join(folder, entry.fileName);
          mkdirSync(dirname(target), { recursive: true });
          pipeline(stream, createWriteStream(target)).then(() => zip.readEntry(), reject);
        });
      });
      zip.readEntry();
    });
  });
}
