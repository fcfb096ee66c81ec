/** What a check may expect of an answer, and what people meant where they wrote something that could never hold. */
import { parseConstraint, type Comparison } from './constraint.ts';
import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';
import { isVersion } from './version.ts';

/** Why a text can't hold, and what to write in its place. */
export interface Misread {
  /** The end of a sentence that begins with the text. */
  readonly why: string;
  readonly write: string;
  /** What was meant, where that is certain; `key` where it is said by another key. */
  readonly instead?: { readonly key?: 'notLessThan'; readonly value: string };
}

const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d+)?|\.\d+)`;
/** Numbers as people group them: `1,000`, `1_000`, `1 000`. */
const GROUPED = String.raw`\d{1,3}(?:[,_' ]\d{3})+`;
const SHARE =
  /^(?:>=?|=>|≥|at least|not less than)?\s*(\d+(?:\.\d+)?)\s*(?:%|percent)\s*(?:of\s+(?:the\s+)?last\b.*)?$/iu;
const LAST = /^(?:>=?|=>|≥|at least|not less than)\s*(?:the\s+)?last(?:\s+(?:run|time|value))?$/iu;

/** Words and signs for a comparison, each with the operator that it stands for. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/^(?:=>|≥|at least|minimum|min\.?|not less than|no less than)\s*/iu, '>='],
  [/^(?:=<|≤|at most|maximum|max\.?|not more than|no more than|up to)\s*/iu, '<='],
  [/^(?:more than|greater than|larger than|above|over|gt)\s+/iu, '>'],
  [/^(?:less than|fewer than|smaller than|below|under|lt)\s+/iu, '<'],
  [/^(?:≠|<>|not equal to|not)\s*(?=\S)/iu, '!='],
];
const RANGE = new RegExp(String.raw`^(?:between\s+)?(${NUMBER})\s*(?:\.\.\.?|–|-|to|and)\s*(${NUMBER})$`, 'iu');
const OR_MORE = new RegExp(String.raw`^(${NUMBER})\s*(?:\+|or more|and more|and up)$`, 'iu');

/** Undefined where the text is a value or a constraint that an answer can meet. */
export function misreadAnswer(text: string): Misread | undefined {
  const trimmed = text.trim();
  const floor = shareOf(trimmed);
  if (floor !== undefined)
    return {
      why: "compares with the last passed run, which `expect` doesn't know",
      write: `write \`notLessThan: ${floor}\``,
      instead: { key: 'notLessThan', value: floor },
    };
  if (/^[<>=!≥≤].*%|^\d+(?:\.\d+)?\s*%(?:\s|$)/u.test(trimmed))
    return {
      why: 'is a share, and an answer is no share of anything',
      write: 'write a number, or `notLessThan: 95% of last`',
    };
  const meant = meantBy(trimmed);
  if (meant !== undefined && meant !== trimmed && canHold(meant))
    return {
      why: canHold(trimmed) ? 'is taken for a text that the answer would have to equal' : 'can never hold',
      write: `write \`"${meant}"\`${canHold(trimmed) ? '; a text of these very words is said with `equals`' : ''}`,
      instead: { value: meant },
    };
  return canHold(trimmed)
    ? undefined
    : {
        why: 'can never hold',
        write: 'write a plain value, or comparisons with numbers, times, durations or sizes such as `">=1000"`',
      };
}

/** `95% of last` for every way of saying so; undefined for what is no share of the last run. */
export function shareOf(text: string): string | undefined {
  const share = SHARE.exec(text.trim())?.[1];
  if (share !== undefined) return `${share}% of last`;
  return LAST.test(text.trim()) ? '100% of last' : undefined;
}

/** The constraint in our own words; undefined where nothing else was meant. */
function meantBy(text: string): string | undefined {
  const range = RANGE.exec(text);
  if (range && Number(range[1]) <= Number(range[2])) return `>=${range[1] ?? ''} <=${range[2] ?? ''}`;
  const more = OR_MORE.exec(text)?.[1];
  if (more !== undefined) return `>=${more}`;
  if (/^(?:is\s+)?not\s+null$/iu.test(text)) return '!=null';
  let meant = text;
  for (const [said, operator] of SAID) {
    const rest = text.replace(said, '');
    if (rest !== text && new RegExp(String.raw`^(?:${NUMBER}|${GROUPED})(?!\S*[a-z-])`, 'iu').test(rest)) {
      meant = `${operator}${rest}`;
      break;
    }
  }
  // `>=1 and <2`, `>1,000`, `>=1000 rows`.
  meant = meant
    .replace(/\s*(?:\band\b|&&)\s*(?=[<>=!])/giu, ' ')
    .replace(new RegExp(String.raw`(?<=^[<>=!]*\s*|\s[<>=!]+\s*)${GROUPED}(?=\s|$)`, 'gu'), (digits) =>
      digits.replace(/[,_' ]/gu, ''),
    )
    .replace(
      new RegExp(String.raw`^([<>=!]+\s*${NUMBER})\s+(?:rows?|records?|entries|items|files|lines)$`, 'iu'),
      '$1',
    );
  return meant;
}

/** Whether there is an answer that meets it. */
function canHold(text: string): boolean {
  const constraint = parseConstraint(text);
  if (!constraint || text === '') return false;
  return constraint.plain || constraint.comparisons.every(isComparable);
}

function isComparable({ operator, operand }: Comparison): boolean {
  if (/\s(?:and|or|&&|\|\|)(?:\s|$)/iu.test(operand)) return false;
  if (operator === '=' || operator === '!=') return true;
  return (
    new RegExp(String.raw`^(?:${NUMBER})(?:e[-+]?\d+)?$`, 'iu').test(operand) ||
    parseDuration(operand) !== undefined ||
    parseSize(operand) !== undefined ||
    isVersion(operand) ||
    !Number.isNaN(Date.parse(operand))
  );
}
