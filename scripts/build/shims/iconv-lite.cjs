/**
 * What MySQL's driver asks of iconv-lite, out of what Node has: 270 KB of tables less. We always ask the server for utf8mb4, so
 * only a column that it sends otherwise comes here, and nothing is ever sent in another encoding.
 */
const NAMES = {
  latin2: 'iso-8859-2',
  latin5: 'iso-8859-9',
  latin7: 'iso-8859-13',
  hebrew: 'iso-8859-8',
  greek: 'iso-8859-7',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  cp866: 'ibm866',
  cp932: 'shift_jis',
  sjis: 'shift_jis',
  eucjp: 'euc-jp',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
  tis620: 'windows-874',
  macroman: 'macintosh',
  utf16: 'utf-16be',
};

/** A supplementary character is two surrogates of three bytes each. */
function cesu8(bytes) {
  const units = [];
  for (let at = 0; at < bytes.length;) {
    const [first, second, third] = [bytes[at], bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : 3;
    units.push(
      size === 1
        ? first
        : size === 2
          ? ((first & 0x1f) << 6) | (second & 0x3f)
          : ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f),
    );
    at += size;
  }
  let text = '';
  for (let at = 0; at < units.length; at += 8192) text += String.fromCharCode(...units.slice(at, at + 8192));
  return text;
}

function utf32(bytes) {
  let text = '';
  for (let at = 0; at + 3 < bytes.length; at += 4) text += String.fromCodePoint(bytes.readUInt32BE(at));
  return text;
}

function decoderOf(encoding) {
  const own = { cesu8, utf32 }[encoding];
  if (own !== undefined) return own;
  const decoder = new TextDecoder(NAMES[encoding] ?? encoding.replace(/^cp(?=125\d$)/, 'windows-'));
  return (bytes) => decoder.decode(bytes);
}

exports.getDecoder = (encoding) => ({ write: decoderOf(encoding), end: () => '' });
exports.getEncoder = (encoding) => {
  throw new Error(`text can't be sent as ${encoding}, only as UTF-8`);
};
