/** Ed25519 signatures over records, so that a head is anchored by a key that the repository does not hold. */
import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { blobOfLine, privateKeyOf, publicKeyOf } from './sshFormat.ts';

export type Signature = NonNullable<EvidenceRecord['signature']>;

/** Signs a hash (hex); rejects with one sentence where it can't. */
export type Signer = (hash: string) => Promise<Signature>;

/** A signer with a private key in PEM: PKCS 8, or OpenSSH's own format. Throws where it is no Ed25519 key that can be read. */
export function keySigner(privateKeyPem: string): Signer {
  const key = readPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
  return (hash) =>
    Promise.resolve({
      algorithm: 'ed25519',
      publicKey,
      value: sign(null, Buffer.from(hash, 'hex'), key).toString('base64'),
    });
}

function readPrivateKey(pem: string): KeyObject {
  const der = privateKeyOf(pem);
  if (der) return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----/u.test(pem)) throw new Error('it has a passphrase');
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(pem)) throw new Error('it holds no private key in PEM');
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new Error('it is cut or damaged', { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`it is ${key.asymmetricKeyType ?? 'of an unknown kind'}, not Ed25519`);
  return key;
}

/** Whether the signature fits the hash; `trusted` (PEM, base64 DER, or a line of OpenSSH) asks that it is that key's. */
export function verifySignature(hash: string, signature: Signature, trusted?: string): boolean {
  try {
    const key = fromDer(signature.publicKey);
    if (trusted !== undefined && !readPublicKey(trusted).equals(key)) return false;
    return verify(null, Buffer.from(hash, 'hex'), key, Buffer.from(signature.value, 'base64'));
  } catch {
    return false;
  }
}

/** Whether the text is an Ed25519 key that signatures can be held against. */
export function isEd25519Key(text: string): boolean {
  try {
    return readPublicKey(text).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

function readPublicKey(text: string): KeyObject {
  if (text.includes('BEGIN')) return createPublicKey(text);
  const blob = blobOfLine(text);
  return fromDer((blob && publicKeyOf(blob)) ?? text);
}

function fromDer(base64: string): KeyObject {
  return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
}
