/** Mends of what is written: names that are there twice, keys that nothing reads, values in words. */
import { startOfLine } from '../../../core/document/lines.ts';
import { nodeAt, pairAt, resolved } from '../../../core/document/navigate.ts';
import type { MapNode, Pair, Path, Span } from '../../../core/document/node.ts';
import { toValue } from '../../../core/document/value.ts';
import { asText, dig } from '../../../core/references/read.ts';
import { parseCron } from '../../../core/values/cron.ts';
import { parseDuration } from '../../../core/values/duration.ts';
import { parseMoney } from '../../../core/values/money.ts';
import type { Entry } from '../../../core/workspace.ts';
import { replaced, type Mender } from './mend.ts';

/** A name of its own for the second of two. */
export const nameOfItsOwn: Mender = (context, entry, finding) => {
  const name = written(entry, finding.path);
  const key = finding.path.at(-1);
  if (name === undefined || typeof key !== 'string') return [];
  const siblings =
    finding.path[0] === 'metadata' ? undefined : toValue(nodeAt(entry.document, finding.path.slice(0, -2)));
  const taken = new Set(
    siblings === undefined
      ? context.workspace.names(entry.kind)
      : (Array.isArray(siblings) ? siblings : []).map((each) => asText(dig(each, key))),
  );
  let count = 2;
  while (taken.has(`${name}-${count}`)) count += 1;
  const other = `${name}-${count}`;
  const text = /^[\w-]+$/u.test(other) ? other : JSON.stringify(other);
  return [{ title: `Rename it to "${other}"`, edits: [replaced(entry, finding.path, text)] }];
};

function written(entry: Entry, path: Path): string | undefined {
  return asText(toValue(nodeAt(entry.document, path)));
}

/** Takes the key out, with its value. */
export const removeKey: Mender = (_context, entry, finding) => {
  // A comma in a flow map makes a key of what is the rest of a value.
  if (finding.fixes?.some((fix) => fix.preferred)) return [];
  const map = resolved(nodeAt(entry.document, finding.path.slice(0, -1)));
  const pair = pairAt(entry.document, finding.path);
  const span = map?.kind === 'map' && pair ? pairSpan(entry, map, pair) : undefined;
  const name = String(finding.path.at(-1));
  return span ? [{ title: `Remove \`${name}\``, edits: [{ file: entry.file, span, newText: '' }] }] : [];
};

/** A pair with its comma, or with its lines; undefined where it is the only one, for what is left would be empty. */
export function pairSpan(entry: Entry, map: MapNode, pair: Pair): Span | undefined {
  const index = map.pairs.indexOf(pair);
  const next = map.pairs[index + 1];
  const before = map.pairs[index - 1];
  if (index < 0 || map.pairs.length < 2) return undefined;
  if (map.flow) {
    if (next) return { start: pair.key.start, end: next.key.start };
    return before && { start: (before.value ?? before.key).end, end: (pair.value ?? pair.key).end };
  }
  const { text } = entry.parsed;
  // The first key of an item stands behind its dash: the next one takes its place.
  const lead = text.slice(startOfLine(text, pair.key.start), pair.key.start);
  if (lead.trim() !== '') return next && { start: pair.key.start, end: next.key.start };
  const valueEnd = Math.max(pair.key.end, pair.value?.end ?? 0);
  const content = text.slice(0, valueEnd).trimEnd().length;
  const lineBreak = text.indexOf('\n', content);
  return { start: pair.key.start - lead.length, end: lineBreak < 0 ? text.length : lineBreak + 1 };
}

const UNITS: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  second: 's',
  m: 'm',
  min: 'm',
  minute: 'm',
  h: 'h',
  hr: 'h',
  hour: 'h',
  d: 'd',
  day: 'd',
  w: 'w',
  week: 'w',
  mo: 'mo',
  month: 'mo',
  y: 'y',
  year: 'y',
};
const CRON: Readonly<Record<string, string>> = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
};
const CURRENCIES: Readonly<Record<string, string>> = { $: 'USD', '€': 'EUR', '£': 'GBP' };

/** What was meant, in the form that is read: `1 hour` is `1h`, `daily` five fields, `$500` is `500 USD`. */
export const inItsForm: Mender = (_context, entry, finding) => {
  const value = asText(finding.data?.['value']) ?? written(entry, finding.path) ?? '';
  const form = asText(finding.data?.['format']) ?? '';
  const meant = form.startsWith('cron')
    ? cronOf(value)
    : form.startsWith('money')
      ? moneyOf(value)
      : form.includes('duration')
        ? durationOf(value)
        : isDocumentName(finding.path)
          ? labelOf(value)
          : undefined;
  if (meant === undefined || meant === value) return [];
  const text = /^[\w -]+$/u.test(meant) ? meant : `"${meant}"`;
  return [{ title: `Change to \`${meant}\``, edits: [replaced(entry, finding.path, text)] }];
};

function isDocumentName(path: Path): boolean {
  return path.length === 2 && path[0] === 'metadata' && path[1] === 'name';
}

/** A DNS label of the same letters. */
function labelOf(text: string): string | undefined {
  const made = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/gu, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/gu, '');
  return made === '' ? undefined : made;
}

function durationOf(text: string): string | undefined {
  const bound = /^[<>]=?/u.exec(text.trim())?.[0] ?? '';
  const words = text
    .trim()
    .slice(bound.length)
    .toLowerCase()
    .replace(/\band\b|,/gu, ' ');
  const parts = [...words.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gu)];
  if (parts.length === 0 || words.replace(/(\d+(?:\.\d+)?)\s*([a-z]+)/gu, '').trim() !== '') return undefined;
  const made = parts.map(([, amount, unit = '']) => {
    const one = Object.hasOwn(UNITS, unit) ? unit : unit.replace(/s$/u, '');
    return Object.hasOwn(UNITS, one) ? `${amount ?? ''}${UNITS[one] ?? ''}` : '?';
  });
  const joined = made.join('');
  return parseDuration(joined) ? bound + joined : undefined;
}

function cronOf(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  const made = Object.hasOwn(CRON, word) ? CRON[word] : undefined;
  return made !== undefined && parseCron(made) ? made : undefined;
}

function moneyOf(text: string): string | undefined {
  const match = /^([$\u20ac\u00a3])\s*([\d.,_]+)$|^([\d.,_]+)\s*([$\u20ac\u00a3]|[a-z]{3})$/iu.exec(text.trim());
  const sign = match?.[1] ?? match?.[4];
  const amount = match?.[2] ?? match?.[3];
  if (sign === undefined || amount === undefined) return undefined;
  const made = `${amount} ${CURRENCIES[sign] ?? sign.toUpperCase()}`;
  return parseMoney(made) ? made : undefined;
}
