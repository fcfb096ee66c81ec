/** What a document, a file name or a tool says is shown by the terminal, never obeyed. */
import assert from 'node:assert/strict';
import { steerless } from '../../server/src/cli/style.ts';

describe('text on its way to a terminal', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['keeps lines, tabs and colours', 'a\tb\r\n\u001b[31mred\u001b[39m\n', 'a\tb\r\n\u001b[31mred\u001b[39m\n'],
    ['stops a title', '\u001b]0;owned\u0007x', '\ufffd]0;owned\ufffdx'],
    ['stops the cursor and the screen', 'a\u001b[2J\u001b[1Ab', 'a\ufffd[2J\ufffd[1Ab'],
    ['stops a bare carriage return', 'bad\rgood', 'bad\ufffdgood'],
    ['stops C1 controls', '\u009b2J', '\ufffd2J'],
    ['stops backspaces', 'rm\b\bok', 'rm\ufffd\ufffdok'],
  ];
  for (const [what, text, shown] of rows) it(what, () => assert.equal(steerless(text), shown));
});
