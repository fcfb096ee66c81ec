/** What a recogniser of implicit references is: it finds one way of writing a resource in plain text, and never guesses. */

/** A resource that a text names. Indexes are those of the text. */
export interface Recognised {
  readonly start: number;
  readonly end: number;
  /** Where the resource's own name stands in it. */
  readonly idStart: number;
  readonly idEnd: number;
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Account id. */
  readonly account?: string;
  /** What was written, for messages: never a password. */
  readonly text: string;
  /** Where a database answers, as written. */
  readonly endpoint?: { readonly host: string; readonly port?: number; readonly database?: string };
}

/** A row of the table of recognisers. */
export interface Recogniser {
  readonly name: string;
  /** Cheap: whether the text is worth a closer look. */
  mayMatch(text: string): boolean;
  recognise(text: string): readonly Recognised[];
}

/** Stands in a text for what could not be resolved: no name can hold it. */
export const HOLE = '\uFFFC';

const ENDS = /[\s"'`<>|;&(){}[\]\\,]/;

/** Whether a name that ends at `at` really ends there: what follows could not belong to it, nor be a variable or a template. */
export function nameEndsAt(text: string, at: number): boolean {
  const next = text.charAt(at);
  if (next === '') return true;
  if (/[A-Za-z0-9_$%*?{<[~@\\\uFFFC-]/.test(next)) return false;
  if (next === '.') return !/[A-Za-z0-9_$%*{\uFFFC-]/.test(text.charAt(at + 1));
  return true;
}

/** Where a word that began before `from` ends: at white space, a quote or an operator; `$NAME` and `${NAME}` belong to it. */
export function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const rest = text.slice(at, at + 80);
    const variable = /^\$\{[A-Za-z_][^{}\s]*\}|^\{\{[^{}\n]*\}\}/.exec(rest);
    if (variable) at += variable[0].length;
    else if (text.startsWith('$(', at) || ENDS.test(text.charAt(at))) break;
    else at++;
  }
  while (at > from && /[.,:;!?]/.test(text.charAt(at - 1))) at--;
  return at;
}

/** Whether a name that starts at `at` is not the tail of another word. */
export function nameStartsAt(text: string, at: number): boolean {
  return at === 0 || !/[A-Za-z0-9_$}.\uFFFC-]/.test(text.charAt(at - 1));
}
