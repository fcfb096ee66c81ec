/**
 * Runs the extension's tests in a real VS Code: `node test/extension/run.mjs [--only suite|browser|web] [--grep TEXT]`.
 *
 * The suites run in a desktop VS Code by @vscode/test-electron where one is found or can be downloaded (and a display
 * is there), and in the browser-hosted one elsewhere: the same files. The browser tests do what a person does. All of
 * them use the packed extension. Ends with `N passed, N failed`; a suite that doesn't end by itself is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareExtension } from './host/prepare.mjs';
import { PASSWORD, startProduction, writeWorkspace } from './host/production.mjs';
import { runInBrowserHost } from './host/browserHost.mjs';
import { findDesktop, runInDesktop } from './host/desktopHost.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const value = (name) => {
  const index = process.argv.indexOf(name);
  return index === -1 ? undefined : process.argv[index + 1];
};
const only = value('--only');
const grep = value('--grep');
const screenshots = join(root, 'out/screenshots');
mkdirSync(screenshots, { recursive: true });
for (const old of readdirSync(screenshots).filter((name) => name.startsWith('failed-'))) rmSync(join(screenshots, old));

const prepared = await prepareExtension();
const totals = { passed: 0, failed: 0 };
const add = (result) => {
  totals.passed += result.passed;
  totals.failed += result.failed;
};

const production = await startProduction();
const env = { ORDERS_PW: PASSWORD, ...(grep === undefined ? {} : { DRILLBOOK_TEST_GREP: grep }) };

/** One suite in whichever host there is, on a workspace of its own. */
async function suite(name, { trust, settings }) {
  const workspace = writeWorkspace(production, {
    runbooks: [{ dependsOn: ['identity-db'] }, { name: 'identity-db', title: 'Restore the identity database' }],
  });
  const desktop = await findDesktop();
  console.log(`\n# ${name} suite in ${desktop === undefined ? 'the browser-hosted' : 'a desktop'} VS Code`);
  try {
    const options = {
      folder: workspace.folder,
      extension: prepared.extension,
      tests: join(prepared.tests, 'index.cjs'),
      output: join(root, `out/extension-${name}.txt`),
      screenshot: join(screenshots, `failed-${name}.png`),
      env: { ...env, DRILLBOOK_TEST_SUITE: name },
      settings,
      trust,
      timeoutMs: 240_000,
    };
    add(desktop === undefined ? await runInBrowserHost(options) : await runInDesktop(desktop, options));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    totals.failed += 1;
  } finally {
    workspace.remove();
  }
}

/** What a team commits for its reviewers: recorded observations, and the evidence of a dry run. */
function recordForReviewers(folder) {
  const main = join(prepared.extension, 'dist/main.js');
  const run = (args, expected) => {
    const result = spawnSync(process.execPath, [main, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    if (result.status !== expected)
      throw new Error(`drillbook ${args.join(' ')} ended with ${result.status}:\n${result.stdout}${result.stderr}`);
  };
  mkdirSync(join(folder, '.drillbook'), { recursive: true });
  run(['drift', '--record', '.drillbook/observations.json'], 1);
  run(['dry-run', 'orders-db', '--yes'], 0);
}

try {
  if (only === undefined || only === 'suite') {
    await suite('trusted', { trust: true, settings: { 'drillbook.live.onOpen': 'always' } });
    await suite('untrusted', { trust: false, settings: { 'drillbook.live.onOpen': 'always' } });
  }
  if (only === undefined || only === 'browser') {
    const { runBrowserTests } = await import('./browser/run.mjs');
    add(await runBrowserTests({ vsix: prepared.vsix, production, env, screenshots, grep }));
  }
  if (only === undefined || only === 'web') {
    const { runWebTests } = await import('./web/run.mjs');
    const workspace = writeWorkspace(production);
    try {
      recordForReviewers(workspace.folder);
      add(await runWebTests({ extension: prepared.extension, workspace: workspace.folder, screenshots }));
    } finally {
      workspace.remove();
    }
  }
} finally {
  production.stop();
  rmSync(prepared.temporary, { recursive: true, force: true });
}

console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
