/** Everything that a command needs from outside, as one literal object; what is costly is made when first asked for. */
import type {
  ApprovedHosts,
  Cache,
  Clock,
  Files,
  Git,
  Log,
  Machine,
  Processes,
  Secrets,
  WorkspaceFiles,
} from '../core/ports.ts';
import { createApprovedHosts, readApprovedHosts } from '../platform/approvedHosts.ts';
import { createCache } from '../platform/cache.ts';
import { createClock } from '../platform/clock.ts';
import { createFiles } from '../platform/files.ts';
import { createGit } from '../platform/git.ts';
import { createLog } from '../platform/log.ts';
import { createMachine } from '../platform/machine.ts';
import { createProcesses } from '../platform/processes.ts';
import { createSecrets } from '../platform/secrets.ts';
import { createWorkspaceFiles } from '../platform/workspaceFiles.ts';
import type { Program } from './command.ts';

export interface Dependencies {
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  readonly machine: Machine;
  readonly git: Git;
  readonly workspaceFiles: WorkspaceFiles;
  readonly secrets: Secrets;
  readonly cache: Cache;
  readonly log: Log;
  /** The person's own, and these. */
  readonly approvedHosts: (more: readonly string[]) => Promise<ApprovedHosts>;
  /** No look-up, no process, no secret. */
  readonly trusted: boolean;
  /** URL of the look-up worker's program. */
  readonly workerUrl: URL;
  /** Called at the end of the run, in the reverse order of asking. */
  readonly atEnd: (close: () => Promise<void>) => void;
  readonly dispose: () => Promise<void>;
}

export interface DependencyOptions {
  readonly cwd: string;
  readonly program: Program;
  readonly untrusted: boolean;
  readonly quiet: boolean;
  /** Writes a line to standard error. */
  readonly writeLine: (line: string) => void;
}

export function createDependencies(options: DependencyOptions): Dependencies {
  const files = createFiles();
  const processes = createProcesses();
  const machine = createMachine();
  const secrets = createSecrets({ trusted: () => !options.untrusted, folder: options.cwd });
  const closing: (() => Promise<void>)[] = [];
  return {
    clock: createClock(),
    files,
    processes,
    machine,
    git: createGit(processes, () => !options.untrusted),
    workspaceFiles: createWorkspaceFiles(),
    secrets,
    cache: createCache(files, `${machine.cacheFolder}/observations`, secrets.redact),
    log: createLog({
      writeLine: options.writeLine,
      redact: secrets.redact,
      level: options.quiet ? 'error' : process.env['DRILLBOOK_DEBUG'] === undefined ? 'warning' : 'debug',
    }),
    approvedHosts: async (more) =>
      createApprovedHosts([...(await readApprovedHosts(files, machine.configFolder)), ...more]),
    trusted: !options.untrusted,
    get workerUrl() {
      return new URL('worker.mjs', options.program.home);
    },
    atEnd: (close) => void closing.push(close),
    dispose: async () => {
      for (const close of closing.reverse()) await close().catch(() => undefined);
    },
  };
}
