/** Tabs as indentation, which YAML does not take, and their mend. */
import type { YAMLError } from 'yaml';
import type { Span, SyntaxProblem } from './node.ts';

/** With more lines than these only the first fault brings the mend of all: each with each would be millions. */
const MOST_TABS = 100;

/** The tabs at the beginning of lines. */
export function tabsOf(text: string): readonly Span[] {
  return Array.from(text.matchAll(/^\t+/gm), (tabs) => ({ start: tabs.index, end: tabs.index + tabs[0].length }));
}

/** The fault of a line that is indented by tabs, where an error stands that tabs make. `tabLines`: the tabs of the whole text. */
export function tabIndentation(
  line: { readonly start: number; readonly text: string },
  error: YAMLError,
  tabLines: () => readonly Span[],
): SyntaxProblem | undefined {
  const indentation = /^[ \t]*/.exec(line.text)?.[0] ?? '';
  if (error.code !== 'TAB_AS_INDENT' && !/INDENT|UNEXPECTED|MISSING|BAD_SCALAR|IMPOSSIBLE|MULTILINE/.test(error.code))
    return undefined;
  if (!indentation.includes('\t')) return undefined;
  const start = line.start + indentation.indexOf('\t');
  const end = line.start + indentation.length;
  // A line that begins with a tab has nowhere else to be: all of them go at once.
  const all = tabLines();
  const others = all.length <= MOST_TABS || all[0]?.start === start ? all.filter((tabs) => tabs.start !== start) : [];
  return {
    code: 'syntax/yaml',
    message: 'YAML does not take tabs as indentation; use spaces.',
    start,
    end,
    fixes: [
      {
        title: 'Replace tabs by spaces',
        edits: [...others, { start, end }].map((tabs) => ({ span: tabs, newText: '  '.repeat(tabs.end - tabs.start) })),
        preferred: true,
      },
    ],
  };
}
