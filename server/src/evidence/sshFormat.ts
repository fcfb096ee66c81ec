/** The formats of SSH as far as Ed25519 keys need them: strings with a length, public keys, private keys in a file, fingerprints. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

export const SSH_ED25519 = 'ssh-ed25519';

/** What stands before the 32 bytes of a key in DER: SubjectPublicKeyInfo, and PKCS 8. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;
const MAGIC = Buffer.from('openssh-key-v1\0');

/** Reads fields one behind the other; throws a RangeError where they end too early. */
export interface FieldReader {
  number(): number;
  bytes(): Buffer;
  text(): string;
  isAtEnd(): boolean;
}

export function fieldsOf(data: Uint8Array): FieldReader {
  const all = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  const number = (): number => {
    const value = all.readUInt32BE(at);
    at += 4;
    return value;
  };
  const bytes = (): Buffer => {
    const length = number();
    if (length > all.length - at) throw new RangeError('A field is longer than what is left.');
    at += length;
    return all.subarray(at - length, at);
  };
  return { number, bytes, text: () => bytes().toString('utf8'), isAtEnd: () => at === all.length };
}

/** A field: its length, and it. */
export function field(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The public key of a blob as DER in base64, as records have it; undefined where it is no Ed25519 key. */
export function publicKeyOf(blob: Uint8Array): string | undefined {
  try {
    const fields = fieldsOf(blob);
    if (fields.text() !== SSH_ED25519) return undefined;
    const key = fields.bytes();
    return key.length === KEY_BYTES && fields.isAtEnd() ? Buffer.concat([SPKI, key]).toString('base64') : undefined;
  } catch {
    return undefined;
  }
}

/** The blob in a line such as `ssh-ed25519 AAAA… comment`; undefined where it is none. */
export function blobOfLine(line: string): Buffer | undefined {
  const [type, base64 = ''] = line.trim().split(/\s+/u);
  if (type !== SSH_ED25519) return undefined;
  const blob = Buffer.from(base64, 'base64');
  return publicKeyOf(blob) === undefined ? undefined : blob;
}

/** `SHA256:…`, as ssh-add -l prints it. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`;
}

/** An unencrypted private key of OpenSSH's own format as DER (PKCS 8); undefined for other formats. @throws where it is not one that can sign. */
export function privateKeyOf(pem: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/u.exec(pem)?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, 'base64');
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it is cut or damaged');
  const fields = fieldsOf(data.subarray(MAGIC.length));
  const cipher = fields.text();
  if (cipher !== 'none') throw new Error('it has a passphrase: add it to an agent (ssh-add) and let that sign');
  fields.bytes();
  fields.bytes();
  if (fields.number() !== 1) throw new Error('it holds several keys');
  fields.bytes();
  const own = fieldsOf(fields.bytes());
  if (own.number() !== own.number()) throw new Error('it is cut or damaged');
  const type = own.text();
  if (type !== SSH_ED25519) throw new Error(`it is ${type}, not Ed25519`);
  own.bytes();
  return Buffer.concat([PKCS8, own.bytes().subarray(0, KEY_BYTES)]);
}
