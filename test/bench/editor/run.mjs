/** Measures the editor's side in a real VS Code: activation, first finding, the server at rest, the package, 1,000 runbooks. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInBrowserHost } from '../../extension/host/browserHost.mjs';
import { findDesktop, runInDesktop } from '../../extension/host/desktopHost.mjs';
import { prepareExtension } from '../../extension/host/prepare.mjs';
import { report, skipped } from '../support/report.mjs';
import { theirExtension, writeForThem } from './theirs.mjs';

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

const BESIDE = 'yaml-language-server';
const prepared = await prepareExtension();
const desktop = await findDesktop();
const measured = new Map(Object.keys(ROWS).map((what) => [what, []]));
const theirs = new Map();
try {
  const other = await theirExtension(prepared.temporary);
  if (other === undefined) skipped(bench, `beside ${BESIDE}`, 'it could not be installed');
  // By turns: whatever else the machine does meanwhile meets both.
  for (let run = 0; run < RUNS; run += 1) {
    // Named so that nothing of ours is loaded before it is opened.
    const write = (folder) => writeFileSync(join(folder, 'first.yaml'), RUNBOOK);
    for (const [what, value] of await figuresOf('bench', prepared.extension, write)) measured.get(what)?.push(value);
    if (other === undefined) continue;
    for (const [what, value] of await figuresOf('benchTheirs', other, (folder) => writeForThem(folder, RUNBOOK))) {
      theirs.set(what, [...(theirs.get(what) ?? []), value]);
    }
  }
  const note = desktop === undefined ? 'browser-hosted VS Code' : 'desktop VS Code';
  for (const [what, values] of measured) {
    if (values.length === 0) throw new Error(`Nothing was measured of "${what}".`);
    const beside = theirs.has(what) ? { beside: BESIDE, theirs: theirs.get(what) } : {};
    report({ bench, what, ours: values, note, ...beside, ...ROWS[what] });
  }
  report({ bench, what: 'size of the .vsix', unit: 'kB', ours: statSync(prepared.vsix).size / 1000, most: 3000 });
} finally {
  rmSync(prepared.temporary, { recursive: true, force: true });
}

/** Runs one suite in a host of its own and gives what it told, as pairs. */
async function figuresOf(suite, extension, writeDocument) {
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-editor-'));
  const figures = `${folder}.jsonl`;
  try {
    writeDocument(folder);
    writeFileSync(figures, '');
    const options = {
      folder,
      extension,
      tests: join(prepared.tests, 'index.cjs'),
      output: `${folder}.txt`,
      env: { DRILLBOOK_TEST_SUITE: suite, DRILLBOOK_BENCH_OUTPUT: figures },
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
    return readFileSync(figures, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => Object.values(JSON.parse(line)));
  } finally {
    for (const path of [folder, figures, `${folder}.txt`]) rmSync(path, { recursive: true, force: true });
  }
}
