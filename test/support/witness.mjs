/** Preloaded into a process under test (`--import`): whatever it starts, connects to or reads is written down in $WITNESS, and the first two are refused. */
import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(import.meta.url);
const file = process.env.WITNESS ?? '';
const log = (what) => appendFileSync(file, `${what}\n`);

/** Puts `make(original)` in place of each of these functions. */
function replace(module, names, make) {
  const object = require(module);
  for (const name of names) {
    const original = object[name];
    object[name] = make(name, original);
  }
}
const refuse = (kind) => (name) =>
  function (...args) {
    log(`${kind} ${name} ${String(args[0]?.path ?? args[0]?.host ?? args[0])}`);
    throw new Error(`${kind} ${name} is refused by the witness`);
  };

replace(
  'node:child_process',
  ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
  refuse('process'),
);
replace('node:net', ['connect', 'createConnection'], refuse('socket'));
replace('node:tls', ['connect'], refuse('socket'));
replace('node:http', ['request', 'get'], refuse('socket'));
replace('node:https', ['request', 'get'], refuse('socket'));
replace('node:http2', ['connect'], refuse('socket'));
replace('node:dgram', ['createSocket'], refuse('socket'));
replace('node:dns', ['lookup', 'resolve'], refuse('socket'));
require('node:net').Socket.prototype.connect = refuse('socket')('connect');
globalThis.fetch = refuse('socket')('fetch');

const watch = (name, original) =>
  function (path, ...rest) {
    log(`read ${String(path)}`);
    return original.call(this, path, ...rest);
  };
replace('node:fs/promises', ['readFile', 'open'], watch);
replace(
  'node:fs',
  ['readFile', 'readFileSync', 'open', 'openSync', 'createReadStream'],
  (name, original) =>
    // The log itself is appended to through openSync.
    function (path, ...rest) {
      if (path !== file) log(`read ${String(path)}`);
      return original.call(this, path, ...rest);
    },
);
syncBuiltinESMExports();
