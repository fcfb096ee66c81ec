/** The formats that the schemas name: what text is valid, and what to say where it isn't. */
import { linearPattern } from '../values/linearPattern.ts';
import { misreadAnswer, shareOf } from '../values/answerConstraint.ts';
import { isConstraintOf, parseConstraint, type ValueKind } from '../values/constraint.ts';
import { cronProblem, isTimeZone } from '../values/cron.ts';
import { parseDuration } from '../values/duration.ts';
import { parseMoney } from '../values/money.ts';
import { parseSize } from '../values/size.ts';

/** Whether a text holds a `${{ … }}` expression: then its value is known only later, and no format is held against it. */
export function hasExpression(text: string): boolean {
  const start = text.indexOf('${{');
  return start >= 0 && text.includes('}}', start);
}

type Check = (text: string) => boolean;
const unlessExpression =
  (check: Check): Check =>
  (text) =>
    hasExpression(text) || check(text);
const constraintOf = (kind: ValueKind): Check =>
  unlessExpression((text) => {
    const constraint = parseConstraint(text);
    return constraint !== undefined && text.trim() !== '' && isConstraintOf(constraint, kind);
  });

/** By the name under `format` in the schemas; the generated validators call these. */
export const formats: Readonly<Record<string, Check>> = {
  duration: unlessExpression((text) => parseDuration(text) !== undefined),
  money: unlessExpression((text) => parseMoney(text) !== undefined),
  size: unlessExpression((text) => parseSize(text) !== undefined),
  cron: unlessExpression((text) => cronProblem(text) === undefined),
  date: unlessExpression(isDate),
  instant: unlessExpression(
    (text) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
  ),
  'time-zone': unlessExpression(isTimeZone),
  'time-pattern': unlessExpression((text) => /%[A-Za-z]/.test(text) && !/%(?![YmdHMSjsfybzZp%])/.test(text)),
  'date-time': (text) => /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)),
  uri: (text) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text),
  url: unlessExpression((text) => /^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/i.test(text)),
  floor: unlessExpression((text) => /^\d+(\.\d+)?( ?% of last)?$/.test(text)),
  'regular-expression': unlessExpression(isRegularExpression),
  'constraint-number': constraintOf('number'),
  'constraint-duration': constraintOf('duration'),
  'constraint-version': constraintOf('version'),
  'constraint-size': constraintOf('size'),
  'constraint-any': constraintOf('any'),
  answer: unlessExpression((text) => misreadAnswer(text) === undefined),
};

/** What a value of each format looks like, as the end of a sentence: "… is no duration; write …". */
const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  duration: ['is not a duration', 'write `90s`, `15m`, `24h`, `35d`, `12w`, `6mo`, `1y`, or ISO 8601 such as `PT15M`'],
  money: ['is not a sum of money', 'write an amount and a currency, such as `500 USD`'],
  size: ['is not a size', 'write a number and a unit, such as `40 GiB` or `500 MB`'],
  date: ['is not a date', 'write year, month and day, such as `2026-10-02`'],
  instant: ['is not a moment', 'write ISO 8601 with a zone, such as `2026-11-01T12:00:00Z`'],
  'time-zone': ['is not a time zone', 'write an IANA name such as `Europe/Paris`'],
  'time-pattern': ['does not tell a time', 'use `%Y %m %d %H %M %S`, as in `orders-%Y%m%dT%H%M%SZ.dump`'],
  url: ['is not a web address', 'write one such as `http://127.0.0.1:5000`'],
  floor: ['is not a floor', 'write a number, or a share such as `95% of last`'],
  'regular-expression': [
    'is not a regular expression',
    'mend it, or quote special characters with `\\`; looking ahead or behind and referring back are not supported',
  ],
  'constraint-number': ['is neither a number nor a constraint', 'write `35`, `">=35"` or `">=7 <=30"`'],
  'constraint-duration': ['is neither a duration nor a constraint', 'write `2h`, `"<=1h"` or `">=1d <7d"`'],
  'constraint-version': ['is neither a version nor a constraint', 'write `"15"`, `"15.4"` or `">=15.2 <16"`'],
  'constraint-size': ['is neither a size nor a constraint', 'write `40 GiB` or `">=1 MiB"`'],
  'constraint-any': ['is not a constraint', 'write a plain value, or comparisons such as `">=15.2 <16"`'],
};

/** Why `text` does not fit `format` and what would, as "…; …"; names the text unless it may be a secret. */
export function formatMessage(format: string, text: string): string {
  if (format === 'cron')
    return `is not a cron expression: ${cronProblem(text) ?? "it can't be read"}; write five fields such as \`0 * * * *\``;
  const misread = format === 'answer' ? misreadAnswer(text) : undefined;
  if (misread) return `${misread.why}; ${misread.write}`;
  const share = format === 'floor' ? shareOf(text) : undefined;
  if (share !== undefined) return `is not a floor; write \`${share}\``;
  const [what, write] = WORDS[format] ?? [`is not of the format ${format}`, 'see the documentation'];
  return `${what}; ${write}`;
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(match[3]);
}

function isRegularExpression(text: string): boolean {
  return 'match' in linearPattern(text);
}
