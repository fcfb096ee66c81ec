/** A language context over literal texts, with the cursor at a `‸` mark. */
import { ALL_LENSES, NO_LIVE_VIEW, type LanguageContext } from '../../server/src/language/context.ts';
import { workspaceOf } from './workspaces.ts';

export interface Cursor {
  readonly context: LanguageContext;
  readonly offset: number;
}

/** The context of the file whose text holds the mark `‸`; the mark is taken out. Without a mark the first file at 0. */
export function cursorIn(texts: Readonly<Record<string, string>>): Cursor {
  const marked = Object.keys(texts).find((file) => texts[file]?.includes('‸')) ?? Object.keys(texts)[0] ?? '';
  const offset = Math.max(0, texts[marked]?.indexOf('‸') ?? 0);
  const workspace = workspaceOf(
    Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, text.replace('‸', '')])),
  );
  const parsed = workspace.files.get(marked);
  if (!parsed) throw new Error('no file');
  const context: LanguageContext = {
    uri: `file:///w/${marked}`,
    file: marked,
    parsed,
    entries: workspace.byFile(marked),
    workspace,
    now: Date.parse('2026-11-22T12:00:00Z'),
    evidence: { entries: [], problems: [] },
    live: NO_LIVE_VIEW,
    lenses: ALL_LENSES,
    uriOf: (file) => `file:///w/${file}`,
  };
  return { context, offset };
}

/** The text at a range of a file of the context. */
export function textAt(
  { context }: Cursor,
  uri: string,
  range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  },
): string {
  const parsed = context.workspace.files.get(uri.replace('file:///w/', ''));
  if (!parsed) throw new Error(`${uri} is not in the workspace`);
  const at = (position: { readonly line: number; readonly character: number }): number =>
    (parsed.lineStarts[position.line] ?? 0) + position.character;
  return parsed.text.slice(at(range.start), at(range.end));
}
