/** Words that messages of several rules share. */
import { written } from './read.ts';
import type { RunbookView } from './runbookView.ts';
import { withoutSecrets } from './secrets.ts';

/** `class customer-critical of policy acme`. */
export function classWords(view: RunbookView): string {
  return view.class ? `class ${view.class.name} of policy ${view.class.policy}` : 'its class';
}

/** `one`, `one and other`, `one, other and third`. */
export function listWords(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}

/** `1 copy`, `2 copies`. */
export function countWords(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** How far something may be behind, as a sentence says it: `5m` of `<=5m`. */
export function lagWords(lag: unknown): string {
  return written(lag).replace(/^[<=]+\s*/u, '');
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** A time to the second, every unit that counts: `1d 10m`. A sentence that says what is too long must not round it away. */
export function timeWords(ms: number): string {
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

/** At most 60 characters on one line, without the secrets that may stand in a command. */
export function shortened(text: string): string {
  const line = withoutSecrets(text).replace(/\s+/gu, ' ').trim();
  return line.length <= 60 ? line : `${line.slice(0, 59).trimEnd()}…`;
}
