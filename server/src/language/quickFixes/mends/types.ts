/** Mends of values of another type, out of their range, or beside what excludes them. */
import { nodeAt } from '../../../core/document/navigate.ts';
import type { Path, ScalarNode } from '../../../core/document/node.ts';
import { asText, asTexts } from '../../../core/references/read.ts';
import { keysAt, schemaNodesAt } from '../../../core/schema/navigate.ts';
import type { Entry } from '../../../core/workspace.ts';
import { numberMeant } from '../../../core/values/durationMeant.ts';
import { removeKey } from './names.ts';
import { mapFor, mapInList, onlyItem } from './shorthand.ts';
import { replaced, scalarAt, yamlText, type Mend, type Mender } from './mend.ts';

/** The same value as a list, as text, with a unit, as the map it is short for, or as where a secret is to be had. */
export const inItsType: Mender = (context, entry, finding) => {
  // The trap of YAML that it fell into brings its fix along.
  if (finding.fixes?.some((fix) => fix.preferred)) return [];
  const { path } = finding;
  const wanted = asTexts(finding.data?.['wanted']);
  const whole = nodeAt(entry.document, path);
  if (whole?.kind === 'seq') return wanted.includes('string') ? onlyItem(entry, path, whole) : [];
  if (whole?.kind === 'map') return wanted.includes('array') ? mapInList(entry, whole) : [];
  if (!whole || (whole.kind === 'scalar' && whole.value === null))
    return isRequired(entry, path) ? [] : removeKey(context, entry, finding);
  const node = scalarAt(entry, path);
  if (!node || node.style === 'literal' || node.style === 'folded') return [];
  const change = (title: string, newText: string, sure = false): Mend => ({
    title,
    edits: [replaced(entry, path, newText)],
    preferred: sure,
    safe: sure,
  });
  const written = typeof node.value === 'string' ? node.value : node.source;
  if (wanted.includes('array')) {
    const items = itemsOf(written).map((item) => mapFor(context, entry, [...path, 0], item) ?? scalarFor(node, item));
    return [change('Put it in a list', `[${items.join(', ')}]`, true)];
  }
  if (wanted.includes('object')) {
    const made = mapFor(context, entry, path, written);
    // A step is given an id by us: that one should see it.
    if (made !== undefined) return [{ ...change(`Change to ${made}`, made, true), safe: path[1] !== 'steps' }];
    const keys = new Set(keysAt(entry.kind, path, entry.document.value).map((key) => key.name));
    const variable = path.slice(-2).join('_').replace(/\W+/gu, '_').toUpperCase();
    return keys.has('env') && keys.has('file') ? [change('Read it from a variable', `{ env: ${variable} }`)] : [];
  }
  if (wanted.includes('integer')) {
    const number = numberMeant(written) ?? /^(\d+) ?\+$/u.exec(written.replace(/(?<=\d)[,_](?=\d{3})/gu, ''))?.[1];
    return number === undefined
      ? []
      : [change(`Change to ${number}`, String(number), numberMeant(written) !== undefined)];
  }
  if (!wanted.includes('string') || typeof node.value !== 'number') return [];
  const named = schemaNodesAt(entry.kind, path, entry.document.value).map((each) => each.format ?? '');
  const lacking = UNITS.find(([format]) => named.some((each) => each.endsWith(format)));
  if (!/^\d+(?:\.\d+)?$/u.test(node.source)) return [];
  const units = isLong(path) ? ['d', 'w', 'h'] : ['m', 'h', 'd', 's'];
  return lacking
    ? (lacking[1] ?? units).map((unit) => change(`Change to ${node.source}${unit}`, `${node.source}${unit}`))
    : [];
};

/** Formats whose bare number lacks a unit, with those that it may be. */
const UNITS: readonly (readonly [format: string, units?: readonly string[]])[] = [
  ['duration'],
  ['money', [' USD', ' EUR']],
  ['size', [' GiB', ' MiB']],
];

/** What is told in days. */
function isLong(path: Path): boolean {
  return /retention|every|window|keeps|maxAge/iu.test(String(path.at(-1)));
}

function isRequired(entry: Entry, path: Path): boolean {
  const keys = keysAt(entry.kind, path.slice(0, -1), entry.document.value);
  return keys.some(({ name, required }) => required && name === path.at(-1));
}

/** What people put behind one another with commas, unless it is a sentence. */
function itemsOf(text: string): readonly string[] {
  const items = text.split(/\s*,\s*/u);
  return items.length > 1 && items.every((item) => /^[\w@./*:#&+<>()-]+(?: [\w@./*:#&+<>()-]+){0,3}$/u.test(item))
    ? items
    : [text];
}

function scalarFor(node: ScalarNode, item: string): string {
  return typeof node.value === 'string' ? yamlText(item) : node.source;
}

/** The map that a word is short for; the nearest value of the range; or the key taken out that can't stand beside another, or that is empty. */
export const fitting: Mender = (context, entry, finding) => {
  const data = finding.data ?? {};
  const short = asText(data['value']);
  const whole = short === undefined ? undefined : mapFor(context, entry, finding.path, short);
  if (whole !== undefined)
    return [{ title: `Change to ${whole}`, edits: [replaced(entry, finding.path, whole)], preferred: true }];
  if (Array.isArray(data['present']) || data['keyword'] === 'minLength') return removeKey(context, entry, finding);
  const bound = asText(data['keyword'] === 'maximum' ? data['most'] : data['least']);
  return bound === undefined ? [] : [{ title: `Change to ${bound}`, edits: [replaced(entry, finding.path, bound)] }];
};

/** A database is looked up by a resource of its own kind. */
export const kindOfDatabase: Mender = (_context, entry, finding) => {
  const [kind] = asTexts(finding.data?.['kinds']);
  if (finding.path.at(-1) !== 'id' || asText(finding.data?.['kind']) === undefined || kind === undefined) return [];
  const path = [...finding.path.slice(0, -1), 'kind'];
  return [{ title: `Change the kind to ${kind}`, edits: [replaced(entry, path, kind)] }];
};
