/** Reads the names in a dump in the encoding that the dump says it is written in: that of its database. */
import type { Buffer } from 'node:buffer';

/** PostgreSQL's names of encodings, in small letters and digits, by those that the platform knows them as. */
const KNOWN: Readonly<Record<string, string>> = {
  latin2: 'iso-8859-2',
  latin3: 'iso-8859-3',
  latin4: 'iso-8859-4',
  latin6: 'iso-8859-10',
  latin7: 'iso-8859-13',
  latin8: 'iso-8859-14',
  latin9: 'iso-8859-15',
  iso88595: 'iso-8859-5',
  iso88596: 'iso-8859-6',
  iso88597: 'iso-8859-7',
  iso88598: 'iso-8859-8',
  win866: 'ibm866',
  win874: 'windows-874',
  win1250: 'windows-1250',
  win1251: 'windows-1251',
  win1253: 'windows-1253',
  win1254: 'windows-1254',
  win1255: 'windows-1255',
  win1256: 'windows-1256',
  win1257: 'windows-1257',
  win1258: 'windows-1258',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  euccn: 'gb2312',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
  uhc: 'euc-kr',
  sjis: 'shift_jis',
  big5: 'big5',
  gbk: 'gbk',
  gb18030: 'gb18030',
};

/** What Windows 1252 has from 0x80 to 0x9F, where Latin 1 has controls. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * Those that platforms mix up, web pages do: some take the first two for those of Windows, and some versions of Node the
 * third for Latin 1. By what differs from Latin 1.
 */
const LATIN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  latin1: {},
  latin5: { Ð: 'Ğ', Ý: 'İ', Þ: 'Ş', ð: 'ğ', ý: 'ı', þ: 'ş' },
  win1252: Object.fromEntries(Array.from(WINDOWS, (each, index) => [String.fromCharCode(0x80 + index), each])),
};

/** Text of `bytes`; as UTF-8 where the encoding is that, none, or one that is not known here. */
export function textIn(encoding: string | undefined, bytes: Buffer): string {
  const name = encoding?.toLowerCase().replace(/[^a-z\d]/gu, '') ?? '';
  const latin = LATIN[name];
  if (latin) return bytes.toString('latin1').replace(/[\x80-\x9fÐÝÞðýþ]/gu, (each) => latin[each] ?? each);
  const known = KNOWN[name];
  return known === undefined ? bytes.toString('utf8') : new TextDecoder(known).decode(bytes);
}
