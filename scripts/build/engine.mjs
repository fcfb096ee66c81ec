/**
 * The engine: everything that `check` needs, as one script whose compiled code can be kept (Node 20 keeps none of ES modules).
 * The rest of the program takes these modules out of the engine, so that nothing is there twice.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { SELDOM, whenCalled } from './lazyBuiltins.mjs';

const ENTRIES = ['server/src/cli/checkProgram.ts', 'server/src/cli/checkThread.ts'];
const LOADER = 'server/src/platform/keptCode.ts';
const NAME = 'drillbook-engine';

/** Modules of Node by their names: as a whole each would be copied for each module that imports it, at every start. */
const BUILTINS = {
  name: 'builtins',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin', sideEffects: false },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const names = Object.entries(process.getBuiltinModule(path)).filter(([key]) => key !== 'default');
      const isSeldom = SELDOM.includes(path.slice('node:'.length));
      return { contents: isSeldom ? whenCalled(path, names) : exportsFrom(path, names), loader: 'js' };
    });
  },
};

/** The YAML library: most documents are read without it, by `core/document/fast.ts`. */
const YAML_WHEN_CALLED = {
  name: 'yaml-when-called',
  setup(bundle) {
    bundle.onResolve({ filter: /^yaml$/ }, ({ kind, path, resolveDir }) =>
      kind === 'require-call'
        ? undefined
        : { path, namespace: 'when-called', sideEffects: false, pluginData: { resolveDir } },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'when-called' }, async ({ path, pluginData }) => {
      const names = Object.entries(await import(path)).filter(([key]) => key !== 'default');
      return {
        contents: whenCalled(path, names, toldOf('yaml', `require('${path}')`)),
        loader: 'js',
        resolveDir: pluginData.resolveDir,
      };
    });
  },
};

function exportsFrom(path, names) {
  return `export { ${names.map(([key]) => key)} } from '${path}';`;
}

/** An expression, of which the loader is told that the run compiles a part of the program that others may not. */
function toldOf(part, expression) {
  return `(typeof compiled === 'object' && compiled.uses('${part}'), ${expression})`;
}

/** The schemas as people read them lie in a script of their own: they are long, and asked for where a finding is explained. */
const SCHEMAS = /generated[\\/]schemas\.js$/;

async function buildSchemas(root, out, options) {
  const module = './server/src/generated/schemas.js';
  // Those of records and outputs are asked for by nobody who runs the program.
  const stdin = { contents: `export { schemas } from '${module}';`, resolveDir: root, loader: 'js' };
  const made = await build({ ...options, stdin, sourcemap: false, outdir: out, write: false });
  const [{ contents }] = made.outputFiles;
  const name = `schemas-${sumOf(contents)}.cjs`;
  writeFileSync(join(out, name), contents);
  const { schemas } = await import(pathToFileURL(join(root, module)).href);
  const getters = Object.keys(schemas).map(
    (kind) => `get '${kind}'() { return ${toldOf('schemas', `require('./${name}')`)}.schemas['${kind}']; }`,
  );
  return {
    name: 'schemas-elsewhere',
    setup(bundle) {
      bundle.onLoad({ filter: SCHEMAS }, () => ({ contents: `export const schemas = { ${getters} };`, loader: 'js' }));
      bundle.onResolve({ filter: /^\.\/schemas-.*\.cjs$/ }, ({ path }) => ({ path, external: true }));
    },
  };
}

function sumOf(contents) {
  return createHash('sha256').update(contents).digest('hex').slice(0, 12);
}

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
    plugins: [],
  };
  common.plugins.push(BUILTINS, YAML_WHEN_CALLED, await buildSchemas(root, out, common));
  const first = await build({ ...common, entryPoints: ENTRIES, outdir: out, write: false });
  const shared = sharedModules(first.metafile);
  const engineOf = async (contents) => {
    const stdin = { contents, resolveDir: root, loader: 'js' };
    const made = await build({ ...common, ...AS_FUNCTION, stdin, outfile: join(out, 'engine.cjs'), write: false });
    return { made, text: made.outputFiles.find((each) => each.path.endsWith('engine.cjs')).text };
  };
  const names = exportsOf((await engineOf(everything(shared))).text);
  const { made, text } = await engineOf(entriesFirst(shared, names));
  const name = `engine-${sumOf(text)}.cjs`;
  writeFileSync(join(out, name), text);
  for (const map of made.outputFiles.filter((each) => each.path.endsWith('.map')))
    writeFileSync(map.path, map.contents);
  return { metafile: made.metafile, plugin: (format) => pluginOf(root, name, names, format) };
}

/** A script whose value is a function: put around it when it is read, that would copy the whole text. */
const AS_FUNCTION = { banner: { js: '(function (exports, require, compiled) {' }, footer: { js: '})' } };

/** Every module, by its path. */
function everything(shared) {
  return shared
    .map((file, index) => `import * as m${index} from './${file}';\nexports['${file}'] = m${index};\n`)
    .join('');
}

/** The names that each module exports, by its path. */
function exportsOf(text) {
  const exported = {};
  new Script(text).runInThisContext()(exported, createRequire(import.meta.url));
  return Object.fromEntries(Object.entries(exported).map(([file, names]) => [file, Object.keys(names)]));
}

/** The entries at once; the table of all modules, which is long, when a bundle that takes them out of it is run. */
function entriesFirst(shared, names) {
  const table = (files) =>
    `{${files.map((file) => `'${file}': {${names[file].map((name) => `${name}: m${shared.indexOf(file)}.${name}`)}}`)}}`;
  const imports = shared.map((file, index) => `import * as m${index} from './${file}';\n`).join('');
  return `${imports}exports.entries = ${table(ENTRIES)};\nexports.modules = () => (${table(shared)});\nexports.yaml = () => require('yaml');\n`;
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

/**
 * In place of each module of the engine: its names, taken out of the engine. A bundle in CommonJS is one file for one of the
 * entries, and takes nothing else.
 */
function pluginOf(root, name, names, format) {
  const taken = format === 'cjs' ? OF_SCRIPT(name) : OF_MODULE(name);
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
        contents: `import { runKept } from './${LOADER}';\n${taken}`,
        resolveDir: root,
        loader: 'js',
      }));
      bundle.onResolve({ filter: /^yaml$/ }, ({ path }) => ({ path, namespace: `${NAME}-yaml`, sideEffects: false }));
      bundle.onLoad({ filter: /.*/, namespace: `${NAME}-yaml` }, async ({ path }) => {
        const each = Object.keys(await import(path)).filter((key) => key !== 'default');
        return {
          contents: `import { yaml } from '${NAME}';\nconst library = yaml();\n${each.map((key) => `export const ${key} = /* @__PURE__ */ (() => library.${key})();\n`).join('')}`,
          resolveDir: root,
          loader: 'js',
        };
      });
      bundle.onLoad({ filter: /\.(?:ts|js)$/ }, ({ path }) => {
        const file = path.slice(resolve(root).length + 1).replaceAll('\\', '/');
        if (names[file] === undefined) return undefined;
        const each = names[file].map((key) => `export const ${key} = /* @__PURE__ */ from(${JSON.stringify(key)});\n`);
        return {
          contents: `import engine from '${NAME}';\nconst from = (name) => engine[${JSON.stringify(file)}][name];\n${each.join('')}`,
          loader: 'js',
        };
      });
    },
  };
}

const OF_SCRIPT = (name) =>
  `export default runKept(__dirname + ${JSON.stringify(`/${name}`)}, process.argv[2], require).entries;
export const yaml = undefined;`;

/** An ES module of the program lies beside the engine, or in chunks/. */
const OF_MODULE = (name) => `const path = process.getBuiltinModule('node:path');
const here = path.dirname(process.getBuiltinModule('node:url').fileURLToPath(import.meta.url));
const place = path.join(path.basename(here) === 'chunks' ? path.dirname(here) : here, ${JSON.stringify(name)});
const load = process.getBuiltinModule('node:module').createRequire(place);
const engine = runKept(place, process.argv[2], load);
export default engine.modules();
export const yaml = engine.yaml;`;
