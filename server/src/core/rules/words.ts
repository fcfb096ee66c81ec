/** Words that messages of several rules share. */
import type { RunbookView } from './runbookView.ts';

/** `class customer-critical of policy acme`. */
export function classWords(view: RunbookView): string {
  return view.class ? `class ${view.class.name} of policy ${view.class.policy}` : 'its class';
}

/** `one`, `one and other`, `one, other and third`. */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** `1 copy`, `2 copies`. */
export function countWords(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
