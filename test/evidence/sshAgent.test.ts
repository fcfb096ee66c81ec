/** Signing by a real ssh-agent, and by programs that only look like one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { isEd25519Key, keySigner, verifySignature } from '../../server/src/evidence/sign.ts';
import { agentSigner } from '../../server/src/evidence/sshAgent.ts';
import { blobOfLine, fingerprintOf } from '../../server/src/evidence/sshFormat.ts';
import { createLocalSockets } from '../../server/src/platform/localSockets.ts';
import { startAgent, type Agent } from '../support/sshAgent.ts';

const HASH = randomBytes(32).toString('hex');

describe('signing by an SSH agent', () => {
  let agent: Agent;
  let line: string;
  before(async () => {
    agent = await startAgent();
    line = agent.add('evidence');
    agent.add('other');
    agent.add('old', 'rsa');
  });
  after(async () => await agent.stop());
  const open = async (wanted: string): ReturnType<typeof agentSigner> =>
    await agentSigner({ sockets: createLocalSockets(), path: agent.socket }, wanted);

  it('finds the key by its public line, its fingerprint and its comment', async () => {
    const fingerprint = fingerprintOf(blobOfLine(line) ?? Buffer.alloc(0));
    const listed = execFileSync('ssh-add', ['-l'], { env: { ...process.env, SSH_AUTH_SOCK: agent.socket } });
    assert.ok(listed.toString().includes(fingerprint));
    for (const wanted of [line, line.split(' ').slice(0, 2).join(' '), fingerprint, 'evidence']) {
      const signature = await (await open(wanted))(HASH);
      assert.ok(verifySignature(HASH, signature, line), wanted);
      assert.ok(!verifySignature('00'.repeat(32), signature, line));
    }
  });

  it('signs as the key file itself does, in OpenSSH’s own format', async () => {
    const byFile = await keySigner(readFileSync(join(agent.folder, 'evidence'), 'utf8'))(HASH);
    assert.deepEqual(await (await open('evidence'))(HASH), byFile);
    assert.ok(isEd25519Key(line));
    assert.ok(!verifySignature(HASH, byFile, readFileSync(join(agent.folder, 'other.pub'), 'utf8')));
  });

  it('says of a key file why it can’t sign', () => {
    const file = join(agent.folder, 'secret');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'a passphrase', '-f', file]);
    assert.throws(() => keySigner(readFileSync(file, 'utf8')), /it has a passphrase: add it to an agent/u);
    assert.throws(() => keySigner(readFileSync(join(agent.folder, 'old'), 'utf8')), /it is ssh-rsa, not Ed25519/u);
    assert.throws(() => keySigner(line), /it holds no private key in PEM/u);
    assert.throws(() => keySigner(readFileSync(file, 'utf8').replace('b3Bl', 'AAAA')), /it is cut or damaged/u);
  });

  it('names what an agent lacks', async () => {
    await assert.rejects(open('nobody'), /has no key "nobody": add it \(ssh-add FILE\)/u);
    await assert.rejects(open('old'), /key "old" is ssh-rsa; evidence is signed with ssh-ed25519/u);
    const gone = agentSigner({ sockets: createLocalSockets(), path: join(agent.folder, 'none') }, 'evidence');
    await assert.rejects(gone, /The SSH agent at .*none can't be asked: .*ENOENT/u);
  });

  it('is refused by an agent whose key is gone, or that says no', async () => {
    agent.add('shy', 'ed25519', '-c');
    const shy = await open('shy');
    // Nobody confirms here: the agent says no.
    await assert.rejects(shy(HASH), /The SSH agent refused to sign with SHA256:/u);
    const signer = await open('other');
    agent.tell('-d', join(agent.folder, 'other'));
    await assert.rejects(signer(HASH), /refused to sign/u);
  });

  it('says of an agent without keys that it may be locked', async () => {
    const empty = await startAgent();
    try {
      const asked = agentSigner({ sockets: createLocalSockets(), path: empty.socket }, line);
      await assert.rejects(asked, /has no key, SHA256:.* neither: unlock it \(ssh-add -X\), or add the key/u);
    } finally {
      await empty.stop();
    }
  });

  describe('believes no program that only looks like an agent', () => {
    let server: Server | undefined;
    afterEach(() => server?.close());
    const answering = async (...answers: readonly Buffer[]): Promise<string> => {
      const path = join(agent.folder, `fake-${randomBytes(4).toString('hex')}`);
      let next = 0;
      server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(answers[next++] ?? Buffer.alloc(0)));
      });
      await new Promise<void>((resolve) => server?.listen(path, resolve));
      return path;
    };
    const message = (...bytes: readonly (number | Buffer)[]): Buffer => {
      const body = Buffer.concat(bytes.map((each) => (typeof each === 'number' ? Buffer.of(each) : each)));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length);
      return Buffer.concat([length, body]);
    };
    const words = (count: number): Buffer => {
      const made = Buffer.alloc(4);
      made.writeUInt32BE(count);
      return made;
    };
    const identity = (): Buffer => {
      const blob = blobOfLine(line) ?? Buffer.alloc(0);
      return message(12, words(1), words(blob.length), blob, words(8), Buffer.from('evidence'));
    };
    const rows: readonly (readonly [string, () => Buffer, RegExp])[] = [
      ['hangs up', () => Buffer.alloc(0), /closed the connection without an answer/u],
      ['breaks off', () => message(12, words(1)).subarray(0, 6), /closed the connection without an answer/u],
      ['announces gigabytes', () => words(0xffff_fff0), /announced an answer of 4294967280 bytes/u],
      ['answers something else', () => message(5), /does not tell which keys it has/u],
      ['counts more keys than it sends', () => message(12, words(9)), /is no SSH agent/u],
      ['sends a key longer than itself', () => message(12, words(1), words(9999), words(1)), /is no SSH agent/u],
    ];
    for (const [what, answer, why] of rows)
      it(`which ${what}`, async () => {
        const path = await answering(answer());
        await assert.rejects(agentSigner({ sockets: createLocalSockets(), path }, 'evidence'), why);
      });

    it('which signs something else', async () => {
      const other = await keySigner(readFileSync(join(agent.folder, 'evidence'), 'utf8'))('11'.repeat(32));
      const value = Buffer.from(other.value, 'base64');
      const blob = Buffer.concat([words(11), Buffer.from('ssh-ed25519'), words(value.length), value]);
      const path = await answering(identity(), message(14, words(blob.length), blob));
      const signer = await agentSigner({ sockets: createLocalSockets(), path }, 'evidence');
      await assert.rejects(signer(HASH), /a signature that does not fit/u);
    });
  });
});
