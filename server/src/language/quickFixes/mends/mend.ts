/** What a mend is: titled edits for a finding, and the pieces that mends are made of. */
import { writtenSpan } from '../../../core/document/lines.ts';
import { nodeAt, resolved } from '../../../core/document/navigate.ts';
import type { Path, ScalarNode } from '../../../core/document/node.ts';
import type { Finding } from '../../../core/finding.ts';
import { placedText } from '../../../core/references/scalarText.ts';
import type { Entry } from '../../../core/workspace.ts';
import type { LanguageContext } from '../../context.ts';
import { quotedIfNeeded } from '../../markdown.ts';
import type { FileEdit } from '../action.ts';
import { indentOf, insertKey, newLine } from '../insert.ts';

/** A way to mend a finding; a mend without an edit is none. */
export interface Mend {
  readonly title: string;
  readonly edits: readonly (FileEdit | undefined)[];
  /** It is what was meant: for the editor's *fix this*. */
  readonly preferred?: boolean;
  /** Nothing else can have been meant, so *fix all* may apply it. */
  readonly safe?: boolean;
}

/** The mends of one finding, best first. */
export type Mender = (context: LanguageContext, entry: Entry, finding: Finding) => readonly Mend[];

/** The scalar at a path that is written there; an alias is written elsewhere. */
export function scalarAt(entry: Entry, path: Path): ScalarNode | undefined {
  const node = nodeAt(entry.document, path);
  return node?.kind === 'scalar' && node.start < node.end ? node : undefined;
}

/** The edit that writes another value in place of the scalar at `path`; undefined where no scalar is written there. */
export function replaced(entry: Entry, path: Path, newText: string): FileEdit | undefined {
  const node = scalarAt(entry, path);
  return node && { file: entry.file, span: writtenSpan(entry.parsed.text, node), newText };
}

/** Sets a key: its value is replaced where it has one, else the key is added. `value` is as it shall be written. */
export function setKey(entry: Entry, path: Path, key: string, value: string): FileEdit | undefined {
  return nodeAt(entry.document, [...path, key]) === undefined
    ? insertKey(entry, path, key, value)
    : replaced(entry, [...path, key], value);
}

/** A text as a YAML scalar that also stands in a flow collection. */
export function yamlText(text: string): string {
  return /^[\w./-]+(?: [\w./-]+)*$/u.test(text) ? quotedIfNeeded(text) : JSON.stringify(text);
}

/** The command of a step as it reads, with edits by index of that text. */
export interface CommandText {
  readonly text: string;
  /** Puts `text` in place of a range; undefined where the scalar's style can't hold it. */
  replace(start: number, end: number, text: string): FileEdit | undefined;
  /** A line of its own before all others, or `line; ` where the command is on one line. */
  prepend(line: string): FileEdit | undefined;
  /** A line of its own behind all others, or ` && line` where the command is on one line. */
  append(line: string): FileEdit | undefined;
}

/** The text of a command at a path; undefined where none is written there. */
export function commandAt(entry: Entry, path: Path): CommandText | undefined {
  const direct = nodeAt(entry.document, path);
  const node = direct?.kind === 'alias' ? undefined : resolved(direct);
  const placed = node?.kind === 'scalar' ? placedText(entry.parsed.text, node) : undefined;
  if (node?.kind !== 'scalar' || !placed || placed.text.trim() === '') return undefined;
  const { text } = placed;
  const replace: CommandText['replace'] = (start, end, newText) => {
    const written = inStyle(node, newText);
    return written === undefined ? undefined : { file: entry.file, span: placed.spanOf(start, end), newText: written };
  };
  const last = text.trimEnd().length;
  const lineBreak = `${newLine(entry)}${indentOf(entry, placed.spanOf(0, 1).start)}`;
  const ofLines = node.style === 'literal';
  const at = (offset: number, newText: string): FileEdit => ({
    file: entry.file,
    span: { start: offset, end: offset },
    newText,
  });
  return {
    text,
    replace,
    prepend: (line) => (ofLines ? at(placed.spanOf(0, 1).start, `${line}${lineBreak}`) : replace(0, 0, `${line}; `)),
    append: (line) =>
      ofLines
        ? at(placed.spanOf(last - 1, last).end, `${lineBreak}${line}`)
        : behind(placed.spanOf(last - 1, last).end, inStyle(node, ` && ${line}`)),
  };

  function behind(offset: number, written: string | undefined): FileEdit | undefined {
    return written === undefined ? undefined : at(offset, written);
  }
}

/** A piece of text as the style of a scalar writes it. */
function inStyle(node: ScalarNode, text: string): string | undefined {
  switch (node.style) {
    case 'double':
      return JSON.stringify(text).slice(1, -1);
    case 'single':
      return text.replaceAll("'", "''");
    case 'plain':
      return /: |\s#|[,[\]{}\n]/u.test(text) ? undefined : text;
    default:
      return text.includes('\n') ? undefined : text;
  }
}
