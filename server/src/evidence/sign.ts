/** Ed25519 signatures over records, so that a head is anchored by a key that the repository does not hold. */
import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { EvidenceRecord } from '../core/recovery/record.ts';

type Signature = NonNullable<EvidenceRecord['signature']>;

/** Signs a record's hash with a private key in PEM (PKCS 8). Throws where it is no Ed25519 key. */
export function signHash(hash: string, privateKeyPem: string): Signature {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`The signing key is ${key.asymmetricKeyType ?? 'of an unknown kind'}, not Ed25519.`);
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
  return { algorithm: 'ed25519', publicKey, value: sign(null, Buffer.from(hash, 'hex'), key).toString('base64') };
}

/** Whether the signature fits the hash; `trusted` (PEM or base64 DER) asks that it is that key's. */
export function verifySignature(hash: string, signature: Signature, trusted?: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(signature.publicKey, 'base64'), format: 'der', type: 'spki' });
    if (trusted !== undefined) {
      const own = createPublicKey(
        trusted.includes('BEGIN') ? trusted : { key: Buffer.from(trusted, 'base64'), format: 'der', type: 'spki' },
      );
      if (!own.equals(key)) return false;
    }
    return verify(null, Buffer.from(hash, 'hex'), key, Buffer.from(signature.value, 'base64'));
  } catch {
    return false;
  }
}

/** Whether the text is an Ed25519 key that signatures can be held against. */
export function isEd25519Key(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
