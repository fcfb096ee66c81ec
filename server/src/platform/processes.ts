/** Processes of the machine: an argument list, never a shell; a group of their own, so that nothing survives. */
import { spawn as nodeSpawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Processes, ProcessExit, ProcessPlace, RunningProcess, SpawnOptions } from '../core/ports.ts';
import { unprivilegedOwner, unusedOwner } from './owners.ts';
import { run } from './run.ts';

const DEFAULT_GRACE_MS = 3000;
/** What a program needs to run at all, on any platform; nothing here is a credential. */
const PLAIN_VARIABLES = [
  'PATH HOME USER LOGNAME LANG LC_ALL LC_CTYPE TZ TMPDIR',
  'SystemRoot SYSTEMROOT windir COMSPEC PATHEXT TEMP TMP USERPROFILE APPDATA LOCALAPPDATA ProgramFiles',
]
  .join(' ')
  .split(' ');

export function createProcesses(environment: NodeJS.ProcessEnv = process.env): Processes {
  const processes: Processes = {
    spawn,
    run: async (command, args, options) => await run(spawn, command, args, options),
    find: async (name, folders) => await find(environment, name, folders ?? []),
    cleanEnvironment: (extra) => cleanEnvironment(environment, extra ?? {}),
    unprivilegedOwner: async () => await unprivilegedOwner(),
    unusedOwner: async (taken = []) => await unusedOwner(spawn, taken),
    isAlive,
    placeOf,
    startToken: async (pid) => (await processStat(pid))?.token,
    killGroup,
    ownPid: process.pid,
  };
  return processes;
}

async function spawn(command: string, args: readonly string[], options: SpawnOptions): Promise<RunningProcess> {
  options.signal?.throwIfAborted();
  const child = nodeSpawn(command, args, {
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: options.env,
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.owner === undefined ? {} : { uid: options.owner.uid, gid: options.owner.gid }),
  });
  const { stdin, stdout, stderr } = child;
  const exit = new Promise<ProcessExit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // Later errors (a kill that came too late) tell nothing that `exit` doesn't.
  child.on('error', () => undefined);
  stdin?.on('error', () => undefined);
  if (child.pid === undefined || stdout === null || stderr === null) throw new Error(`${command} gave no streams.`);
  const pid = child.pid;
  let killing: Promise<ProcessExit> | undefined;
  const kill = async (): Promise<ProcessExit> =>
    await (killing ??= endGroup(child, pid, exit, options.endSignal ?? 'SIGTERM', options.graceMs ?? DEFAULT_GRACE_MS));
  const onAbort = (): void => void kill();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  void exit.then(() => options.signal?.removeEventListener('abort', onAbort));
  return {
    pid,
    stdout,
    stderr,
    exit,
    kill,
    write: async (chunk) => {
      await new Promise<void>((resolve, reject) => {
        if (stdin === null) reject(new Error(`${command} was started without a standard input.`));
        else
          stdin.write(chunk, (error) => (error === null || error === undefined ? resolve() : reject(asClosed(error))));
      });
    },
    end: async () => {
      await new Promise<void>((resolve) => {
        if (stdin === null || stdin.destroyed) resolve();
        else stdin.end(resolve);
      });
    },
  };
}

/** A pipe that broke before is told as the one that breaks now: the child closed its end. */
function asClosed(error: NodeJS.ErrnoException): Error {
  return error.code === 'ERR_STREAM_DESTROYED' ? Object.assign(error, { code: 'EPIPE' }) : error;
}

async function endGroup(
  child: ChildProcess,
  pid: number,
  exit: Promise<ProcessExit>,
  politely: NodeJS.Signals,
  graceMs: number,
): Promise<ProcessExit> {
  signalGroup(pid, politely);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), graceMs)));
  if ((await Promise.race([exit, late])) === 'late') signalGroup(pid, 'SIGKILL');
  clearTimeout(timer);
  const ended = await exit;
  // Children of the child are in its group; where the leader went alone, the rest goes now.
  signalGroup(pid, 'SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
  return ended;
}

/** Signals a whole group; one that is gone already is no error. Windows has no groups, so the tree is ended by id. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    nodeSpawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => undefined,
    );
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left in the group.
  }
}

async function killGroup(pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  for (let waited = 0; waited < DEFAULT_GRACE_MS && (await groupIsAlive(pid)); waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  signalGroup(pid, 'SIGKILL');
}

async function groupIsAlive(pid: number): Promise<boolean> {
  try {
    process.kill(-pid, 0);
  } catch {
    return false;
  }
  const leader = await processStat(pid);
  // A group whose only member is an unreaped leader answers signals, and is gone all the same.
  return leader?.state !== 'Z' || (await hasOtherMembers(pid));
}

async function hasOtherMembers(group: number): Promise<boolean> {
  const names = await fs.readdir('/proc').catch(() => []);
  for (const name of names) {
    if (!/^\d+$/.test(name) || Number(name) === group) continue;
    const stat = await processStat(Number(name));
    if (stat?.group === group && stat.state !== 'Z') return true;
  }
  return false;
}

interface ProcessStat {
  readonly state: string;
  readonly group: number;
  readonly token: string;
}

/** From /proc where there is one; the name in parentheses may hold anything, so fields are read behind the last one. */
async function processStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', group: Number(fields[2]), token: fields[19] ?? '' };
}

async function placeOf(pid: number): Promise<ProcessPlace | undefined> {
  const stat = await fs.stat(`/proc/${pid}`).catch(() => undefined);
  if (stat === undefined) return undefined;
  const network = await fs.readlink(`/proc/${pid}/ns/net`).catch(() => undefined);
  const control = await fs.readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => undefined);
  return {
    uid: stat.uid,
    ...(network === undefined ? {} : { network }),
    ...(control === undefined ? {} : { control }),
  };
}

async function isAlive(pid: number, startToken?: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const stat = await processStat(pid);
  if (stat === undefined) return true;
  if (stat.state === 'Z' || stat.state === 'X') return false;
  return startToken === undefined || stat.token === startToken;
}

async function find(
  environment: NodeJS.ProcessEnv,
  name: string,
  folders: readonly string[],
): Promise<string | undefined> {
  const onPath = (environment['PATH'] ?? environment['Path'] ?? '').split(path.delimiter).filter((each) => each !== '');
  const endings =
    process.platform === 'win32' ? ['', ...(environment['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  for (const folder of [...folders, ...onPath]) {
    for (const ending of endings) {
      const candidate = path.resolve(folder, name + ending);
      try {
        await fs.access(candidate, fs.constants.X_OK);
        if ((await fs.stat(candidate)).isFile()) return candidate;
      } catch {
        // Not here; the next folder may have it.
      }
    }
  }
  return undefined;
}

function cleanEnvironment(
  environment: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const clean: Record<string, string> = {};
  for (const name of PLAIN_VARIABLES) {
    const value = environment[name];
    if (value !== undefined) clean[name] = value;
  }
  return { ...clean, ...extra };
}
