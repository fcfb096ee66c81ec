/**
 * Runs a script of the program with the machine code that V8 made of it last time, kept in a folder beside the script as
 * Python keeps `__pycache__`: who can write there can change the program itself, so it is trusted as the program is. Where
 * that folder can't be written it is kept below the home of the account, whose owner runs the program.
 */
import type { Stats } from 'node:fs';

/** Beside the script. */
const KEPT_FOLDER = '.compiled';
/** Below the home that the system knows: the environment may name a folder that came with a workspace. */
const HOME_FOLDER = ['.cache', 'drillbook', 'compiled'];
/** The commands whose code is kept, each its own, as each compiles other parts and sets other flags. */
const KEEPING: readonly (string | undefined)[] = ['check', 'lsp'];
/** A server stays, and may be killed at its end: what it has compiled by then is what one is started for. */
const SERVER = 'lsp';
const SETTLED_MS = 2000;
/** What a large run had compiled when it was asked: used where nothing better is kept, and replaced by a run of the usual size. */
const EARLY = '-early';
const OTHERS_MAY_WRITE = 0o022;
const LENGTH_BYTES = 4;
/** Builds whose code is kept: of the command line, of the editor's, and one of before. */
const MOST_BUILDS = 3;
/** A file that was being written for so long was left by a run that was killed. */
const LEFT_MS = 3_600_000;

/** Where code may be kept, and whose folder and files must be. */
interface Place {
  readonly folder: string;
  readonly owner: number;
  readonly mode: number;
}

interface Kept {
  readonly code: Buffer;
  /** The parts of the program that it holds beyond those that every run compiles. */
  readonly parts: ReadonlySet<string>;
}

/** What the script is handed to tell what of it is worth keeping. */
interface Compiled {
  /** From here on the run compiles more than others will want: what it leaves is what it has compiled by now. */
  readonly enough: () => void;
  /** The run compiles a part that not every run does; where none before it did, its code is kept anew. */
  readonly uses: (part: string) => void;
}

type Required = (name: string) => unknown;
type Script = (exports: Record<string, unknown>, require: Required, compiled: Compiled) => void;

/**
 * What the script puts on `exports`. It is one function of `exports`, `require` and `compiled`, and must be plain ASCII; its
 * name has to change with its content, because the kept code is found by name. `command` is what the program was started for:
 * some keep what they compile.
 */
export function runKept(file: string, command: string | undefined, require: Required): Record<string, unknown> {
  const { readFileSync } = node('node:fs');
  const { Script } = node('node:vm');
  const name = nameOf(file, command === SERVER ? '-lsp' : '');
  const usual = findIn(besideOf(file), name) ?? findIn(homePlace, name);
  const kept = usual ?? findIn(besideOf(file), name + EARLY) ?? findIn(homePlace, name + EARLY);
  const made = new Script(readFileSync(file, 'latin1'), {
    filename: file,
    ...(kept === undefined ? {} : { cachedData: kept.code }),
  });
  const isTaken = (known: Kept | undefined): boolean => known !== undefined && made.cachedDataRejected === false;
  const keeps = KEEPING.includes(command);
  const parts = new Set(isTaken(kept) ? kept?.parts : []);
  const before = parts.size;
  const leave = (as: string): void => {
    if (isPlain()) write(file, as, { code: made.createCachedData(), parts });
  };
  let isEarly = false;
  const enough = (): void => {
    if (!isEarly && keeps && !isTaken(kept)) leave(name + EARLY);
    isEarly = true;
  };
  const exported: Record<string, unknown> = {};
  (made.runInThisContext() as Script)(exported, require, { enough, uses: (part) => void parts.add(part) });
  if (keeps) {
    const keep = (): void => {
      if (!isEarly && (!isTaken(usual) || parts.size > before)) leave(name);
    };
    // At its end the run has compiled all that it needs, and only that.
    if (command === SERVER) setTimeout(keep, SETTLED_MS).unref();
    else process.once('exit', keep);
  }
  return exported;
}

/** Other flags make other code, and they must not overwrite ours; a thread doesn't write for the whole. Long to ask, so asked last. */
function isPlain(): boolean {
  const { execArgv, env } = process;
  if (!node('node:worker_threads').isMainThread) return false;
  return execArgv.length === 0 && env['NODE_OPTIONS'] === undefined && env['NODE_V8_COVERAGE'] === undefined;
}

function nameOf(file: string, habit: string): string {
  return `${node('node:path').basename(file, '.cjs')}-${process.version}-${process.arch}${habit}`;
}

/** Beside the script, for its owner. */
function besideOf(file: string): () => Place {
  return () => ({
    folder: node('node:path').join(node('node:path').dirname(file), KEPT_FOLDER),
    owner: node('node:fs').statSync(file).uid,
    mode: 0o755,
  });
}

/** Below the home of who runs this, for them alone. @throws where the account has none. */
function homePlace(): Place {
  const { homedir, uid } = node('node:os').userInfo();
  if (process.platform === 'win32' || uid !== process.geteuid?.()) throw new Error('not the home of who runs this');
  return { folder: node('node:path').join(homedir, ...HOME_FOLDER), owner: uid, mode: 0o700 };
}

/** The code that is kept there, where folder and file belong to the owner, nobody else may write them, and it is whole. */
function findIn(placeOf: () => Place, name: string): Kept | undefined {
  const fs = node('node:fs');
  try {
    const { folder, owner } = placeOf();
    const known = fs.lstatSync(folder);
    if (!known.isDirectory() || !isOnlyOf(known, owner)) return undefined;
    const noFollow = process.platform === 'win32' ? 0 : fs.constants.O_NOFOLLOW;
    const handle = fs.openSync(`${folder}/${name}.bin`, fs.constants.O_RDONLY | noFollow);
    try {
      return isOnlyOf(fs.fstatSync(handle), owner) ? whole(fs.readFileSync(handle)) : undefined;
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return undefined;
  }
}

/**
 * The code, which is kept twice, where both are the same: V8 tells another version of itself, but not a file that broke on
 * the disk. To sum it, Node's cryptography would have to be loaded, which takes longer than all the rest of the reading.
 * Between the two the parts are named.
 */
function whole(content: Buffer): Kept | undefined {
  const end = content.length - LENGTH_BYTES;
  if (end < 0) return undefined;
  const length = content.readUInt32LE(end);
  const code = content.subarray(0, length);
  if (length === 0 || 2 * length > end || !code.equals(content.subarray(end - length, end))) return undefined;
  return {
    code,
    parts: new Set(
      content
        .toString('latin1', length, end - length)
        .split(' ')
        .filter(Boolean),
    ),
  };
}

function packed({ code, parts }: Kept): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(code.length);
  return Buffer.concat([code, Buffer.from([...parts].join(' '), 'latin1'), code, length]);
}

function isOnlyOf(stat: Stats, owner: number): boolean {
  return process.platform === 'win32' || (stat.uid === owner && (stat.mode & OTHERS_MAY_WRITE) === 0);
}

/** Keeps the code beside the script, or in the home; where neither can be, the next run compiles again. */
function write(file: string, name: string, kept: Kept): void {
  if (!writeIn(besideOf(file), name, kept)) writeIn(homePlace, name, kept);
}

/** Written beside and renamed, by the owner alone. */
function writeIn(placeOf: () => Place, name: string, kept: Kept): boolean {
  const fs = node('node:fs');
  let beside: string | undefined;
  try {
    const { folder, owner, mode } = placeOf();
    if (process.platform !== 'win32' && process.geteuid?.() !== owner) return false;
    fs.mkdirSync(folder, { recursive: true, mode });
    const known = fs.lstatSync(folder);
    if (!known.isDirectory() || (process.platform !== 'win32' && known.uid !== owner)) return false;
    fs.chmodSync(folder, mode);
    beside = `${folder}/${name}.${process.pid}.tmp`;
    fs.writeFileSync(beside, packed(kept), { flag: 'wx', mode: mode & 0o644 });
    fs.renameSync(beside, `${folder}/${name}.bin`);
    prune(folder);
    return true;
  } catch {
    try {
      if (beside !== undefined) fs.unlinkSync(beside);
    } catch {
      // It was never made.
    }
    return false;
  }
}

/**
 * Keeps the code of the newest few builds, and what is being written. A run that reads one meanwhile has opened it already; one
 * that comes later compiles anew.
 */
function prune(folder: string): void {
  try {
    for (const file of outdated(folder)) node('node:fs').rmSync(`${folder}/${file}`, { force: true });
  } catch {
    // Another run prunes too, or will.
  }
}

function outdated(folder: string): readonly string[] {
  const fs = node('node:fs');
  const left: string[] = [];
  const builds = new Map<string, { newest: number; readonly files: string[] }>();
  for (const file of fs.readdirSync(folder)) {
    const age = fs.lstatSync(`${folder}/${file}`, { throwIfNoEntry: false })?.mtimeMs;
    const build = /^(engine-[^-]+)-.+\.(?:bin|tmp)$/u.exec(file)?.[1];
    if (age === undefined || build === undefined) continue;
    if (file.endsWith('.tmp')) {
      if (Date.now() - age > LEFT_MS) left.push(file);
      continue;
    }
    const known = builds.get(build) ?? { newest: 0, files: [] };
    builds.set(build, known);
    known.newest = Math.max(known.newest, age);
    known.files.push(file);
  }
  const old = [...builds.values()].sort((one, other) => other.newest - one.newest).slice(MOST_BUILDS);
  return [...left, ...old.flatMap(({ files }) => files)];
}

interface Modules {
  readonly 'node:fs': typeof import('node:fs');
  readonly 'node:os': typeof import('node:os');
  readonly 'node:path': typeof import('node:path');
  readonly 'node:vm': typeof import('node:vm');
  readonly 'node:worker_threads': typeof import('node:worker_threads');
}

/** Imported, they would be loaded for `--version` as well, and take longer. */
function node<Name extends keyof Modules>(name: Name): Modules[Name] {
  return process.getBuiltinModule(name);
}
