/** Signing by an SSH agent, so that no private key is read here: its protocol as far as one Ed25519 key needs it. */
import { Buffer } from 'node:buffer';
import type { LocalSockets } from '../core/ports.ts';
import { verifySignature, type Signer } from './sign.ts';
import { blobOfLine, field, fieldsOf, fingerprintOf, publicKeyOf, SSH_ED25519 } from './sshFormat.ts';

// The message numbers of the protocol (draft-ietf-sshm-ssh-agent).
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;

const MOST_BYTES = 256 * 1024;
/** An agent that only lists its keys asks nobody. */
const LIST_MS = 10_000;
/** Long enough for a person who is asked (`ssh-add -c`, a token to touch). */
export const AGENT_SIGNS_MS = 60_000;

interface AgentPorts {
  readonly sockets: LocalSockets;
  /** Path of the agent's socket: `SSH_AUTH_SOCK`. */
  readonly path: string;
}

interface AgentKey {
  readonly blob: Buffer;
  readonly comment: string;
}

/**
 * A signer with the agent's key that `wanted` means: a public key (`ssh-ed25519 AAAA…`), its fingerprint (`SHA256:…`) or its
 * comment. Rejects with one sentence where the agent can't be asked, or has no such key.
 */
export async function agentSigner(ports: AgentPorts, wanted: string): Promise<Signer> {
  const key = chosen(await keysOf(ports), wanted);
  const publicKey = publicKeyOf(key.blob) ?? '';
  return async (hash) => {
    const data = Buffer.from(hash, 'hex');
    const request = Buffer.concat([Buffer.of(SIGN_REQUEST), field(key.blob), field(data), Buffer.alloc(4)]);
    const answer = await ask(ports, request, AGENT_SIGNS_MS);
    if (answer[0] !== SIGN_RESPONSE)
      throw new Error(
        `The SSH agent refused to sign with ${fingerprintOf(key.blob)}: it was locked, the key was taken out, or whoever it asked said no.`,
      );
    const signature = { algorithm: 'ed25519' as const, publicKey, value: signatureIn(answer.subarray(1)) };
    if (!verifySignature(hash, signature))
      throw new Error('The SSH agent answered with a signature that does not fit.');
    return signature;
  };
}

async function keysOf(ports: AgentPorts): Promise<readonly AgentKey[]> {
  const answer = await ask(ports, Buffer.of(REQUEST_IDENTITIES), LIST_MS);
  if (answer[0] !== IDENTITIES_ANSWER)
    throw new Error(`The SSH agent at ${ports.path} does not tell which keys it has.`);
  try {
    const fields = fieldsOf(answer.subarray(1));
    const keys: AgentKey[] = [];
    for (let left = fields.number(); left > 0; left--) keys.push({ blob: fields.bytes(), comment: fields.text() });
    return keys;
  } catch (error) {
    throw new Error(`What answers at ${ports.path} is no SSH agent.`, { cause: error });
  }
}

function chosen(keys: readonly AgentKey[], wanted: string): AgentKey {
  const blob = blobOfLine(wanted);
  const fitting = keys.filter((key) =>
    blob ? key.blob.equals(blob) : [key.comment, fingerprintOf(key.blob)].includes(wanted.trim()),
  );
  const usable = fitting.filter((key) => publicKeyOf(key.blob) !== undefined);
  const [first, second] = usable;
  if (second) {
    const all = usable.map((key) => fingerprintOf(key.blob)).join(', ');
    throw new Error(`The SSH agent has ${usable.length} keys "${wanted}": name one by its fingerprint (${all}).`);
  }
  if (first) return first;
  const other = fitting[0];
  if (other)
    throw new Error(`The SSH agent's key "${wanted}" is ${typeOf(other)}; evidence is signed with ${SSH_ED25519}.`);
  const name = blob ? fingerprintOf(blob) : `"${wanted}"`;
  throw new Error(
    keys.length === 0
      ? `The SSH agent has no key, ${name} neither: unlock it (ssh-add -X), or add the key (ssh-add FILE).`
      : `The SSH agent has no key ${name}: add it (ssh-add FILE); those it has are listed by ssh-add -l.`,
  );
}

function typeOf({ blob }: AgentKey): string {
  try {
    return fieldsOf(blob).text();
  } catch {
    return 'of an unknown kind';
  }
}

function signatureIn(answer: Uint8Array): string {
  try {
    const signature = fieldsOf(fieldsOf(answer).bytes());
    if (signature.text() === SSH_ED25519) return signature.bytes().toString('base64');
  } catch {
    // Told below, as any other answer that is none.
  }
  return '';
}

async function ask({ sockets, path }: AgentPorts, message: Uint8Array, withinMs: number): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(withinMs);
  try {
    return await sockets.exchange(path, message, { most: MOST_BYTES, signal });
  } catch (error) {
    const why = signal.aborted
      ? `it did not answer within ${withinMs / 1000} s`
      : error instanceof Error
        ? error.message
        : String(error);
    throw new Error(`The SSH agent at ${path} can't be asked: ${why}.`, { cause: error });
  }
}
