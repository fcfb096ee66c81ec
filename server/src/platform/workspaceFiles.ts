/** The YAML files of a workspace: what .gitignore and .drillbookignore name is left out, and of the rest only what may be ours is read. */
import { closeSync, openSync, readFileSync, readSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import * as path from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import ignore, { type Ignore } from 'ignore';
import type { WorkspaceFile, WorkspaceFiles } from '../core/ports.ts';
import { gitRoot } from './git.ts';

/** Never walked, whatever .gitignore says: their YAML is other people's. */
const SKIPPED = new Set(['.git', 'node_modules', '.hg', '.svn', '.venv', '.terraform']);
const OURS_BY_NAME = /\.(runbook|policy|environment)\.ya?ml$/i;
const YAML = /\.ya?ml$/i;
/** Both in git's syntax; the second for documents that are in git and meant for something else (test fixtures). */
const IGNORE_FILES = ['.gitignore', '.drillbookignore'];
/** A text above this is not written by people; it is told, not read. */
const LARGEST = 32 * 1024 * 1024;
/** Where `apiVersion` must stand in a big file that is not ours by name. */
const HEAD_BYTES = 65_536;
/** Files read in one go: a small file is read in less time than a thread's answer takes, but a signal must be heard. */
const SLICE = 256;

export function createWorkspaceFiles(): WorkspaceFiles {
  return {
    rootOf: async (target) => {
      const absolute = path.resolve(target);
      const stat = statSync(absolute, { throwIfNoEntry: false });
      const folder = stat?.isDirectory() === true ? absolute : path.dirname(absolute);
      return (await gitRoot(folder)) ?? folder;
    },
    list: async (root, signal) => await list(root, signal),
    read: async (root, signal) => {
      const names = await list(root, signal);
      const files: WorkspaceFile[] = [];
      const failed: { file: string; why: string }[] = [];
      for (const [index, file] of names.entries()) {
        if (index % SLICE === SLICE - 1) {
          await pause();
          signal?.throwIfAborted();
        }
        const text = readOurs(root, file);
        if (text.state === 'ours') files.push({ file, text: text.text });
        else if (text.state === 'failed') failed.push({ file, why: text.why });
      }
      return { files, failed };
    },
  };
}

/** What tells a file that was changed from one that was not, without reading it. */
export interface FileStamp {
  readonly size: number;
  readonly modifiedMs: number;
  /** Of the entry itself: no program can set it back. */
  readonly changedMs: number;
  readonly inode: number;
}

/** The stamp of a file of a workspace; undefined where there is no file. */
export function stampOf(root: string, file: string): FileStamp | undefined {
  const stat = statSync(path.join(root, file), { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return undefined;
  return { size: stat.size, modifiedMs: stat.mtimeMs, changedMs: stat.ctimeMs, inode: stat.ino };
}

type Read =
  | { readonly state: 'ours'; readonly text: string }
  | { readonly state: 'other' }
  | { readonly state: 'failed'; readonly why: string };

/** Whether the name alone says that a file is ours. */
export function isOursByName(file: string): boolean {
  return OURS_BY_NAME.test(file);
}

/** The text of a file of the workspace where it may be ours, or was named by the person. */
export function readOurs(root: string, file: string, isNamed = false): Read {
  try {
    const absolute = path.join(root, file);
    const stat = statSync(absolute);
    if (!stat.isFile()) return { state: 'other' };
    const named = isNamed || isOursByName(file);
    if (stat.size > LARGEST) {
      return named ? { state: 'failed', why: `it is larger than ${LARGEST / 1024 / 1024} MiB` } : { state: 'other' };
    }
    if (!named && stat.size > HEAD_BYTES && !headSaysOurs(absolute)) return { state: 'other' };
    const text = readFileSync(absolute, 'utf8');
    return named || saysOurs(text) ? { state: 'ours', text } : { state: 'other' };
  } catch (error) {
    return { state: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

/** Cheap and generous: the parser decides, this only spares it other people's files. */
function saysOurs(text: string): boolean {
  return /apiVersion["']?\s*:\s*(?:&\S+\s+)?["']?drillbook\//.test(text);
}

function headSaysOurs(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return saysOurs(buffer.toString('utf8', 0, readSync(handle, buffer, 0, HEAD_BYTES, 0)));
  } finally {
    closeSync(handle);
  }
}

interface Level {
  /** Folder from the root with `/` at its end; empty for the root. */
  readonly folder: string;
  readonly rules: Ignore;
}

async function list(root: string, signal?: AbortSignal): Promise<readonly string[]> {
  const found: string[] = [];
  const exclude = textOrNothing(path.join(root, '.git', 'info', 'exclude'));
  await walk(root, '', [{ folder: '', rules: ignore().add(exclude) }], found, signal);
  return found.sort();
}

async function walk(
  root: string,
  folder: string,
  above: readonly Level[],
  found: string[],
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const entries = entriesOf(path.join(root, folder));
  let levels = above;
  const ignoring = IGNORE_FILES.filter((name) => entries.some((entry) => entry.name === name));
  if (ignoring.length > 0) {
    const rules = ignore();
    for (const name of ignoring) rules.add(textOrNothing(path.join(root, folder, name)));
    levels = [...above, { folder, rules }];
  }
  for (const entry of entries) {
    const name = folder + entry.name;
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name) && !isIgnored(levels, `${name}/`))
        await walk(root, `${name}/`, levels, found, signal);
    } else if (YAML.test(entry.name) && !isIgnored(levels, name)) {
      if (entry.isFile() || (entry.isSymbolicLink() && staysInside(root, name))) found.push(name);
    }
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function textOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** As git does: the deepest .gitignore that speaks of the path decides. */
function isIgnored(levels: readonly Level[], name: string): boolean {
  for (let index = levels.length - 1; index >= 0; index -= 1) {
    const level = levels[index];
    if (level === undefined) continue;
    const verdict = level.rules.test(name.slice(level.folder.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/** A link that leads out of the workspace could show a file that nobody meant to show. */
function staysInside(root: string, name: string): boolean {
  try {
    const real = realpathSync(path.join(root, name));
    const base = realpathSync(root);
    return real.startsWith(base + path.sep) && statSync(real).isFile();
  } catch {
    return false;
  }
}
