/** The language server's dependencies on Node, as one literal object. What is costly is loaded when it is first asked for. */
import { readCodeOwners } from '../app/codeOwners.ts';
import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EVIDENCE_FOLDER } from '../evidence/journal.ts';
import { readSummary } from '../evidence/summary.ts';
import { createClock } from '../platform/clock.ts';
import { runChildProgram } from '../platform/childProgram.ts';
import { createFiles } from '../platform/files.ts';
import { createLog } from '../platform/log.ts';
import { createMachine } from '../platform/machine.ts';
import { createSecrets } from '../platform/secrets.ts';
import { createWorkspaceFiles } from '../platform/workspaceFiles.ts';
import { serverFiles, type ServerDependencies } from './dependencies.ts';
import { runDryRun } from './dryRunProcess.ts';
import { listInventory } from './inventoryProcess.ts';
import { newRunbook } from './newRunbook.ts';
import { reportPage } from './nodeReport.ts';
import { createNodeDrift } from './nodeDrift.ts';
import { createCollector, createRoomMaker } from './nodeMemory.ts';

export interface ServerProgram {
  readonly version: string;
  /** URL of the folder of main.js. */
  readonly home: URL;
}

/** Builds them. `writeLine` takes the log, line by line, redacted. */
export async function createNodeDependencies(
  program: ServerProgram,
  writeLine: (line: string) => void,
): Promise<ServerDependencies> {
  const files = createFiles();
  const machine = createMachine();
  const secrets = createSecrets({ trusted: () => false, folder: process.cwd() });
  const log = createLog({
    writeLine,
    redact: secrets.redact,
    level: process.env['DRILLBOOK_DEBUG'] === undefined ? 'warning' : 'debug',
  });
  const clock = createClock();
  const drift = createNodeDrift({
    clock,
    files,
    cacheFolder: `${machine.cacheFolder}/observations`,
    log,
    configFolder: machine.configFolder,
    home: program.home,
  });
  const pages = await rulePages(program.home);
  return {
    version: program.version,
    clock,
    log,
    soon: (callback) => {
      const handle = setImmediate(callback);
      return () => {
        clearImmediate(handle);
      };
    },
    files: serverFiles(createWorkspaceFiles(), files),
    helpUri: (code) => (pages.codes.has(code) ? `${pages.base}/${code}.md` : undefined),
    readCodeOwners: (root) => readCodeOwners(files, root),
    readEvidence: (root) => readSummary(files, `${root}/${EVIDENCE_FOLDER}`, { verify: true }),
    detectDrift: (request) => drift.detectDrift(request),
    startDryRun: (start) => runDryRun((options) => runChildProgram({ ...options, home: program.home }), start),
    writePage: async (_root, name, content) => {
      const folder = `${machine.cacheFolder}/pages`;
      const path = `${folder}/${name.replace(/[^A-Za-z0-9._-]/gu, '_')}`;
      await files.makeFolder(folder);
      await files.writeAtomic(path, content, 0o600);
      return path;
    },
    inventory: (root, workspace, environment, options) =>
      listInventory((each) => runChildProgram({ ...each, home: program.home }), root, workspace, environment, options),
    report: (root, query) => reportPage(files, root, query),
    newRunbook: (root, workspace, choice, options) =>
      newRunbook({ files, drift, clock }, root, workspace, choice, options),
    collect: createCollector(),
    makeRoom: createRoomMaker(),
    dispose: () => drift.close(),
  };
}

/** The pages of docs/rules that lie beside the program, by code, and where they are. */
async function rulePages(home: URL): Promise<{ readonly base: string; readonly codes: ReadonlySet<string> }> {
  for (const up of ['../docs/rules', '../../docs/rules']) {
    const folder = fileURLToPath(new URL(up, home));
    try {
      const names = await readdir(folder, { recursive: true });
      const codes = names.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3).replaceAll('\\', '/'));
      return { base: pathToFileURL(folder).toString(), codes: new Set(codes) };
    } catch {
      // Not here; a build lies one folder below the pages, the source two.
    }
  }
  return { base: '', codes: new Set() };
}
