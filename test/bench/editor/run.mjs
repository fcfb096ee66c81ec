/** Measures the editor's side in a real VS Code: activation, first finding, the server at rest, the package, 1,000 runbooks. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInBrowserHost } from '../../extension/host/browserHost.mjs';
import { findDesktop, runInDesktop } from '../../extension/host/desktopHost.mjs';
import { prepareExtension } from '../../extension/host/prepare.mjs';
import { report } from '../support/report.mjs';

const RUNS = Number(process.argv[2] ?? 3);
const bench = 'editor';
/** Units and targets, by what the suite in the extension host tells. */
const ROWS = {
  'activation of the stub': { unit: 'ms', most: 150 },
  'opening the first runbook to its first finding': { unit: 'ms', most: 500 },
  'server at rest, one runbook': { unit: 'MB', most: 80 },
  'state of 1,000 runbooks, asked and drawn': { unit: 'ms' },
  'rows of 1,000 runbooks': { unit: 'ms', most: 16 },
};

const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: first
  title: The first runbook
colour: red
`;

const prepared = await prepareExtension();
const measured = new Map(Object.keys(ROWS).map((what) => [what, []]));
try {
  const desktop = await findDesktop();
  for (let run = 0; run < RUNS; run += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-editor-'));
    const figures = join(folder, '..', `${folder.split('/').at(-1)}.jsonl`);
    try {
      // Named so that nothing of ours is loaded before it is opened.
      writeFileSync(join(folder, 'first.yaml'), RUNBOOK);
      writeFileSync(figures, '');
      const options = {
        folder,
        extension: prepared.extension,
        tests: join(prepared.tests, 'index.cjs'),
        output: join(prepared.temporary, `bench-${run}.txt`),
        env: { DRILLBOOK_TEST_SUITE: 'bench', DRILLBOOK_BENCH_OUTPUT: figures },
        settings: { 'drillbook.live.onOpen': 'never' },
        trust: true,
        timeoutMs: 240_000,
      };
      // The suite prints its own list of tests; here only rows belong on stdout.
      const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = (text) => process.stderr.write(text);
      try {
        await (desktop === undefined ? runInBrowserHost(options) : runInDesktop(desktop, options));
      } finally {
        process.stdout.write = write;
      }
      for (const line of readFileSync(figures, 'utf8').split('\n').filter(Boolean)) {
        const { what, value } = JSON.parse(line);
        measured.get(what)?.push(value);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
      rmSync(figures, { force: true });
    }
  }
  const note = desktop === undefined ? 'browser-hosted VS Code' : 'desktop VS Code';
  for (const [what, values] of measured) {
    if (values.length === 0) throw new Error(`Nothing was measured of "${what}".`);
    report({ bench, what, ours: values, note, ...ROWS[what] });
  }
  report({ bench, what: 'size of the .vsix', unit: 'kB', ours: statSync(prepared.vsix).size / 1000, most: 3000 });
} finally {
  rmSync(prepared.temporary, { recursive: true, force: true });
}
