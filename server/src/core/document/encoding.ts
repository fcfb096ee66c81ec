/** Text that was no UTF-8 when it was read: Latin-1, UTF-16, or no text at all. */
import type { SyntaxProblem } from './node.ts';

/** The first place of `text` whose bytes were not UTF-8; one for a whole file, since its cause is one. */
export function encodingProblem(text: string): SyntaxProblem | undefined {
  const replaced = text.indexOf('\uFFFD');
  const zero = text.indexOf('\0');
  if (replaced < 0 && zero < 0) return undefined;
  const start = replaced < 0 || (zero >= 0 && zero < replaced) ? zero : replaced;
  // Whoever decoded the text put this character where bytes made no sense.
  const message =
    zero >= 0
      ? 'This file is not UTF-8 text (UTF-16, or not text at all); save it as UTF-8.'
      : 'The bytes here are not UTF-8 (Latin-1 perhaps), so what they mean is unknown; save the file as UTF-8.';
  return { code: 'syntax/yaml', message, start, end: start + 1 };
}
