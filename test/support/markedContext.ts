/** The context of a language feature over files in memory, with a `|` in the text as the cursor. */
import { parse } from '../../server/src/core/document/parse.ts';
import type { EvidenceSummary } from '../../server/src/core/rules/rule.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';
import { ALL_LENSES, NO_LIVE_VIEW, type LanguageContext } from '../../server/src/language/context.ts';
import { TEST_NOW } from './languageClient.ts';
import { WORKSPACE } from './runbooks.ts';

const FILE = 'runbooks/test.runbook.yaml';

export interface Marked {
  readonly context: LanguageContext;
  readonly text: string;
  /** Offset of the mark `‸`; the end of the text where there is none. */
  readonly offset: number;
}

/** The context of `text` beside the example workspace; `‸` marks the cursor and is taken out. */
export function contextAt(
  text: string,
  more: Partial<LanguageContext> & { readonly files?: Readonly<Record<string, string>> } = {},
): Marked {
  const mark = text.indexOf('‸');
  const clean = text.replace('‸', '');
  const file = more.file ?? FILE;
  const parsed = parse(clean);
  const others = Object.entries(more.files ?? WORKSPACE).filter(([name]) => name !== file);
  const workspace = buildWorkspace([
    ...others.map(([name, each]) => ({ file: name, parsed: parse(each) })),
    { file, parsed },
  ]);
  const evidence: EvidenceSummary = { entries: [], problems: [] };
  const context: LanguageContext = {
    uri: `file:///w/${file}`,
    file,
    parsed,
    entries: workspace.byFile(file),
    workspace,
    now: TEST_NOW,
    evidence,
    live: NO_LIVE_VIEW,
    lenses: ALL_LENSES,
    uriOf: (name) => `file:///w/${name}`,
    ...more,
  };
  return { context, text: clean, offset: mark < 0 ? clean.length : mark };
}

/** Applies text edits (line and character ranges) to a text. */
export function applyEdits(
  text: string,
  edits: readonly {
    readonly range: { start: { line: number; character: number }; end: { line: number; character: number } };
    readonly newText: string;
  }[],
): string {
  const starts = [0];
  for (let index = 0; index < text.length; index++) if (text[index] === '\n') starts.push(index + 1);
  const at = (position: { line: number; character: number }): number =>
    (starts[position.line] ?? text.length) + position.character;
  return [...edits]
    .sort((one, other) => at(other.range.start) - at(one.range.start))
    .reduce((made, edit) => made.slice(0, at(edit.range.start)) + edit.newText + made.slice(at(edit.range.end)), text);
}
