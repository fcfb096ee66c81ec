/** A dry run that kills itself when a stage begins: `killedRun.ts ROOT STAGE [MS]`. For `restore` and `check` a little work is done first. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { dryRunRestore } from '../../server/src/app/dryRunRestore.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';
import { createEngine } from '../../server/src/dryrun/engine.ts';
import { createApprovedHosts } from '../../server/src/platform/approvedHosts.ts';
import { createClock } from '../../server/src/platform/clock.ts';
import { createDownloads } from '../../server/src/platform/downloads.ts';
import { createFiles } from '../../server/src/platform/files.ts';
import { createGates } from '../../server/src/platform/gate.ts';
import { createMachine } from '../../server/src/platform/machine.ts';
import { createProcesses } from '../../server/src/platform/processes.ts';
import { createSecrets } from '../../server/src/platform/secrets.ts';

const [root = '', stage = '', after = '300'] = process.argv.slice(2);
const file = 'a.runbook.yaml';
const workspace = buildWorkspace([{ file, parsed: parse(readFileSync(path.join(root, file), 'utf8')) }]);
const entry = workspace.byKind('Runbook')[0];
if (!entry) throw new Error('no runbook');
const { engine, leases } = createEngine({
  clock: createClock(),
  files: createFiles(),
  downloads: createDownloads,
  gates: createGates(),
  processes: createProcesses(),
  machine: createMachine(),
  secrets: createSecrets({ trusted: () => true, folder: root }),
  hosts: createApprovedHosts([]),
  log: { write: () => undefined },
  mayFetchPackages: false,
});
const die = (): void => void process.kill(process.pid, 'SIGKILL');
await dryRunRestore(
  {
    root,
    workspace,
    entry,
    signal: new AbortController().signal,
    onEvent: (event) => {
      if (event.event !== 'stage' || event.stage !== stage) return;
      if (event.state === 'started' && ['restore', 'check', 'provision'].includes(stage))
        setTimeout(die, Number(after));
      else if (stage === 'resolve' ? event.state === 'passed' : true) die();
    },
  },
  {
    clock: createClock(),
    redact: (text) => text,
    engine,
    leases,
    keep: () => Promise.reject(new Error('the run was not killed')),
    by: { user: 'tester', host: 'bench' },
    version: '0.0.0-test',
    newId: () => 'killed',
  },
);
