/** A document that the client has open: its text by incremental changes, and its parse when someone asks for it. */
import { firstAfter } from '../core/document/lines.ts';
import type { ParsedText } from '../core/document/node.ts';
import { parse } from '../core/document/parse.ts';
import { decodeCharacter, type Encoding } from './encoding.ts';

/** A change as the protocol sends it; without a range it replaces the whole text. */
export interface TextChange {
  readonly range?: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
  readonly text: string;
}

export class OpenDocument {
  readonly uri: string;
  readonly languageId: string;
  version: number;
  text: string;
  #lineStarts: number[];
  #parsed: ParsedText | undefined;
  #fresh = false;

  constructor(uri: string, languageId: string, version: number, text: string) {
    this.uri = uri;
    this.languageId = languageId;
    this.version = version;
    this.text = text;
    this.#lineStarts = lineStartsOf(text, 0);
    this.#lineStarts.unshift(0);
  }

  /** The parse of the current text, made at most once a version. What was taken from it before a change is not to be read any more. */
  parsed(): ParsedText {
    if (!this.#fresh || !this.#parsed) {
      this.#parsed = parse(this.text, this.#parsed);
      this.#fresh = true;
    }
    return this.#parsed;
  }

  /** Applies the changes in order; `version` is that of the text after all of them. */
  apply(changes: readonly TextChange[], version: number, encoding: Encoding): void {
    for (const change of changes) {
      if (change.range) this.#splice(change.range, change.text, encoding);
      else {
        this.text = change.text;
        this.#lineStarts = lineStartsOf(change.text, 0);
        this.#lineStarts.unshift(0);
      }
    }
    this.version = version;
    this.#fresh = false;
  }

  /** The line without its line end; undefined behind the last one. */
  line(number: number): string | undefined {
    const start = this.#lineStarts[number];
    if (start === undefined) return undefined;
    const end = this.#lineStarts[number + 1] ?? this.text.length;
    return this.text.slice(start, end).replace(/[\r\n]+$/, '');
  }

  #splice(range: NonNullable<TextChange['range']>, inserted: string, encoding: Encoding): void {
    const from = this.#offset(range.start, encoding);
    const to = Math.max(from, this.#offset(range.end, encoding));
    const before = this.text;
    this.text = before.slice(0, from) + inserted + before.slice(to);
    // Line starts are kept up to just before the change (a `\r` there may become half of a `\r\n`), those behind it move.
    const rescanFrom = lineBefore(this.#lineStarts, Math.max(0, from - 1));
    const rescanTo = firstAfter(this.#lineStarts, to + 1);
    const delta = inserted.length - (to - from);
    const tail = this.#lineStarts.slice(rescanTo);
    const start = this.#lineStarts[rescanFrom] ?? 0;
    const tailStart = tail[0];
    const end = tailStart === undefined ? this.text.length : tailStart + delta;
    const middle = lineStartsOf(this.text.slice(start, end), start).filter(
      (each) => tailStart === undefined || each < end,
    );
    if (delta !== 0) for (let index = 0; index < tail.length; index++) tail[index] = (tail[index] ?? 0) + delta;
    this.#lineStarts = this.#lineStarts.slice(0, rescanFrom + 1).concat(middle, tail);
  }

  #offset(position: { readonly line: number; readonly character: number }, encoding: Encoding): number {
    const start = this.#lineStarts[position.line];
    if (start === undefined) return this.text.length;
    const end = this.#lineStarts[position.line + 1] ?? this.text.length;
    const character =
      encoding === 'utf-16'
        ? position.character
        : decodeCharacter(this.text.slice(start, end), position.character, encoding);
    return Math.min(start + character, end);
  }
}

/** Offsets behind each line end of `text`, moved by `base`. Line ends are `\n`, `\r\n` and `\r`, as in the protocol. */
function lineStartsOf(text: string, base: number): number[] {
  const starts: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 13 && text.charCodeAt(index + 1) === 10) index++;
    if (code === 10 || code === 13) starts.push(base + index + 1);
  }
  return starts;
}

/** Index of the last line that starts at or before `offset`. */
function lineBefore(starts: readonly number[], offset: number): number {
  return firstAfter(starts, offset) - 1;
}
