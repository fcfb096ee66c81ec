/** The heads of HTTP/1.1 for one purpose: a GET for a part of an object, and the plain answer to it. Anything else is refused. */
import type { DownloadRequest } from '../core/ports.ts';

/** The head of an answer that is a part, sent as it is. */
export interface PartHead {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** Whether another request may follow on the connection. */
  readonly keepsOpen: boolean;
  /** What came behind the head already. */
  readonly rest: Buffer;
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u;
/** What says how to read the body, or which object it is of: twice, it is no plain answer. Any other that comes twice is a list. */
const ONCE = /^(?:content-.*|transfer-encoding|etag|last-modified|x-amz-.*|__proto__)$/u;
const VALUE = /^[\t\x20-\x7e]*$/u;

/** What is sent; undefined where something can't be sent as it stands. */
export function requestHead({ target, headers }: DownloadRequest): string | undefined {
  const fields = Object.entries(headers);
  const isPlain =
    /^\/[\x21-\x7e]*$/u.test(target) &&
    fields.every(([name, value]) => NAME.test(name) && VALUE.test(value)) &&
    fields.some(([name]) => name.toLowerCase() === 'host');
  if (!isPlain) return undefined;
  return `GET ${target} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Reads what came so far, one character a byte; undefined where the answer is another than a plain part. */
export function partHead(text: string, most: number): PartHead | 'more' | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return text.length < most ? 'more' : undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  if (!/^HTTP\/1\.1 206(?: |$)/u.test(first)) return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    // A folded line is none of today's.
    if (!NAME.test(name)) return undefined;
    const value = line.slice(colon + 1).trim();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (before !== undefined && ONCE.test(name)) return undefined;
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  const length = headers['content-length'] ?? '';
  if (!/^\d{1,15}$/u.test(length) || headers['transfer-encoding'] !== undefined) return undefined;
  if (!['', 'identity'].includes(headers['content-encoding'] ?? '')) return undefined;
  return {
    headers,
    bytes: Number(length),
    keepsOpen: !/\bclose\b/iu.test(headers['connection'] ?? ''),
    rest: Buffer.from(text.slice(end + 4), 'latin1'),
  };
}
