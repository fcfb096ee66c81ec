/** The built program, run as people and scripts run it: a process with arguments, a folder, and three streams. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtProgram } from './program.ts';

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** Runs `drillbook ARGS…` to its end. */
export async function drillbook(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [builtProgram(), ...args], {
      cwd: options.cwd,
      env: { ...plainEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** Ours without credentials, colour and CI, and with a cache and configuration of its own. */
export function plainEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    LANG: 'C.UTF-8',
    AWS_EC2_METADATA_DISABLED: 'true',
    XDG_CACHE_HOME: scratch('cache'),
    XDG_CONFIG_HOME: scratch('config'),
  };
}

const scratchFolders = new Map<string, string>();
function scratch(name: string): string {
  const known = scratchFolders.get(name);
  if (known !== undefined) return known;
  const made = mkdtempSync(join(tmpdir(), `drillbook-test-${name}-`));
  scratchFolders.set(name, made);
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

export interface Folder {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

/** A temporary folder with these files, outside of any repository. */
export function folderOf(files: Readonly<Record<string, string>>): Folder {
  const path = mkdtempSync(join(tmpdir(), 'drillbook-test-'));
  const write = (texts: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    }
  };
  write(files);
  return { path, write, remove: () => rmSync(path, { recursive: true, force: true }) };
}
