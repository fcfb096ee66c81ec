/** Completion at the edges of a text: before its first line break, and in documents that begin with empty lines. */
import assert from 'node:assert/strict';
import { HEAD, labels } from '../support/completing.ts';

describe('completion at the edges of a text', () => {
  for (const lines of ['\n', '\r\n', '\n\n\n', ' \n']) {
    const name = JSON.stringify(lines);
    it(`answers before the first line of a document that begins with ${name}`, () => {
      assert.deepEqual(labels(`‸${lines}${HEAD}`).includes('resources'), true);
    });

    it(`offers keys at the end of a document that begins with ${name}`, () => {
      assert.deepEqual(labels(`${lines}${HEAD}‸`).includes('resources'), true);
      assert.deepEqual(labels(`${lines}${HEAD}resources:\n  vault:\n    ‸`).includes('kind'), true);
    });
  }
});
