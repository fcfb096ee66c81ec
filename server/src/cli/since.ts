/** `--since REVISION`: the findings that a change is answerable for, in the files it touched and in those it broke. */
import { parse } from '../core/document/parse.ts';
import type { Finding } from '../core/finding.ts';
import { resolveEnvironment } from '../core/references/environment.ts';
import { buildWorkspace } from '../core/workspaceIndex.ts';
import type { Workspace } from '../core/workspace.ts';
import { Failure, UsageError, type CommandContext } from './command.ts';
import type { Selection } from './workspace.ts';

export interface SinceFilter {
  /** Of these findings, those that the change is answerable for. */
  keep(findings: readonly Finding[]): readonly Finding[];
  readonly changed: readonly string[];
}

/**
 * @param check the static check of a workspace, run on the texts as they were at the revision
 * @throws UsageError outside of a repository or on an unknown revision
 */
export async function sinceFilter(
  context: CommandContext,
  selection: Selection,
  revision: string,
  check: (workspace: Workspace) => readonly Finding[],
): Promise<SinceFilter> {
  const { git } = context.dependencies;
  let changed: readonly string[] | undefined;
  try {
    changed = await git.changedSince(selection.root, revision);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (changed === undefined) throw new Failure(`--since needs a git repository, and ${selection.root} is in none.`);
  const touched = new Set(changed);
  const base = await workspaceAt(context, selection, revision, touched);
  const before = new Map<string, number>();
  for (const finding of check(base)) before.set(keyOf(finding), (before.get(keyOf(finding)) ?? 0) + 1);
  return {
    changed,
    keep: (findings) => {
      const left = new Map(before);
      return findings.filter((finding) => {
        if (touched.has(finding.file)) return true;
        if (isLive(finding.code)) return environmentChanged(selection, finding, touched);
        const count = left.get(keyOf(finding)) ?? 0;
        left.set(keyOf(finding), count - 1);
        return count <= 0;
      });
    },
  };
}

async function workspaceAt(
  context: CommandContext,
  selection: Selection,
  revision: string,
  touched: ReadonlySet<string>,
): Promise<Workspace> {
  const texts = new Map<string, string>();
  for (const [file, parsed] of selection.workspace.files) if (!touched.has(file)) texts.set(file, parsed.text);
  for (const file of touched) {
    if (!/\.ya?ml$/i.test(file)) continue;
    const text = await context.dependencies.git.textAt(selection.root, revision, file);
    if (text !== undefined) texts.set(file, text);
  }
  return buildWorkspace([...texts].map(([file, text]) => ({ file, parsed: parse(text) })));
}

/** The same fault before and after; the place is the path, not the line. */
function keyOf(finding: Finding): string {
  return JSON.stringify([finding.code, finding.file, finding.document, finding.path, finding.message]);
}

function isLive(code: string): boolean {
  return code.startsWith('drift/') || code.startsWith('unchecked/');
}

/** A live finding has no past to compare with: it counts where the environment that it was asked of has changed. */
function environmentChanged(selection: Selection, finding: Finding, touched: ReadonlySet<string>): boolean {
  const entry = selection.workspace.byFile(finding.file).find((each) => each.document.index === finding.document);
  if (entry === undefined) return false;
  const environment = resolveEnvironment(entry, selection.workspace);
  return environment.state === 'found' && touched.has(environment.entry.file);
}
