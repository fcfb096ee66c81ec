/** From the paths of the command line to workspaces: each root is read as a whole, the paths choose what is shown. */
import * as path from 'node:path';
import { parse } from '../core/document/parse.ts';
import { matchesGlob } from '../core/references/glob.ts';
import type { Entry } from '../core/workspace.ts';
import { buildWorkspace, type WorkspaceIndex } from '../core/workspaceIndex.ts';
import { UsageError, type CommandContext } from './command.ts';
import { compilesToo } from './compiled.ts';
import { didYouMean } from './suggest.ts';

/** One workspace and the part of it that was asked for. */
export interface Selection {
  /** Absolute. */
  readonly root: string;
  /** Parsed when first asked for. */
  readonly workspace: WorkspaceIndex;
  /** Every text of the root that may be ours, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Paths from the root with `/`. */
  readonly files: readonly string[];
  readonly entries: readonly Entry[];
  /** Files named on the command line that hold none of our documents. */
  readonly foreign: readonly string[];
  /** Files that could not be read. */
  readonly failed: readonly { readonly file: string; readonly why: string }[];
}

/** A path as it was given, and where it lies. */
export interface Target {
  readonly root: string;
  /** Path from the root; empty for the root itself. */
  readonly relative: string;
  readonly kind: 'file' | 'folder' | 'glob';
  readonly written: string;
}

/** The roots of these paths (none: the current folder), each with what of it is meant. @throws UsageError where a path isn't there. */
export async function locateRoots(
  context: CommandContext,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly Target[]>> {
  const targets = await Promise.all(
    (paths.length === 0 ? ['.'] : paths).map(async (each) => await locate(context, each)),
  );
  const roots = new Map<string, Target[]>();
  for (const target of targets) roots.set(target.root, [...(roots.get(target.root) ?? []), target]);
  return roots;
}

/** The workspaces of these paths. @throws UsageError where a path isn't there. */
export async function selectWorkspaces(
  context: CommandContext,
  paths: readonly string[],
): Promise<readonly Selection[]> {
  return await readWorkspaces(context, await locateRoots(context, paths));
}

/** The workspaces of these roots. @throws UsageError where a pattern fits nothing. */
export async function readWorkspaces(
  context: CommandContext,
  roots: ReadonlyMap<string, readonly Target[]>,
): Promise<readonly Selection[]> {
  const selections: Selection[] = [];
  for (const [root, wanted] of roots) selections.push(await readSelection(context, root, wanted));
  return selections;
}

async function locate(context: CommandContext, written: string): Promise<Target> {
  const { files, workspaceFiles } = context.dependencies;
  const absolute = path.resolve(context.cwd, written);
  const info = await files.info(absolute);
  if (info !== undefined) {
    const root = info.isDirectory ? await workspaceFiles.rootOf(absolute) : await rootOfFile(context, absolute);
    return {
      root,
      relative: toSlashes(path.relative(root, absolute)),
      kind: info.isDirectory ? 'folder' : 'file',
      written,
    };
  }
  if (/[*?[{]/.test(written)) {
    const root = await workspaceFiles.rootOf(context.cwd);
    return { root, relative: toSlashes(path.relative(root, absolute)), kind: 'glob', written };
  }
  throw new UsageError(
    `there is no file or folder "${written}"${context.cwd === absolute ? '' : ` in ${context.cwd}`}.`,
  );
}

/** Outside of git the folder of the person is the workspace, where it holds the file. */
async function rootOfFile(context: CommandContext, absolute: string): Promise<string> {
  const root = await context.dependencies.workspaceFiles.rootOf(absolute);
  const inGit = (await context.dependencies.files.info(path.join(root, '.git'))) !== undefined;
  return !inGit && absolute.startsWith(context.cwd + path.sep) ? context.cwd : root;
}

async function readSelection(context: CommandContext, root: string, targets: readonly Target[]): Promise<Selection> {
  const { workspaceFiles, files } = context.dependencies;
  const read = await workspaceFiles.read(root, context.signal);
  const texts = new Map(read.files.map(({ file, text }) => [file, text]));
  for (const kind of ['policy', 'environment'])
    if ([...texts.keys()].some((file) => file.includes(`.${kind}.`))) compilesToo(kind);
  const failed = [...read.failed];
  // A file that is named counts, whatever .gitignore or its ending say.
  const named = targets.filter((target) => target.kind === 'file').map((target) => target.relative);
  for (const file of named) {
    if (texts.has(file) || failed.some((each) => each.file === file)) continue;
    try {
      texts.set(file, await files.readText(path.join(root, file)));
    } catch (error) {
      failed.push({ file, why: error instanceof Error ? error.message : String(error) });
    }
  }
  let built: WorkspaceIndex | undefined;
  const workspace = (): WorkspaceIndex =>
    (built ??= buildWorkspace([...texts].map(([file, text]) => ({ file, parsed: parse(text) }))));
  choosePreferred(context, workspace);
  const isSelected = (file: string): boolean => targets.some((target) => covers(target, file));
  const chosen = chooseFiles([...texts.keys()], targets);
  return {
    root,
    texts,
    get workspace() {
      return workspace();
    },
    files: chosen,
    get entries() {
      return workspace().entries.filter((entry) => isSelected(entry.file));
    },
    get foreign() {
      return named.filter((file) => texts.has(file) && !holdsOurs(workspace(), file));
    },
    failed: failed.filter(({ file }) => isSelected(file)),
  };
}

function holdsOurs(workspace: WorkspaceIndex, file: string): boolean {
  const documents = workspace.files.get(file)?.documents ?? [];
  return (
    /\.(runbook|policy|environment)\.ya?ml$/i.test(file) ||
    documents.some((each) => each.apiVersion?.startsWith('drillbook/') === true)
  );
}

function choosePreferred(context: CommandContext, read: () => WorkspaceIndex): void {
  const name = context.values.text('environment');
  if (name === undefined) return;
  const workspace = read();
  const known = workspace.names('Environment');
  if (!known.includes(name)) {
    const list = known.length === 0 ? 'the workspace has none' : `there are ${known.join(', ')}`;
    throw new UsageError(`there is no environment "${name}"; ${list}.${didYouMean(name, known)}`);
  }
  workspace.preferredEnvironment = name;
}

/** The files that the targets mean, sorted. @throws UsageError where a pattern fits nothing. */
export function chooseFiles(files: readonly string[], targets: readonly Target[]): readonly string[] {
  const chosen = files.filter((file) => targets.some((target) => covers(target, file))).sort();
  for (const target of targets) {
    if (target.kind === 'glob' && !chosen.some((file) => covers(target, file))) {
      throw new UsageError(`no Drillbook document fits "${target.written}".`);
    }
  }
  return chosen;
}

/** Whether the target means the file. */
export function covers(target: Target, file: string): boolean {
  if (target.kind === 'file') return file === target.relative;
  if (target.kind === 'glob') return matchesGlob(target.relative, file);
  return target.relative === '' || file.startsWith(`${target.relative}/`);
}

export function toSlashes(file: string): string {
  return path.sep === '/' ? file : file.split(path.sep).join('/');
}
