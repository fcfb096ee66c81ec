/** A real ssh-agent of a test's own, with real keys in it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Agent {
  readonly socket: string;
  readonly folder: string;
  /** Makes a key (`ed25519`, `rsa`), adds it with `options` of ssh-add and answers with its public line. */
  add(name: string, type?: string, ...options: string[]): string;
  /** Runs ssh-add with these arguments. */
  tell(...args: string[]): void;
  /** Locks it with a passphrase, as `ssh-add -x` asks for one. */
  lock(): void;
  stop(): Promise<void>;
}

/** Starts one; fails where the machine has no OpenSSH client. */
export async function startAgent(more: readonly string[] = []): Promise<Agent> {
  const folder = mkdtempSync('/tmp/dbk-agent-');
  const socket = join(folder, 'agent');
  const child = spawn('ssh-agent', ['-D', '-a', socket, ...more], { stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error('ssh-agent could not be started: install the OpenSSH client (apt install openssh-client).', {
      cause: error,
    });
  });
  const there = (async () => {
    while (!existsSync(socket)) await new Promise((resolve) => setImmediate(resolve));
  })();
  await Promise.race([there, failed]);
  failed.catch(() => undefined);
  const answers = join(folder, 'answers');
  writeFileSync(answers, '#!/bin/sh\necho open sesame\n', { mode: 0o700 });
  const tell = (...args: string[]): void => {
    execFileSync('ssh-add', args, {
      env: { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS: answers, SSH_ASKPASS_REQUIRE: 'force' },
      stdio: 'ignore',
    });
  };
  return {
    socket,
    folder,
    tell,
    lock: () => tell('-x'),
    add: (name, type = 'ed25519', ...options) => {
      const file = join(folder, name);
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', name, '-f', file]);
      tell(...options, file);
      return readFileSync(`${file}.pub`, 'utf8').trim();
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
