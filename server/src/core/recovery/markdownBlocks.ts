/** Markdown → a flat list of blocks in order: headings, code, list items, text. Every line of the source is in exactly one. */

export type MarkdownBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  /** `info` is what stands behind the opening marks, `marks` are those. */
  | {
      readonly kind: 'code';
      readonly language: string;
      readonly info: string;
      readonly marks: string;
      readonly text: string;
    }
  /** A list item with its own lines, without marker and box; code inside it comes as a block of its own. `marker`: `-`, `3.`. */
  | { readonly kind: 'item'; readonly text: string; readonly marker: string; readonly depth: number }
  | { readonly kind: 'text'; readonly text: string };

export interface MarkdownParts {
  /** Lines between `---` at the very top, without them. */
  readonly frontMatter: string | undefined;
  readonly blocks: readonly MarkdownBlock[];
}

const HEADING = /^ {0,3}(#{1,6})\s+(\S.*)$/u;
const FENCE = /^(\s*)(`{3,}(?=[^`]*$)|~{3,})(.*)$/u;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(\s+)(?:\[[ xX]\]\s+)?(.*)$/u;
/** A line across the page. */
const BREAK = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/u;

/** Reads any text; what is no Markdown is text. */
export function markdownBlocks(source: string): MarkdownParts {
  const lines = source.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
  const frontEnd = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  const blocks: MarkdownBlock[] = [];
  /** Lines of the paragraph or item that is open. */
  let open:
    { readonly item?: { readonly marker: string; readonly depth: number }; readonly lines: string[] } | undefined;
  /** Where the texts of the items begin that the line may be in, outermost first. */
  const items: number[] = [];
  const inItem = (): number => items.at(-1) ?? 0;
  const close = (): void => {
    if (!open) return;
    const text = open.lines.join('\n').replace(/^\n+/u, '').trimEnd();
    if (text !== '') blocks.push(open.item ? { kind: 'item', text, ...open.item } : { kind: 'text', text });
    open = undefined;
  };
  for (let index = frontEnd > 0 ? frontEnd + 1 : 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const indent = indentOf(line);
    const starts = previousIsBlank(lines, index) || ITEM.test(line) || HEADING.test(line);
    if (line.trim() !== '' && starts) while (inItem() > indent) items.pop();
    const fence = FENCE.exec(line);
    if (fence) {
      close();
      const [, before = '', marks = '', behind = ''] = fence;
      const info = behind.trim();
      const end = closingFence(lines, index + 1, marks);
      const code = lines.slice(index + 1, end).map((each) => withoutIndent(each, before.length));
      blocks.push({ kind: 'code', language: languageOf(info), info, marks, text: code.join('\n').trimEnd() });
      index = end;
      continue;
    }
    const heading = HEADING.exec(line.trimEnd());
    const underline = /^ {0,3}(=+|-+)\s*$/u.exec(lines[index + 1] ?? '');
    if (heading) {
      close();
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: withoutClosing(heading[2] ?? '') });
    } else if (underline && !open && line.trim() !== '' && !ITEM.test(line)) {
      blocks.push({ kind: 'heading', level: underline[1]?.startsWith('=') === true ? 1 : 2, text: line.trim() });
      index++;
    } else if (BREAK.test(line)) {
      close();
      blocks.push({ kind: 'text', text: line.trim() });
    } else if (ITEM.test(line)) {
      close();
      const [, , marker = '-', gap = ' ', text = ''] = ITEM.exec(line) ?? [];
      // Behind a wide gap the text begins where the gap does: the rest of it is an indent of the text's own.
      items.push(indent + marker.length + (gap.length > 4 ? 1 : gap.length));
      open = { item: { marker, depth: Math.floor(indent / 2) }, lines: [text] };
    } else if (indent >= inItem() + 4 && line.trim() !== '' && previousIsBlank(lines, index)) {
      close();
      const by = inItem() + 4;
      let end = index;
      while (end < lines.length && (indentOf(lines[end] ?? '') >= by || (lines[end] ?? '').trim() === '')) end++;
      blocks.push({
        kind: 'code',
        language: '',
        info: '',
        marks: '```',
        text: lines
          .slice(index, end)
          .map((each) => withoutColumns(each, by))
          .join('\n')
          .trimEnd(),
      });
      index = end - 1;
    } else if (line.trim() === '') {
      // An item goes on behind a blank line where the next one is indented.
      if (
        open?.item &&
        /^\s{2,}\S/u.test(lines[index + 1] ?? '') &&
        indentOf(lines[index + 1] ?? '') < inItem() + 4 &&
        !FENCE.test(lines[index + 1] ?? '') &&
        !ITEM.test(lines[index + 1] ?? '')
      )
        open.lines.push('');
      else close();
    } else {
      open ??= { lines: [] };
      open.lines.push(open.item ? line.trim() : withoutColumns(line, inItem()).trimEnd());
    }
  }
  close();
  return { frontMatter: frontEnd > 0 ? lines.slice(1, frontEnd).join('\n') : undefined, blocks };
}

/** `bash`, also of `{.bash title="x"}`. */
function languageOf(info: string): string {
  return (/^\{\s*\.?([\w+#-]+)/u.exec(info)?.[1] ?? /^[^\s{]*/u.exec(info)?.[0] ?? '').toLowerCase();
}

/** `# Heading ##` is a heading of one word. */
function withoutClosing(text: string): string {
  const bare = text.replace(/#+$/u, '');
  return bare !== text && (bare === '' || /\s$/u.test(bare)) ? bare.trimEnd() : text;
}

/** The line that closes a fence, or the end of the text: an open fence goes on to the end. */
function closingFence(lines: readonly string[], from: number, marks: string): number {
  for (let index = from; index < lines.length; index++) {
    const line = (lines[index] ?? '').trim();
    if (line.startsWith(marks) && line.replaceAll(marks[0] ?? '`', '') === '') return index;
  }
  return lines.length;
}

function withoutIndent(line: string, by: number): string {
  let cut = 0;
  while (cut < by && (line[cut] === ' ' || line[cut] === '\t')) cut++;
  return line.slice(cut);
}

/** Columns before the text; a tab goes to the next fourth. */
function indentOf(line: string): number {
  let columns = 0;
  for (const char of line) {
    if (char === '\t') columns += 4 - (columns % 4);
    else if (char === ' ') columns++;
    else break;
  }
  return columns;
}

/** The line without so many columns of its indent. */
function withoutColumns(line: string, by: number): string {
  const text = line.trimStart();
  return text === '' ? '' : ' '.repeat(Math.max(0, indentOf(line) - by)) + text;
}

function previousIsBlank(lines: readonly string[], index: number): boolean {
  return index === 0 || (lines[index - 1] ?? '').trim() === '';
}
