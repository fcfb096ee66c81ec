/** Mends of what is not in its form: values in words, dates of other lands, names that are no names. */
import { nodeAt, pairAt } from '../../../core/document/navigate.ts';
import type { DocNode, Path } from '../../../core/document/node.ts';
import { asText } from '../../../core/references/read.ts';
import { schemaNodesAt } from '../../../core/schema/navigate.ts';
import { meantBy } from '../../../core/values/meant.ts';
import type { Entry } from '../../../core/workspace.ts';
import type { LanguageContext } from '../../context.ts';
import { occurrencesOf, symbolAt } from '../../naming.ts';
import { replaced, scalarAt, type Mend, type Mender } from './mend.ts';

/** What was meant, in the form that is read: `1 hour` is `1h`, `daily` five fields, `$500` is `500 USD`. */
export const inItsForm: Mender = (context, entry, finding) => {
  if (finding.fixes?.some((fix) => fix.preferred)) return [];
  const { path } = finding;
  const format = asText(finding.data?.['format']) ?? '';
  if (finding.at === 'key') return format === 'pattern' ? keyRenamed(context, entry, path) : [];
  const value = asText(finding.data?.['value']) ?? scalarAt(entry, path)?.source ?? '';
  if (format === 'pattern') return inItsPattern(context, entry, path, value);
  const key = path.findLast((segment) => typeof segment === 'string') ?? '';
  const { texts, certain } = meantBy(format, value, key);
  return texts
    .filter((text) => text !== value)
    .map((text) => ({ ...changed(entry, path, text, format), preferred: certain, safe: certain }));
};

const ACCOUNT_ID = '^[0-9]{12}$';

/** `1234-5678-9012` is how the console shows it. */
export function accountId(text: string): string | undefined {
  const digits = text.replace(/[\s-]/gu, '');
  return /^\d{12}$/u.test(digits) ? digits : undefined;
}

function changed(entry: Entry, path: Path, text: string, format: string): Mend {
  const isPlain = /^[\w ./-]+$/u.test(text) && format !== 'constraint-version';
  return {
    title: `Change to \`${text}\``,
    edits: [replaced(entry, path, isPlain ? text : JSON.stringify(text))],
  };
}

/** A name of a document, with what refers to it, or the id of an account. */
function inItsPattern(context: LanguageContext, entry: Entry, path: Path, value: string): readonly Mend[] {
  if (isDocumentName(path)) {
    const made = labelOf(value);
    return made === undefined || made === value ? [] : [renamed(context, entry, scalarAt(entry, path), made)];
  }
  if (!schemaNodesAt(entry.kind, path, entry.document.value).some(({ pattern }) => pattern === ACCOUNT_ID)) return [];
  const id = accountId(value);
  if (id !== undefined) return [{ ...changed(entry, path, id, 'constraint-version'), preferred: true, safe: true }];
  // Its leading zeros were lost where it was a number once.
  return /^\d{9,11}$/u.test(value) ? [changed(entry, path, value.padStart(12, '0'), 'constraint-version')] : [];
}

function isDocumentName(path: Path): boolean {
  return path.length === 2 && path[0] === 'metadata' && path[1] === 'name';
}

/** A DNS label of the same letters. */
function labelOf(text: string): string | undefined {
  const made = inAscii(text)
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/gu, '');
  return made === '' ? undefined : made;
}

function inAscii(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '');
}

/** The key and what uses it, by a name that can be one. */
function keyRenamed(context: LanguageContext, entry: Entry, path: Path): readonly Mend[] {
  const pair = pairAt(entry.document, path);
  const made = inAscii(String(path.at(-1)))
    .replace(/[^A-Za-z0-9_.-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/gu, '');
  const taken = nodeAt(entry.document, [...path.slice(0, -1), made]) !== undefined;
  if (!pair || made === '' || taken) return [];
  return [renamed(context, entry, pair.key, made)];
}

/** What a node names, under another name everywhere. */
function renamed(context: LanguageContext, entry: Entry, node: DocNode | undefined, name: string): Mend {
  const title = `Rename it to \`${name}\``;
  if (!node) return { title, edits: [] };
  const quote = /^["']/u.test(entry.parsed.text.slice(node.start, node.start + 1)) ? 1 : 0;
  const symbol = entry.file === context.file ? symbolAt(context, node.start + quote) : undefined;
  const places = symbol
    ? occurrencesOf(context, symbol, { declarations: true }).map((each) => ({ file: each.entry.file, span: each.span }))
    : [{ file: entry.file, span: { start: node.start, end: node.end } }];
  return { title, edits: places.map((place) => ({ ...place, newText: name })), preferred: true };
}
