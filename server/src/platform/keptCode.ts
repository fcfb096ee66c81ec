/**
 * Runs a script of the program with the machine code that V8 made of it last time, kept in a folder beside the script as
 * Python keeps `__pycache__`: who can write there can change the program itself, so it is trusted as the program is.
 */
import type { Stats } from 'node:fs';

/** Beside the script. */
const KEPT_FOLDER = '.compiled';
/** The commands whose code is kept, each its own, as each compiles other parts and sets other flags. */
const KEEPING: readonly (string | undefined)[] = ['check', 'lsp'];
/** A server stays, and may be killed at its end: what it has compiled by then is what one is started for. */
const SERVER = 'lsp';
const SETTLED_MS = 2000;
const OTHERS_MAY_WRITE = 0o022;

interface Kept {
  readonly place: string;
  /** Whose the program is. */
  readonly owner: number;
  readonly code: Buffer | undefined;
}

/**
 * What the script puts on `exports`. It is run as CommonJS and must be plain ASCII; its name has to change with its content,
 * because the kept code is found by name. `command` is what the program was started for: some keep what they compile.
 */
export function runKept(script: URL, command: string | undefined): Record<string, unknown> {
  const { readFileSync } = node('node:fs');
  const { Script } = node('node:vm');
  const file = node('node:url').fileURLToPath(script);
  const kept = lookUp(file, command === SERVER ? '-lsp' : '');
  const made = new Script(`(function (exports, require) {${readFileSync(file, 'latin1')}\n})`, {
    filename: file,
    ...(kept?.code === undefined ? {} : { cachedData: kept.code }),
  });
  const run = made.runInThisContext() as (exports: Record<string, unknown>, require: NodeJS.Require) => void;
  const exported: Record<string, unknown> = {};
  run(exported, node('node:module').createRequire(script));
  const isNew = kept !== undefined && (kept.code === undefined || made.cachedDataRejected === true);
  if (isNew && KEEPING.includes(command) && isPlain()) {
    const keep = (): void => {
      write(kept, made.createCachedData());
    };
    // At its end the run has compiled all that it needs, and only that.
    if (command === SERVER) setTimeout(keep, SETTLED_MS).unref();
    else process.once('exit', keep);
  }
  return exported;
}

/** Other flags make other code, and they must not overwrite ours; a thread doesn't write for the whole. */
function isPlain(): boolean {
  const { execArgv, env } = process;
  if (!node('node:worker_threads').isMainThread) return false;
  return execArgv.length === 0 && env['NODE_OPTIONS'] === undefined && env['NODE_V8_COVERAGE'] === undefined;
}

/** The code of the script, where folder and file belong to the script's owner, nobody else may write them, and the sum is right. */
function lookUp(file: string, habit: string): Kept | undefined {
  const fs = node('node:fs');
  const path = node('node:path');
  const name = `${path.basename(file, '.cjs')}-${process.version}-${process.arch}${habit}.bin`;
  const place = path.join(path.dirname(file), KEPT_FOLDER, name);
  let owner: number;
  try {
    owner = fs.statSync(file).uid;
  } catch {
    return undefined;
  }
  try {
    const folder = fs.lstatSync(path.dirname(place));
    if (!folder.isDirectory() || !isOnlyOf(folder, owner)) return { place, owner, code: undefined };
    const handle = fs.openSync(
      place,
      fs.constants.O_RDONLY | (process.platform === 'win32' ? 0 : fs.constants.O_NOFOLLOW),
    );
    try {
      const mine = isOnlyOf(fs.fstatSync(handle), owner);
      return { place, owner, code: mine ? whole(fs.readFileSync(handle)) : undefined };
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return { place, owner, code: undefined };
  }
}

/**
 * The code, which is kept twice, where both are the same: V8 tells another version of itself, but not a file that broke on
 * the disk. To sum it, Node's cryptography would have to be loaded, which takes longer than all the rest of the reading.
 */
function whole(content: Buffer): Buffer | undefined {
  const code = content.subarray(0, content.length / 2);
  return code.length > 0 && code.equals(content.subarray(code.length)) ? code : undefined;
}

function isOnlyOf(stat: Stats, owner: number): boolean {
  return process.platform === 'win32' || (stat.uid === owner && (stat.mode & OTHERS_MAY_WRITE) === 0);
}

/** Written beside and renamed, by the owner of the program alone; where it can't be, the next run compiles again. */
function write({ place, owner }: Kept, code: Buffer): void {
  if (process.platform !== 'win32' && process.geteuid?.() !== owner) return;
  const fs = node('node:fs');
  const folder = node('node:path').dirname(place);
  const beside = `${place}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(folder, { recursive: true });
    if (fs.lstatSync(folder).isSymbolicLink()) return;
    fs.chmodSync(folder, 0o755);
    fs.writeFileSync(beside, Buffer.concat([code, code]), { flag: 'wx', mode: 0o644 });
    fs.renameSync(beside, place);
  } catch {
    try {
      fs.unlinkSync(beside);
    } catch {
      // It was never made.
    }
  }
}

interface Modules {
  readonly 'node:fs': typeof import('node:fs');
  readonly 'node:module': typeof import('node:module');
  readonly 'node:path': typeof import('node:path');
  readonly 'node:url': typeof import('node:url');
  readonly 'node:vm': typeof import('node:vm');
  readonly 'node:worker_threads': typeof import('node:worker_threads');
}

/** Imported, they would be loaded for `--version` as well, and take longer. */
function node<Name extends keyof Modules>(name: Name): Modules[Name] {
  return process.getBuiltinModule(name);
}
