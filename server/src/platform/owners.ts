/** Users that root can run programs as, so that they reach nothing of its own, nor of each other. */
import { randomInt } from 'node:crypto';
import * as fs from 'node:fs/promises';
import type { Owner, Processes } from '../core/ports.ts';

/** Accounts that own nothing worth having; `postgres` last, since a real cluster may belong to it. */
const UNPRIVILEGED_ACCOUNTS = ['nobody', 'daemon', 'postgres'];
/** Numbers that no package and no administrator gives to an account: systemd takes its passing users from them. */
const PASSING = { from: 61_184, to: 65_519 };
const ATTEMPTS = 5;

interface Account extends Owner {
  readonly name: string;
}

/** An account for databases, which want their user to have a name. */
export async function unprivilegedOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = await accountsOf();
  const found = UNPRIVILEGED_ACCOUNTS.map((name) => accounts.find((each) => each.name === name && each.uid > 0)).find(
    (each) => each !== undefined,
  );
  return found && { uid: found.uid, gid: found.gid };
}

/** A user without an account, which neither a process has nor `others`, and as which a program can be started. */
export async function unusedOwner(spawn: Processes['spawn'], others: readonly number[]): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return undefined;
  const accounts = (await accountsOf()).flatMap(({ uid, gid }) => [uid, gid]);
  const taken = new Set([...others, ...accounts, ...(await usersOfProcesses())]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const id = randomInt(PASSING.from, PASSING.to + 1);
    if (taken.has(id)) continue;
    const owner = { uid: id, gid: id };
    const works = await spawn('/bin/sh', ['-c', 'exit 0'], { env: {}, owner, cwd: '/' })
      .then(async (child) => (await child.exit).code === 0)
      // A container may have been given too few users.
      .catch(() => false);
    return works ? owner : undefined;
  }
  return undefined;
}

async function accountsOf(): Promise<readonly Account[]> {
  const text = await fs.readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name === undefined || uid === undefined || gid === undefined
      ? []
      : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

async function usersOfProcesses(): Promise<readonly number[]> {
  const names = await fs.readdir('/proc').catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => (await fs.stat(`/proc/${name}`).catch(() => undefined))?.uid),
  );
  return found.filter((uid) => uid !== undefined);
}
