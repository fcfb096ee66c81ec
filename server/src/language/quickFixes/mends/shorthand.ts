/** What a text is short for where a map has to stand; and a map or a list of one where the other has to. */
import { startOfLine } from '../../../core/document/lines.ts';
import { nodeAt } from '../../../core/document/navigate.ts';
import type { MapNode, Path, SeqNode } from '../../../core/document/node.ts';
import { asMap, asText, dig } from '../../../core/references/read.ts';
import { environmentOf } from '../../../core/references/environment.ts';
import { formats } from '../../../core/schema/formats.ts';
import { keysAt, type JsonSchema } from '../../../core/schema/navigate.ts';
import { meantBy } from '../../../core/values/meant.ts';
import type { Entry } from '../../../core/workspace.ts';
import type { LanguageContext } from '../../context.ts';
import type { FileEdit } from '../action.ts';
import { accountId } from './forms.ts';
import { yamlText, type Mend } from './mend.ts';

const LONGEST = 500;

/** Places whose text tells by itself what it is. */
type Short = (context: LanguageContext, entry: Entry, text: string, index: number) => string | undefined;
const KNOWN: readonly (readonly [place: RegExp, made: Short])[] = [
  [/^metadata\.owners\.\d+$/u, (_context, _entry, text) => ownerOf(text)],
  [
    /^restore\.steps\.\d+$/u,
    (_context, entry, text, index) =>
      /\s/u.test(text.trim()) ? `{ id: ${freeStepId(entry, index)}, run: ${yamlText(text)} }` : undefined,
  ],
  [
    /^dryRuns\.[^.]+\.checks\.\d+$/u,
    (_context, _entry, text) => (/^(?:select|with|show)\s/iu.test(text) ? `{ query: ${yamlText(text)} }` : undefined),
  ],
  [/^backups\.[^.]+\.in$/u, (_context, entry, text) => storeOf(entry, text)],
  [/^dryRuns\.[^.]+\.sandbox$/u, sandboxOf],
  [
    /^resources\.[^.]+\.expect\.objectLock$/u,
    (_context, _entry, text) =>
      /^(?:governance|compliance)$/iu.test(text) ? `{ mode: ${text.toLowerCase()} }` : undefined,
  ],
  [
    /^resources\.[^.]+\.expect\.allows\.\d+$/u,
    (_context, _entry, text) => (/^[a-z0-9-]+:[\w*?]+$/iu.test(text) ? `{ actions: [${yamlText(text)}] }` : undefined),
  ],
  [
    /^aws\.accounts\.[^.]+$/u,
    (_context, _entry, text) => {
      const id = accountId(text);
      return id === undefined ? undefined : `{ id: "${id}" }`;
    },
  ],
];

/** The map that a text at `path` is short for: as such a place is known, or by the only key that such a value fits. */
export function mapFor(context: LanguageContext, entry: Entry, path: Path, text: string): string | undefined {
  // What is longer is no name and no value, and takes the patterns below long.
  if (text.length > LONGEST) return undefined;
  const place = path.join('.');
  const known = KNOWN.find(([pattern]) => pattern.test(place));
  if (known) return known[1](context, entry, text, Number(path.at(-1)));
  const fitting = keysAt(entry.kind, path).flatMap(({ name, schema }) => {
    const value = valueOf(schema, text, name);
    return value === undefined ? [] : [`{ ${name}: ${yamlText(value)} }`];
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}

const TELLING = new Set(['duration', 'money', 'size', 'cron', 'date']);

/** A value that can be told to be one of that schema: one of its words, or of a form of its own. */
function valueOf(schema: JsonSchema, text: string, key: string): string | undefined {
  if (schema.enum?.includes(text) === true) return text;
  const { format } = schema;
  if (format === undefined || !TELLING.has(format)) return undefined;
  if (formats[format]?.(text) === true) return text;
  const { texts, certain } = meantBy(format, text, key);
  return certain ? texts[0] : undefined;
}

/** `Payments <payments@example.com>`, `Payments (#payments)`, or a name alone. */
function ownerOf(text: string): string {
  const [, name, contact] = /^(.*\S)\s*[<(]\s*(.+?)\s*[>)]$/u.exec(text) ?? [];
  return name === undefined || contact === undefined
    ? `{ name: ${yamlText(text)} }`
    : `{ name: ${yamlText(name)}, contact: ${yamlText(contact)} }`;
}

function freeStepId(entry: Entry, index: number): string {
  const steps = dig(entry.document.value, 'restore', 'steps');
  const taken = new Set((Array.isArray(steps) ? steps : []).map((step) => asText(dig(step, 'id'))));
  let number = index + 1;
  while (taken.has(`step-${number}`)) number += 1;
  return `step-${number}`;
}

function storeOf(entry: Entry, text: string): string | undefined {
  if (Object.hasOwn(asMap(dig(entry.document.value, 'resources')), text)) return `{ bucket: ${yamlText(text)} }`;
  return /^\.{0,2}\//u.test(text) ? `{ folder: ${yamlText(text)} }` : undefined;
}

const ENGINES = new Set(['postgres', 'mysql', 'mariadb', 'mongodb', 'redis']);

function sandboxOf(context: LanguageContext, entry: Entry, text: string): string | undefined {
  const environment = environmentOf(entry, context.workspace);
  const known = asMap(dig(environment?.document.value, 'sandboxes'));
  if (Object.hasOwn(known, text)) return `{ use: ${yamlText(text)} }`;
  const [, engine = '', version] = /^([a-z]+)(?:[ :-]?(\d[\w.]*))?$/u.exec(text) ?? [];
  if (!ENGINES.has(engine)) return undefined;
  return version === undefined ? `{ engine: ${engine} }` : `{ engine: ${engine}, version: "${version}" }`;
}

/** The one item of a list, by itself. */
export function onlyItem(entry: Entry, path: Path, list: SeqNode): readonly Mend[] {
  const [item] = list.items;
  if (list.items.length !== 1 || item?.kind !== 'scalar' || !list.flow || nodeAt(entry.document, path) !== list)
    return [];
  const { text } = entry.parsed;
  // One that nobody closes reaches further than it should.
  if (text[list.end - 1] !== ']') return [];
  const newText = text.slice(item.start, item.end);
  const edit = { file: entry.file, span: { start: list.start, end: list.end }, newText };
  return [{ title: 'Take it out of the list', edits: [edit], preferred: true }];
}

/** A map as the one item of a list: in brackets, or behind a dash. */
export function mapInList(entry: Entry, map: MapNode): readonly Mend[] {
  const [first] = map.pairs;
  if (!first) return [];
  const put = (at: number, newText: string): FileEdit => ({ file: entry.file, span: { start: at, end: at }, newText });
  const title = 'Put it in a list';
  if (map.flow && !entry.parsed.text.startsWith('}', map.end - 1)) return [];
  if (map.flow) return [{ title, edits: [put(map.start, '['), put(map.end, ']')], preferred: true }];
  const { text } = entry.parsed;
  const from = startOfLine(text, first.key.start);
  if (text.slice(from, first.key.start).trim() !== '') return [];
  const edits = [put(first.key.start, '- ')];
  for (let at = text.indexOf('\n', from) + 1; at > 0 && at < map.end; at = text.indexOf('\n', at) + 1)
    if (/^[^\r\n]*\S/u.test(text.slice(at, map.end))) edits.push(put(at, '  '));
  return [{ title, edits, preferred: true }];
}
