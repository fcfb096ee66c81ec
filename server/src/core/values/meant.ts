/** What was meant by a value that is not in its form: `1 hour` is `1h`, `$500` is `500 USD`, `=>35` is `>=35`, `02.10.2026` a date. */
import { isConstraintOf, parseConstraint, type ValueKind } from './constraint.ts';
import { cronMeant } from './cronMeant.ts';
import { durationMeant } from './durationMeant.ts';
import { dateMeant, instantMeant, zoneMeant, type Meant } from './dateMeant.ts';
import { parseDuration } from './duration.ts';
import { parseMoney } from './money.ts';
import { parseSize } from './size.ts';
import { isVersion } from './version.ts';

/** What is longer is no value, and takes the patterns here long. */
const LONGEST = 200;
const NOTHING: Meant = { texts: [], certain: false };
const DAY = 86_400_000;
const CURRENCIES: Readonly<Record<string, string>> = {
  $: 'USD',
  us$: 'USD',
  dollar: 'USD',
  dollars: 'USD',
  '€': 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  '£': 'GBP',
  pound: 'GBP',
  pounds: 'GBP',
};
/** Words for a comparison, each with its operator. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/=>|≥|\b(?:at least|minimum|min\.?|not less than|no less than)(?=[\s\d])/giu, '>='],
  [/=<|≤|\b(?:at most|maximum|max\.?|not more than|no more than|up to)(?=[\s\d])/giu, '<='],
  [/\b(?:more than|greater than|above|over)(?=\s)/giu, '>'],
  [/\b(?:less than|fewer than|below|under)(?=\s)/giu, '<'],
];
const COMPARED = /(<=|>=|!=|==|=|<|>)\s*([^<>=!]+)/gu;

/** What a text was meant to be that is not of `format`, a format of the schemas, as the value of `key`. */
export function meantBy(format: string, text: string, key: string): Meant {
  if (text.length > LONGEST) return NOTHING;
  const kind = /^constraint-(\w+)$/u.exec(format)?.[1];
  if (kind !== undefined) return one(constraintMeant(text, kind as ValueKind, key));
  switch (format) {
    case 'duration':
      return one(durationMeant(text));
    case 'money':
      return one(moneyMeant(text));
    case 'size':
      return sizesMeant(text);
    case 'cron':
      return one(cronMeant(text));
    case 'date':
      return dateMeant(text);
    case 'instant':
      return { texts: instantMeant(text), certain: false };
    case 'time-zone':
      return one(zoneMeant(text));
    case 'url':
      return { texts: urlMeant(text), certain: false };
    default:
      return NOTHING;
  }
}

function one(text: string | undefined): Meant {
  return text === undefined ? NOTHING : { texts: [text], certain: true };
}

function moneyMeant(text: string): string | undefined {
  const match = /^([$€£]|us\$|[a-z]{3})\s*([\d.,_]+)$|^([\d.,_]+)\s*([$€£]|us\$|[a-z]{3,7})$/iu.exec(text.trim());
  const unit = (match?.[1] ?? match?.[4])?.toLowerCase();
  const amount = match?.[2] ?? match?.[3];
  if (unit === undefined || amount === undefined) return undefined;
  const made = `${amount} ${CURRENCIES[unit] ?? unit.toUpperCase()}`;
  return parseMoney(made) ? made : undefined;
}

/** `40 G` may be either of two. */
function sizesMeant(text: string): Meant {
  const match = /^([\d.,_]+)\s*([kmgtp])(i?)(?:b|ytes?)?$|^([\d.,_]+)\s*(kilo|mega|giga|tera|peta)bytes?$/iu.exec(
    text.trim(),
  );
  if (!match) return NOTHING;
  const amount = (match[1] ?? match[4] ?? '').replace(/[,_](?=\d{3})/gu, '');
  const letter = (match[2] ?? match[5] ?? '').charAt(0).toUpperCase();
  const binary = `${amount} ${letter}iB`;
  const decimal = `${amount} ${letter === 'K' ? 'k' : letter}B`;
  const certain = match[3] === 'i' || /b$/iu.test(text.trim()) || match[5] !== undefined;
  const texts = match[3] === 'i' ? [binary] : certain ? [decimal] : [binary, decimal];
  return { texts: texts.filter((each) => parseSize(each) !== undefined), certain };
}

function urlMeant(text: string): readonly string[] {
  if (!/^[\w.-]+(?::\d+)?(?:\/\S*)?$/u.test(text) || !/[.:]|^localhost/u.test(text)) return [];
  return [`${/^(?:localhost|127\.)/u.test(text) ? 'http' : 'https'}://${text}`];
}

/** Words for operators, units in words, numbers in groups, and `and` between two comparisons. */
function constraintMeant(text: string, kind: ValueKind, key: string): string | undefined {
  const operand = (each: string): string | undefined => operandMeant(each, kind, key);
  let written = text.trim().replace(/^=\s*(?=[<>]=)/u, '');
  const range = /^(?:between\s+)?(\S.*?)\s*(?:\.\.\.?|–|\bto\b|\band\b|(?<=\d)-(?=\d))\s*(\d.*)$/iu.exec(written);
  if (range && /^\d/u.test(written.replace(/^between\s+/iu, ''))) written = `>=${range[1] ?? ''} <=${range[2] ?? ''}`;
  written = written.replace(/^(\d.*?)\s*(?:\+|or (?:more|newer|later|above)|and (?:more|up|newer|later))$/iu, '>=$1');
  for (const [words, operator] of SAID) written = written.replace(words, operator);
  if (!/^[<>=!]/u.test(written)) return accepted(operand(written), kind);
  const parts = [...written.matchAll(COMPARED)].map(([, operator = '', each = '']) => {
    const read = operand(each.replace(/\s*(?:\band\b|&&|[,;&])\s*$/iu, ''));
    return read === undefined ? undefined : `${operator}${read}`;
  });
  return parts.includes(undefined) ? undefined : accepted(parts.join(' '), kind);
}

function accepted(text: string | undefined, kind: ValueKind): string | undefined {
  const constraint = text === undefined || text === '' ? undefined : parseConstraint(text);
  return constraint && isConstraintOf(constraint, kind) ? text : undefined;
}

function operandMeant(text: string, kind: ValueKind, key: string): string | undefined {
  const trimmed = text.trim();
  switch (kind) {
    case 'number': {
      const plain = trimmed.replace(/(?<=\d)[,_' ](?=\d{3}(?!\d))/gu, '');
      if (/^\d+(?:\.\d+)?$/u.test(plain)) return plain;
      // `retentionDays: 35 days` says its unit twice.
      const ms = /days$/iu.test(key) ? (parseDuration(plain)?.ms ?? readDuration(plain)) : undefined;
      return ms !== undefined && ms % DAY === 0 ? String(ms / DAY) : undefined;
    }
    case 'duration':
      return parseDuration(trimmed) ? trimmed : durationMeant(trimmed);
    case 'size': {
      const [size, other] = parseSize(trimmed) === undefined ? sizesMeant(trimmed).texts : [trimmed];
      return other === undefined ? size : undefined;
    }
    case 'version': {
      const bare = trimmed.replace(/^[a-z]+[\s-]*(?=v?\d)/iu, '').replace(/^[~^]>?\s*|(?:\.[x*])+$/giu, '');
      return isVersion(bare) ? bare.replace(/^v/iu, '') : undefined;
    }
    case 'any':
      return trimmed;
  }
}

function readDuration(text: string): number | undefined {
  const meant = durationMeant(text);
  return meant === undefined ? undefined : parseDuration(meant)?.ms;
}
