/** Tables that fit: as wide as they are where there is room, broken over lines where there is not, nothing lost. */
import assert from 'node:assert/strict';
import { displayWidth, paint, table } from '../../server/src/cli/style.ts';

const style = paint(true);
const ROWS = [
  ['runbook', 'what', 'why'].map(style.dim),
  [style.name('orders-db'), 'restore it again', style.warning('it has changed since the dry run passed on Tuesday')],
  ['a-name-that-no-terminal-of-forty-columns-has-room-for', 'x', '日本語の説明がここにあります'],
];
const plain = (lines: readonly string[]): string =>
  // eslint-disable-next-line no-control-regex -- colours are taken out
  lines.join('').replace(/\u001b\[[0-9;]*m|\s/gu, '');

describe('tables', () => {
  for (const width of [40, 60, 80, 120]) {
    it(`fit into ${width} columns and lose nothing`, () => {
      const lines = table(ROWS, width);
      for (const line of lines) assert.ok(displayWidth(line) <= width, `${displayWidth(line)}: ${line}`);
      const letters = (text: string): string => Array.from(text).sort().join('');
      assert.equal(letters(plain(lines)), letters(plain(ROWS.flat())));
    });
  }

  it('stay one line a row where there is room, in columns', () => {
    assert.deepEqual(
      table(
        [
          ['a', 'b'],
          ['ccc', 'd'],
        ],
        80,
      ),
      ['  a    b', '  ccc  d'],
    );
    assert.equal(table(ROWS, 200).length, ROWS.length);
    assert.equal(table(ROWS, Infinity).length, ROWS.length);
    assert.deepEqual(table([], 80), []);
  });

  it('close the colour of each line of a broken cell', () => {
    for (const line of table(ROWS, 40)) {
      // eslint-disable-next-line no-control-regex -- colours are counted
      const codes = line.match(/\u001b\[[0-9;]*m/gu) ?? [];
      assert.equal(codes.length % 2, 0, JSON.stringify(line));
    }
  });
});
