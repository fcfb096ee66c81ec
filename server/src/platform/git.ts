/** Git behind its port: root and head are read from the folder itself, the rest asked of a spawned `git` that runs no code of the repository. */
import { existsSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Git, Processes } from '../core/ports.ts';

/** A repository's own configuration can name programs to run; none of these may (CVE-2022-24765 and its kin). */
const HARMLESS = [
  '--no-optional-locks',
  ...[
    ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.pager=cat', 'core.untrackedCache=false'],
    // A folder that was committed in the shape of a bare repository would bring a configuration of its own.
    'safe.bareRepository=explicit',
  ].flatMap((setting) => ['-c', setting]),
];
/** Object names must not be fetched from where the repository says: no transport, no prompt, no lock. */
const ENVIRONMENT = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  LC_ALL: 'C',
};

/** @param trusted while it says no, `git` is never started: what only it can tell is unknown. */
export function createGit(processes: Processes, trusted: () => boolean = () => true): Git {
  /** As variables, what takes every filter driver of the repository's configuration out: `status` and `diff` would run them. */
  const withoutFilters = async (folder: string): Promise<Readonly<Record<string, string>>> => {
    const listed = await ask(folder, ['config', '--name-only', '-z', '--get-regexp', '^filter[.]']);
    const names = listed.state === 'ok' ? [...new Set(listed.text.split('\0'))] : [];
    const drivers = names.filter((name) => /\.(?:clean|smudge|process|required)$/u.test(name));
    // As variables and not as `-c`, which would split a driver's name at its `=`.
    return Object.fromEntries([
      ['GIT_CONFIG_COUNT', String(drivers.length)],
      ...drivers.flatMap((name, index) => [
        [`GIT_CONFIG_KEY_${index}`, name],
        [`GIT_CONFIG_VALUE_${index}`, name.endsWith('.required') ? 'false' : ''],
      ]),
    ]) as Record<string, string>;
  };
  const ask = async (
    folder: string,
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<GitAnswer> => {
    if (!trusted()) return { state: 'no-git' };
    const command = await processes.find('git');
    if (command === undefined) return { state: 'no-git' };
    const result = await processes.run(command, ['-C', folder, ...HARMLESS, ...args], {
      env: processes.cleanEnvironment({ ...ENVIRONMENT, ...more }),
      timeoutMs: 30_000,
      keepBytes: 1 << 26,
    });
    return result.code === 0 ? { state: 'ok', text: result.stdout } : { state: 'failed', why: result.stderr.trim() };
  };
  const line = async (folder: string, args: readonly string[]): Promise<string | undefined> => {
    const answer = await ask(folder, args);
    const text = answer.state === 'ok' ? answer.text.trim() : '';
    return text === '' ? undefined : text;
  };
  return {
    root: gitRoot,
    headCommit,
    branch,
    user: async (folder) => {
      const name = await line(folder, ['config', 'user.name']);
      const mail = await line(folder, ['config', 'user.email']);
      if (name === undefined) return mail;
      return mail === undefined ? name : `${name} <${mail}>`;
    },
    lineAuthors: async (folder, file) => {
      if ((await gitRoot(folder)) === undefined) return undefined;
      // It would show a changed file through the program that the repository names for that (`diff.*.textconv`).
      const args = ['blame', '--no-textconv', '--line-porcelain', '--', file];
      const answer = await ask(folder, args, await withoutFilters(folder));
      return answer.state === 'ok' ? authorsOf(answer.text) : undefined;
    },
    isDirty: async (folder, file) => {
      if ((await gitRoot(folder)) === undefined) return undefined;
      const answer = await ask(
        folder,
        ['status', '--porcelain', '-z', '--ignore-submodules=all', '--', file],
        await withoutFilters(folder),
      );
      return answer.state === 'ok' ? answer.text !== '' : undefined;
    },
    changedSince: async (folder, revision) => {
      if ((await gitRoot(folder)) === undefined) return undefined;
      const commit = await ask(folder, [
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${revision}^{commit}`,
      ]);
      if (!trusted()) throw new Error('--since asks git, and an untrusted workspace starts no process: leave one out.');
      if (commit.state === 'no-git') throw new Error('git is not on PATH, and --since needs it.');
      if (commit.state === 'failed') {
        throw new Error(`git knows no revision "${revision}" here (a shallow clone needs fetch-depth: 0).`);
      }
      // What the other branch did meanwhile is not this change's; without common history (a shallow clone) all that differs counts.
      const fork = await ask(folder, ['merge-base', '--end-of-options', commit.text.trim(), 'HEAD']);
      const from = fork.state === 'ok' ? fork.text.trim() : commit.text.trim();
      const lists = [
        [
          ...['diff', '--name-only', '-z', '--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=all'],
          ...[from, '--'],
        ],
        ['ls-files', '--others', '--exclude-standard', '-z'],
      ];
      const filters = await withoutFilters(folder);
      const found = new Set<string>();
      for (const args of lists) {
        const answer = await ask(folder, args, filters);
        if (answer.state !== 'ok') throw new Error(`git could not list the changes since ${revision}.`);
        for (const file of answer.text.split('\0')) if (file !== '') found.add(file);
      }
      return [...found].sort();
    },
    textAt: async (folder, revision, file) => {
      const answer = await ask(folder, ['cat-file', 'blob', '--end-of-options', `${revision}:${file}`]);
      return answer.state === 'ok' ? answer.text : undefined;
    },
    filesAt: async (folder, revision, under) => {
      const answer = await ask(folder, [
        'ls-tree',
        '-r',
        '-z',
        '--name-only',
        '--full-tree',
        '--end-of-options',
        revision,
        '--',
        under,
      ]);
      return answer.state === 'ok' ? answer.text.split('\0').filter((file) => file !== '') : undefined;
    },
  };
}

type GitAnswer =
  | { readonly state: 'ok'; readonly text: string }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'no-git' };

/** The nearest folder upwards that holds `.git` (a folder, or the file of a worktree or submodule). */
export async function gitRoot(folder: string): Promise<string | undefined> {
  let at = path.resolve(folder);
  for (;;) {
    if (existsSync(path.join(at, '.git'))) return await Promise.resolve(at);
    const parent = path.dirname(at);
    if (parent === at) return undefined;
    at = parent;
  }
}

async function headCommit(folder: string): Promise<string | undefined> {
  const root = await gitRoot(folder);
  if (root === undefined) return undefined;
  const own = await gitFolder(root);
  const head = await readLine(path.join(own, 'HEAD'));
  if (head === undefined) return undefined;
  if (!head.startsWith('ref: ')) return asCommit(head);
  const reference = head.slice(5).trim();
  const shared = await readLine(path.join(own, 'commondir'));
  const common = shared === undefined ? own : path.resolve(own, shared);
  for (const base of [own, common]) {
    const loose = asCommit(await readLine(path.join(base, reference)));
    if (loose !== undefined) return loose;
  }
  const packed = await fs.readFile(path.join(common, 'packed-refs'), 'utf8').catch(() => '');
  const row = packed.split('\n').find((each) => each.endsWith(` ${reference}`));
  return asCommit(row?.split(' ')[0]);
}

async function branch(folder: string): Promise<string | undefined> {
  const root = await gitRoot(folder);
  const head = root === undefined ? undefined : await readLine(path.join(await gitFolder(root), 'HEAD'));
  return head === undefined ? undefined : /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
}

/** `.git` itself, or where the file of that name points. */
async function gitFolder(root: string): Promise<string> {
  const at = path.join(root, '.git');
  const pointer = await readLine(at);
  return pointer?.startsWith('gitdir: ') === true ? path.resolve(root, pointer.slice(8).trim()) : at;
}

async function readLine(file: string): Promise<string | undefined> {
  const text = await fs.readFile(file, 'utf8').catch(() => undefined);
  return text?.split('\n')[0]?.trim();
}

function asCommit(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text) ? text : undefined;
}

/** The author of each line of `git blame --line-porcelain`. */
function authorsOf(text: string): readonly string[] {
  const authors: string[] = [];
  let name = '';
  let mail = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('author ')) name = line.slice('author '.length);
    else if (line.startsWith('author-mail ')) mail = line.slice('author-mail '.length);
    else if (line.startsWith('\t')) authors.push(`${name} ${mail}`);
  }
  return authors;
}
