/** Workspaces from folders and from literal texts, for tests. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parse } from '../../server/src/core/document/parse.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import type { Entry, Workspace } from '../../server/src/core/workspace.ts';
import { buildWorkspace, type WorkspaceIndex } from '../../server/src/core/workspaceIndex.ts';

/** The YAML files of a folder under test/fixtures as a workspace. */
export function workspaceOfFolder(...path: readonly string[]): WorkspaceIndex {
  const folder = join(import.meta.dirname, '..', 'fixtures', ...path);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.ya?ml$/.test(file));
  return buildWorkspace(
    files
      .sort()
      .map((file) => ({ file: file.split(sep).join('/'), parsed: parse(readFileSync(join(folder, file), 'utf8')) })),
  );
}

/** The workspace of these texts, by path. */
export function workspaceOf(texts: Readonly<Record<string, string>>): WorkspaceIndex {
  return buildWorkspace(Object.entries(texts).map(([file, text]) => ({ file, parsed: parse(text) })));
}

/** The only document of a file. @throws where there is none. */
export function entryOf(workspace: Workspace, file: string): Entry {
  const entry = workspace.byFile(file)[0];
  if (!entry) throw new Error(`${file} has no document of ours`);
  return entry;
}

/** The text that a finding marks. */
export function markedText(workspace: Workspace, finding: Finding): string {
  const parsed = workspace.files.get(finding.file);
  if (!parsed) throw new Error(`${finding.file} is not in the workspace`);
  const span = findingSpan(parsed, finding);
  return parsed.text.slice(span.start, span.end);
}
