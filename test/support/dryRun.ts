/** A workspace on disk and everything that a dry run needs, with the machine's real adapters. */
import { chmod, mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { DryRunDependencies, DryRunRequest } from '../../server/src/app/dryRun/dependencies.ts';
import { dryRunRestore } from '../../server/src/app/dryRunRestore.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import type { EvidenceRecord } from '../../server/src/core/recovery/record.ts';
import type { Leases } from '../../server/src/core/recovery/engine.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';
import { createEngine } from '../../server/src/dryrun/engine.ts';
import type { EnginePorts } from '../../server/src/dryrun/ports.ts';
import { EVIDENCE_FOLDER, newRunId } from '../../server/src/evidence/journal.ts';
import { lastPassedRecord } from '../../server/src/evidence/last.ts';
import { createKeeper } from '../../server/src/evidence/keeper.ts';
import { createApprovedHosts } from '../../server/src/platform/approvedHosts.ts';
import { createClock } from '../../server/src/platform/clock.ts';
import { createDownloads } from '../../server/src/platform/downloads.ts';
import { createFiles } from '../../server/src/platform/files.ts';
import { createGates } from '../../server/src/platform/gate.ts';
import { createMachine } from '../../server/src/platform/machine.ts';
import { createProcesses } from '../../server/src/platform/processes.ts';
import { createSecrets } from '../../server/src/platform/secrets.ts';
import type { DryRunEvent } from '../../server/src/protocol.ts';

export interface Bench {
  readonly root: string;
  readonly ports: EnginePorts;
  readonly leases: Leases;
  /** Lines of the log. */
  readonly logged: readonly string[];
  write(file: string, content: string | Uint8Array): Promise<string>;
  read(file: string): Promise<string>;
  /** Runs a dry run of the first runbook found. */
  run(options?: BenchOptions): Promise<{ readonly record: EvidenceRecord; readonly events: readonly DryRunEvent[] }>;
  /** What sandboxes are still there. */
  left(): Promise<readonly string[]>;
  readonly variables: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

export type BenchOptions = Partial<Omit<DryRunRequest, 'workspace' | 'entry' | 'root'>> & {
  readonly ports?: Partial<EnginePorts>;
  readonly dependencies?: Partial<DryRunDependencies>;
  readonly runbook?: string;
};

/** Makes the workspace; `environment` is what the machine's variables are for the run. */
export async function makeBench(environment: NodeJS.ProcessEnv = {}): Promise<Bench> {
  const root = await mkdtemp('/tmp/drillbook-test-');
  const scratch = await mkdtemp('/tmp/dbt-');
  await chmod(scratch, 0o711);
  const variables: NodeJS.ProcessEnv = {
    ...process.env,
    XDG_CACHE_HOME: path.join(root, '.cache'),
    TMPDIR: scratch,
    ...environment,
  };
  const logged: string[] = [];
  const ports: EnginePorts = {
    clock: createClock(),
    files: createFiles(),
    downloads: createDownloads,
    gates: createGates(),
    processes: createProcesses(variables),
    machine: createMachine(variables),
    secrets: createSecrets({ trusted: () => true, environment: variables, folder: root }),
    hosts: createApprovedHosts([]),
    log: { write: (level, message) => void logged.push(`${level}: ${message}`) },
    mayFetchPackages: false,
  };
  const written: string[] = [];
  return {
    root,
    ports,
    variables,
    logged,
    leases: createEngine(ports).leases,
    write: async (file, content) => {
      const target = path.join(root, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
      if (/\.ya?ml$/u.test(file) && !written.includes(file)) written.push(file);
      return target;
    },
    read: async (file) => await readFile(path.join(root, file), 'utf8'),
    run: async (options = {}) => {
      const { ports: own, dependencies, runbook, ...request } = options;
      const used = { ...ports, ...own };
      const files = await Promise.all(
        written.map(async (file) => ({ file, parsed: parse(await readFile(path.join(root, file), 'utf8')) })),
      );
      const workspace = buildWorkspace(files);
      const entry = workspace.byKind('Runbook').find((each) => runbook === undefined || each.name === runbook);
      if (!entry) throw new Error('The bench has no runbook.');
      const { engine, leases } = createEngine(used);
      const events: DryRunEvent[] = [];
      const record = await dryRunRestore(
        {
          root,
          workspace,
          entry,
          signal: new AbortController().signal,
          ...request,
          onEvent: (event) => (events.push(event), request.onEvent?.(event)),
        },
        {
          clock: used.clock,
          redact: used.secrets.redact,
          engine,
          leases,
          keep: await createKeeper(used, { root }),
          last: async (runbook, dryRun) =>
            await lastPassedRecord(used.files, path.join(root, EVIDENCE_FOLDER), runbook, dryRun),
          by: { user: 'tester', host: 'bench' },
          version: '0.0.0-test',
          newId: () => newRunId(used.clock.now()),
          ...dependencies,
        },
      );
      return { record, events };
    },
    left: async () => (await readdir(scratch)).filter((name) => name.startsWith('dbk-')),
    remove: async () => {
      await rm(root, { recursive: true, force: true });
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** A runbook that restores from a folder; `more` is put under the dry run. */
export function folderRunbook(
  options: {
    readonly in?: string;
    readonly backup?: string;
    readonly checks?: string;
    readonly sandbox?: string;
    readonly tool?: string;
    readonly dryRun?: string;
    readonly restore?: string;
  } = {},
): string {
  return `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders, title: Restore the orders database }
backups:
  nightly:
    tool: ${options.tool ?? 'pg_dump'}
    database: orders
    in: ${options.in ?? '{ folder: ./backups }'}
    schedule: "0 * * * *"
${indent(options.backup ?? '', 4)}
restore:
  rpo: 24h
  rto: 1h
${indent(options.restore ?? '', 2)}
dryRuns:
  orders:
    backup: nightly
    sandbox: ${options.sandbox ?? '{ engine: postgres, version: "15" }'}
    checks: ${options.checks ?? '[{ name: orders came back, query: select count(*) from orders, expect: ">=1000" }]'}
${indent(options.dryRun ?? '', 4)}
`;
}

function indent(text: string, by: number): string {
  return text === ''
    ? ''
    : text
        .split('\n')
        .map((line) => ' '.repeat(by) + line)
        .join('\n');
}
