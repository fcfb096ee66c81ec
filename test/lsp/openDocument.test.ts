/** Incremental sync: every sequence of changes gives the same text and lines as the whole text, in every position encoding. */
import assert from 'node:assert/strict';
import { decodeCharacter, encodeCharacter, negotiateEncoding, type Encoding } from '../../server/src/lsp/encoding.ts';
import { OpenDocument } from '../../server/src/lsp/openDocument.ts';

const PIECES = ['a', 'é', '𝄞', '\n', '\r\n', '\r', '  ', 'key: value', '😀😀', ''];

/** A small generator with a seed, so that a failure can be had again. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/u);
}

describe('incremental sync', () => {
  for (const encoding of ['utf-8', 'utf-16', 'utf-32'] as const satisfies readonly Encoding[]) {
    it(`keeps text and lines through random changes in ${encoding}`, () => {
      for (let seed = 1; seed <= 60; seed++) {
        const next = generator(seed);
        let text = Array.from({ length: 12 }, () => PIECES[next(PIECES.length)]).join('');
        const document = new OpenDocument('file:///x.yaml', 'yaml', 1, text);
        for (let step = 0; step < 30; step++) {
          const inserted = Array.from({ length: next(4) }, () => PIECES[next(PIECES.length)]).join('');
          const points = [0];
          for (const char of text) points.push((points.at(-1) ?? 0) + char.length);
          const one = points[next(points.length)] ?? 0;
          const other = points[next(points.length)] ?? 0;
          const [from, to] = one < other ? [one, other] : [other, one];
          // A position between `\r` and `\n` can't be said in lines and characters.
          if ([from, to].some((at) => text[at - 1] === '\r' && text[at] === '\n')) continue;
          const position = (offset: number): { line: number; character: number } => {
            const before = linesOf(text.slice(0, offset));
            const line = before.at(-1) ?? '';
            return { line: before.length - 1, character: encodeCharacter(line, line.length, encoding) };
          };
          document.apply([{ range: { start: position(from), end: position(to) }, text: inserted }], step + 2, encoding);
          text = text.slice(0, from) + inserted + text.slice(to);
          assert.equal(document.text, text, `seed ${seed}, step ${step}`);
          const lines = linesOf(text);
          lines.forEach((line, index) =>
            assert.equal(document.line(index), line, `seed ${seed}, step ${step}, line ${index}`),
          );
          assert.equal(document.line(lines.length), undefined, `seed ${seed}, step ${step}`);
        }
      }
    });
  }

  it('counts units both ways', () => {
    const line = 'é𝄞a';
    assert.equal(encodeCharacter(line, 4, 'utf-8'), 7);
    assert.equal(decodeCharacter(line, 7, 'utf-8'), 4);
    assert.equal(encodeCharacter(line, 3, 'utf-32'), 2);
    assert.equal(decodeCharacter(line, 2, 'utf-32'), 3);
    assert.equal(decodeCharacter(line, 1, 'utf-8'), 0, 'inside a character is its start');
  });

  it('takes the first that the client offers and we know', () => {
    assert.equal(negotiateEncoding(undefined), 'utf-16');
    assert.equal(negotiateEncoding(['utf-8', 'utf-16']), 'utf-8');
    assert.equal(negotiateEncoding(['utf-7', 'utf-32', 'utf-8']), 'utf-32');
    assert.equal(negotiateEncoding(['utf-8']), 'utf-8');
  });
});
