/** Names of a dump in the encodings of its database. */
import assert from 'node:assert/strict';
import { textIn } from '../../server/src/dryrun/postgres/encoding.ts';

describe('text of a dump', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

  it('in LATIN1 is each byte by its number, also from 0x80 to 0x9F, which are other letters on Windows', () => {
    assert.equal(textIn('LATIN1', all), String.fromCharCode(...all));
    assert.equal(textIn('WIN1252', Buffer.from([0x80, 0x9f, 0xe4])), '€Ÿä');
  });

  it('in LATIN5 is that of LATIN1 but for six letters of Turkish', () => {
    const text = textIn('LATIN5', all);
    assert.equal(text.slice(0x80, 0xa0), String.fromCharCode(...all.subarray(0x80, 0xa0)));
    const others = Array.from(text).flatMap((each, index) => (each.charCodeAt(0) === index ? [] : [each]));
    assert.equal(others.join(''), 'ĞİŞğış');
  });

  it('is UTF-8 where the encoding is that, none, or one that is not known', () => {
    for (const encoding of [undefined, 'UTF8', 'MULE_INTERNAL'])
      assert.equal(textIn(encoding, Buffer.from('Größe')), 'Größe');
  });
});
