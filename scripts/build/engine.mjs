/**
 * The engine: everything that `check` needs, as one script whose compiled code can be kept (Node 20 keeps none of ES modules).
 * The rest of the program takes these modules out of the engine, so that nothing is there twice.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ENTRIES = ['server/src/cli/checkProgram.ts', 'server/src/cli/checkThread.ts'];
const LOADER = 'server/src/platform/keptCode.ts';
const NAME = 'drillbook-engine';

/** Modules of Node that few runs of `check` touch, and that take it milliseconds to load: theirs are loaded when first called. */
const SELDOM = [
  ...['child_process', 'crypto', 'fs/promises', 'net', 'readline/promises', 'timers/promises', 'worker_threads'],
];
const LAZY_BUILTINS = {
  name: 'lazy-builtins',
  setup(bundle) {
    bundle.onResolve({ filter: new RegExp(`^node:(?:${SELDOM.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'lazy' ? { path, external: true } : { path, namespace: 'lazy', sideEffects: false },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => {
      const functions = Object.entries(process.getBuiltinModule(path)).filter(
        ([, value]) => typeof value === 'function',
      );
      const called = (name) => `require('${path}').${name}(...args)`;
      const each = functions.map(([key, value]) =>
        /^class\b/.test(Function.prototype.toString.call(value))
          ? `export function ${key}(...args) { return new (require('${path}').${key})(...args); }\n`
          : `export const ${key} = (...args) => ${called(key)};\n`,
      );
      const constants = path === 'node:fs/promises' ? `export { constants } from 'node:fs';\n` : '';
      return { contents: each.join('') + constants, loader: 'js' };
    });
  },
};

/**
 * Builds it into `out`. @returns its metafile, and the plugin that gives the other bundles its modules.
 * `options` are those of every bundle, without entries.
 */
export async function buildEngine(root, out, options) {
  const common = {
    ...options,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // One byte a character: read without decoding, and half the memory.
    charset: 'ascii',
    supported: { 'dynamic-import': false },
    metafile: true,
    plugins: [LAZY_BUILTINS],
  };
  const first = await build({ ...common, entryPoints: ENTRIES, outdir: out, write: false });
  const shared = sharedModules(first.metafile);
  const stdin = {
    contents: shared
      .map((file, index) => `import * as m${index} from './${file}';\nexports['${file}'] = m${index};\n`)
      .join(''),
    resolveDir: root,
    loader: 'js',
  };
  const made = await build({ ...common, stdin, outfile: join(out, 'engine.cjs'), write: false });
  const text = made.outputFiles.find((each) => each.path.endsWith('engine.cjs')).contents;
  const name = `engine-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.cjs`;
  writeFileSync(join(out, name), text);
  for (const map of made.outputFiles.filter((each) => each.path.endsWith('.map')))
    writeFileSync(map.path, map.contents);
  const exported = createRequire(import.meta.url)(join(out, name));
  return { metafile: made.metafile, bytes: text.length, plugin: pluginOf(root, name, exported) };
}

/** Our own modules that the entries import in whatever way but lazily. */
function sharedModules({ inputs }) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path, kind, external } of inputs[file].imports)
      if (kind === 'import-statement' && external !== true) visit(path);
  };
  ENTRIES.forEach(visit);
  return [...seen].filter((file) => file.startsWith('server/src/')).sort();
}

/** In place of each module of the engine: its names, taken out of the engine. */
function pluginOf(root, name, exported) {
  return {
    name: NAME,
    setup(bundle) {
      bundle.onResolve({ filter: new RegExp(`^${NAME}$`) }, () => ({
        path: NAME,
        namespace: NAME,
        sideEffects: false,
      }));
      bundle.onLoad({ filter: /.*/, namespace: NAME }, () => ({
        // What one file takes is worth keeping, and what a server is started for; the other commands would fill it up.
        contents: `import { runKept } from './${LOADER}';
const here = new URL('.', import.meta.url);
const place = new URL((here.pathname.endsWith('/chunks/') ? '../' : './') + ${JSON.stringify(name)}, here);
export default runKept(place, process.argv[2]);`,
        resolveDir: root,
        loader: 'js',
      }));
      bundle.onLoad({ filter: /\.(?:ts|js)$/ }, ({ path }) => {
        const names = exported[path.slice(resolve(root).length + 1).replaceAll('\\', '/')];
        if (names === undefined) return undefined;
        const each = Object.keys(names).map(
          (key) => `export const ${key} = /* @__PURE__ */ from(${JSON.stringify(key)});\n`,
        );
        const file = JSON.stringify(path.slice(resolve(root).length + 1).replaceAll('\\', '/'));
        return {
          contents: `import engine from '${NAME}';\nconst from = (name) => engine[${file}][name];\n${each.join('')}`,
          loader: 'js',
        };
      });
    },
  };
}
