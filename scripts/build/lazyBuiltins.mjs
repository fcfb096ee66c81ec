/** Modules of Node that few runs of the program touch: loaded when something of them is first called. */

/** Modules that few runs touch, and that take milliseconds and megabytes to load: theirs are loaded when first called. */
export const SELDOM = [
  ...[
    'child_process',
    'crypto',
    'fs/promises',
    'net',
    'os',
    'readline',
    'readline/promises',
    'timers/promises',
    'worker_threads',
  ],
];

/** Functions and classes that load the module when they are called. */
export function whenCalled(path, names, load = `require('${path}')`) {
  const called = (key) => `load().${key}(...args)`;
  const each = names
    .filter(([, value]) => typeof value === 'function')
    .map(([key, value]) =>
      /^class\b/.test(Function.prototype.toString.call(value))
        ? `export function ${key}(...args) { return new (load().${key})(...args); }\n`
        : `export const ${key} = (...args) => ${called(key)};\n`,
    );
  const constants = path === 'node:fs/promises' ? `export { constants } from 'node:fs';\n` : '';
  return `let loaded;\nconst load = () => (loaded ??= ${load});\n${each.join('')}${constants}`;
}

/**
 * The plugin for what `importer` accepts: our own code, which takes functions and classes by name, and packages that are known
 * to do so. `instanceof` such a class is not to be had this way, nor is a value, as a thread's own `workerData`.
 */
export function lazyBuiltins(importer) {
  return {
    name: 'lazy-builtins',
    setup(bundle) {
      bundle.onResolve({ filter: new RegExp(`^(?:node:)?(?:${SELDOM.join('|')})$`) }, (args) => {
        const path = args.path.startsWith('node:') ? args.path : `node:${args.path}`;
        if (args.namespace === 'lazy') return { path, external: true };
        return importer.test(args.importer.replaceAll('\\', '/'))
          ? { path, namespace: 'lazy', sideEffects: false }
          : undefined;
      });
      bundle.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
        contents: whenCalled(path, Object.entries(process.getBuiltinModule(path))),
        loader: 'js',
      }));
    },
  };
}
