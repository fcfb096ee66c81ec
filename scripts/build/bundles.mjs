/** What is built from what: one row a bundle; `onEngine`: it takes the modules of the engine (engine.mjs) from there. */

import { lazyBuiltins } from './lazyBuiltins.mjs';

/** Optional parts of drivers that are not ours to ship: each driver does without. */
const OPTIONAL = [
  'pg-native',
  'kerberos',
  '@mongodb-js/zstd',
  'snappy',
  'mongodb-client-encryption',
  'gcp-metadata',
  'socks',
  'aws4',
  'cloudflare:sockets',
];

/** CommonJS packages inside an ES module ask for `require`; `getBuiltinModule` gives it with no import before the first line. */
const REQUIRE = `const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);`;

/** A script has no `import.meta`. */
const URL_OF_SCRIPT = {
  define: { 'import.meta.url': 'SCRIPT.url' },
  banner: { js: `const SCRIPT = { get url() { return require('node:url').pathToFileURL(__filename).href; } };` },
};

/** The other commands are a bundle of their own. */
const COMMANDS_ELSEWHERE = {
  name: 'commands-elsewhere',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^\.\/commands\.ts$/ }, () => ({ path: './commands.mjs', external: true }));
  },
};

export const BUNDLES = [
  {
    name: 'program',
    onEngine: true,
    options: {
      entryPoints: [
        { in: 'server/src/commands.ts', out: 'commands' },
        { in: 'server/src/lsp/driftThread.ts', out: 'worker' },
      ],
      platform: 'node',
      target: 'node20',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      // One byte a character: with a single one beyond, V8 holds the whole file at two.
      charset: 'ascii',
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      mainFields: ['module', 'main'],
      external: OPTIONAL,
      banner: { js: REQUIRE },
      // The server starts without them; the drivers take more of them than calls.
      plugins: [lazyBuiltins(/\/server\/src\/(?!lsp\/driftThread)|\/vscode-(?:jsonrpc|languageserver)\//)],
    },
  },
  {
    // One file, which takes `check` out of the engine with no import in between, and leaves the rest to commands.js.
    name: 'main',
    onEngine: true,
    options: {
      entryPoints: [{ in: 'server/src/main.ts', out: 'main' }],
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      ...URL_OF_SCRIPT,
      plugins: [COMMANDS_ELSEWHERE],
    },
  },
  {
    // A thread of a large check: one file for the same reason.
    name: 'check-worker',
    onEngine: true,
    options: {
      entryPoints: [{ in: 'server/src/checkWorker.ts', out: 'check-worker' }],
      platform: 'node',
      target: 'node20',
      format: 'cjs',
    },
  },
  {
    // VS Code loads CommonJS: the stub that looks for our documents in YAML files, and the client that it loads then.
    name: 'client',
    options: {
      entryPoints: [
        { in: 'client/src/stub.ts', out: 'stub' },
        { in: 'client/src/extension.ts', out: 'client' },
      ],
      outExtension: { '.js': '.cjs' },
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: ['vscode'],
    },
  },
  {
    // In a browser the host loads one file.
    name: 'client-web',
    options: {
      entryPoints: [{ in: 'client/src/extension.web.ts', out: 'client.web' }],
      platform: 'browser',
      target: 'es2022',
      format: 'cjs',
      external: ['vscode'],
    },
  },
  {
    // The server as a worker of the browser's.
    name: 'server-web',
    options: {
      entryPoints: [{ in: 'server/src/lsp/main.browser.ts', out: 'server.web' }],
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      mainFields: ['browser', 'module', 'main'],
    },
  },
];
