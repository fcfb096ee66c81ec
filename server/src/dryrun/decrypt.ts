/** Takes an encryption off a stream; the key lies in a file of its owner's for as long as the program reads it, and no longer. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BackupPlan, RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { asText } from '../core/references/read.ts';
import type { EnginePorts } from './ports.ts';
import { makeFolder, replaceFile } from './writeFile.ts';
import { throughTool } from './tool.ts';

export type Encryption = 'age' | 'gpg' | 'openssl';

/** What a program is told: arguments and variables, with the key in a file at `keyFile`, in the folder `own`. */
interface Keyed {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The bytes of `source` decrypted. A wrong key is told by its name; one that is not there is no fault of the backup. */
export async function decrypt(
  ports: EnginePorts,
  run: RunContext,
  backup: BackupPlan,
  wrapping: Encryption,
  source: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  const declared = backup.decrypt;
  if (!declared)
    throw new StageFault(
      'failed',
      `The backup "${backup.name}" is encrypted with ${wrapping}, but the runbook does not say how to decrypt it: add "decrypt: { with: ${wrapping}, key: … }".`,
    );
  if (declared.with !== wrapping)
    throw new StageFault(
      'failed',
      `The backup "${backup.name}" is encrypted with ${wrapping}, but the runbook says ${declared.with}.`,
    );
  const named = keyName(declared.key);
  const key = await ports.secrets.read(declared.key);
  if (key === undefined)
    throw new StageFault(
      'inconclusive',
      `The key of backup "${backup.name}" is not there: ${named} is empty or missing.`,
      { code: 'unchecked/no-credentials' },
    );
  if (wrapping === 'age' && !/AGE-SECRET-KEY-|BEGIN OPENSSH|BEGIN .*PRIVATE KEY/u.test(key))
    throw new StageFault(
      'inconclusive',
      `The key from ${named} is no age identity (AGE-SECRET-KEY-…); passphrases can't be used without a person.`,
    );
  const program = await programOf(ports, wrapping, `the backup is encrypted with ${wrapping}`);
  const fault = (message: string): StageFault =>
    new StageFault('failed', whyNot(backup, wrapping, named, ports.secrets.redact(message)));
  return keyed(ports, run, key, async (own, keyFile) => {
    const { args, env }: Keyed =
      wrapping === 'age'
        ? { args: ['--decrypt', '-i', keyFile] }
        : wrapping === 'openssl'
          ? { args: ['enc', '-d', `-${cipherOf(backup)}`, '-pbkdf2', '-pass', `file:${keyFile}`] }
          : await gpgKey(ports, run, { program, own, keyFile, key, named });
    return throughTool(ports, run, program, args, source, { fault, ...(env === undefined ? {} : { env }) });
  });
}

/** `the file ./backup.key`, `the variable BACKUP_KEY`. */
function keyName(key: { readonly env?: string; readonly file?: string }): string {
  return key.env === undefined ? `the file ${key.file ?? ''}` : `the variable ${key.env}`;
}

/** With another key openssl tells nothing until the last block: what begins as nothing known was likely opened with one. */
export function orOtherKey({ decrypt: declared }: BackupPlan): (error: unknown) => never {
  return (error) => {
    if (declared?.with !== 'openssl' || !(error instanceof StageFault) || error.code !== 'wrong-format') throw error;
    throw new StageFault(
      error.kind,
      `${error.message.replace(/\.$/u, '')}; if it is encrypted, the key from ${keyName(declared.key)} may be another than the one that it was encrypted with.`,
      { code: error.code, ...(error.output === undefined ? {} : { output: error.output }) },
    );
  };
}

/** A program that a wrapping needs. */
export async function programOf(ports: EnginePorts, name: string, why: string): Promise<string> {
  const found = await ports.processes.find(name);
  if (found === undefined)
    throw new StageFault('inconclusive', `${name} is not on PATH, and ${why}; install it.`, {
      sandbox: true,
      code: 'no-binaries',
    });
  return found;
}

/** Runs `open` with the key in a file; the file goes with the first byte that came out, or when all is over. */
async function* keyed(
  ports: EnginePorts,
  run: RunContext,
  key: string,
  open: (own: string, keyFile: string) => Promise<AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  // The same backup may be opened twice at once: each has a folder of its own, short enough for gpg's socket.
  const own = join(run.folder, `k${randomBytes(4).toString('hex')}`);
  const keyFile = join(own, 'key');
  try {
    await makeFolder(ports, run, own);
    await replaceFile(ports, run, keyFile, `${key}\n`);
    let isRead = false;
    for await (const chunk of await open(own, keyFile)) {
      if (!isRead) await ports.files.remove(keyFile);
      isRead = true;
      yield chunk;
    }
  } finally {
    await ports.files.remove(own).catch(() => undefined);
  }
}

/** gpg with a private key of its own keyring, or with a passphrase. */
async function gpgKey(
  ports: EnginePorts,
  run: RunContext,
  {
    program,
    own,
    keyFile,
    key,
    named,
  }: {
    readonly program: string;
    readonly own: string;
    readonly keyFile: string;
    readonly key: string;
    readonly named: string;
  },
): Promise<Keyed> {
  const base = ['--homedir', own, '--batch', '--yes', '--quiet', '--pinentry-mode', 'loopback'];
  const env = { GNUPGHOME: own };
  if (!/BEGIN PGP PRIVATE KEY/u.test(key)) return { args: [...base, '--passphrase-file', keyFile, '--decrypt'], env };
  const agent = [...base, '--passphrase', ''];
  const imported = await ports.processes.run(program, [...agent, '--import', keyFile], {
    env: ports.processes.cleanEnvironment({ HOME: run.folder, ...env }),
    cwd: run.folder,
    ...(run.owner ? { owner: run.owner } : {}),
    signal: run.signal,
    timeoutMs: 60_000,
  });
  if (imported.code !== 0)
    throw new StageFault(
      'inconclusive',
      `The key from ${named} can't be imported by gpg: "${short(ports.secrets.redact(imported.stderr))}".`,
    );
  await ports.files.remove(keyFile);
  return { args: [...agent, '--decrypt'], env };
}

function cipherOf(backup: BackupPlan): string {
  const named = asText((backup.raw['decrypt'] as Record<string, unknown> | undefined)?.['cipher']) ?? 'aes-256-cbc';
  return named.replace(/[^\w-]/gu, '');
}

/** The program's complaint in our words, with the key by its name and what to do. */
function whyNot(backup: BackupPlan, wrapping: Encryption, named: string, complaint: string): string {
  const what = `The backup "${backup.name}" can't be decrypted with the key from ${named}`;
  const mend = 'let "decrypt" of the backup name the key that it was encrypted with';
  // The head was opened with this key, so the key is the right one.
  if (wrapping === 'age' && /payload chunk|unexpected EOF/u.test(complaint))
    return `${what}: the encrypted file is cut off or damaged.`;
  if (wrapping === 'openssl' && /bad magic|wrong final block|error reading input/u.test(complaint))
    return `${what}: the encrypted file is cut off or damaged.`;
  if (wrapping === 'openssl' && /bad decrypt/u.test(complaint))
    return `${what}: that is another key, or it was not encrypted with ${cipherOf(backup)} and -pbkdf2, or the file is damaged; ${mend}, or its "cipher".`;
  if (/no identity matched|bad session key|no secret key|decryption failed: (?:bad|no)/iu.test(complaint))
    return `${what}: ${wrapping} says "${short(complaint)}", so that is another key; ${mend}.`;
  return `${what}: ${wrapping} says "${short(complaint)}".`;
}

function short(text: string): string {
  return text.trim().split('\n').slice(-2).join(' ').slice(0, 300);
}
