/** Completion at the edges of a text: before its first line break, and in documents that begin with empty lines. */
import assert from 'node:assert/strict';
import { accept, HEAD, labels } from '../support/completing.ts';

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

  it('brings a line that is not indented far enough into the column of the keys beside it', () => {
    const restore = `${HEAD}restore:\n    rpo: 2h\n`;
    assert.equal(accept(`${restore}  ‸`, 'rto'), `${restore}    rto: `);
    assert.equal(accept(`${restore}  rt‸\n`, 'rto'), `${restore}    rto: \n`);
    assert.ok(!labels(`${restore}  ‸`).includes('rpo'));
    const steps = `${HEAD}restore:\n  steps:\n    - id: a\n`;
    assert.equal(accept(`${steps}     ‸\n    - id: b\n`, 'run'), `${steps}      run: \n    - id: b\n`);
    assert.deepEqual(labels(`${steps}   ‸`), []);
    assert.equal(accept(`${HEAD}restore:\n # why\n ‸`, 'rpo'), `${HEAD}restore:\n # why\n rpo: `);
  });

  it('offers nothing behind a flow collection that is closed', () => {
    assert.deepEqual(labels(`${HEAD}restore: { rpo: 2h }‸\n`), []);
    assert.deepEqual(labels(`${HEAD}restore:\n  steps:\n    - { id: a }‸\n`), []);
  });
});
