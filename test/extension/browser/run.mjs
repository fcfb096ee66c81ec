/** The browser tests: a person opens a runbook, sees, hovers, fixes, clicks the lens, watches, cancels, reads the report. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser, startWorkbench } from '../host/workbench.mjs';
import { writeWorkspace } from '../host/production.mjs';
import { MORE_TESTS } from './moreTests.mjs';
import { TESTS } from './tests.mjs';
import { THEMES } from './themes.mjs';

/** Runs each test on a page of its own, one after another; counts them. Installs the packed .vsix. */
export async function runBrowserTests({ vsix, production, env, screenshots, grep }) {
  console.log('\n# browser tests with the packed extension\n');
  mkdirSync(screenshots, { recursive: true });
  const result = { passed: 0, failed: 0 };
  const start = (trust) =>
    startWorkbench({
      vsix,
      env,
      trust,
      settings: { 'drillbook.live.onOpen': 'always', 'workbench.colorTheme': THEMES.dark },
    });
  const trusting = await start(true);
  const browser = await startBrowser();
  try {
    for (const test of [...TESTS, ...MORE_TESTS].filter(
      ({ name }) => grep === undefined || grep.split('|').some((part) => name.includes(part)),
    )) {
      const workspace = writeWorkspace(production, test.workspace);
      const other = test.folders
        ? writeWorkspace(production, { runbooks: [{ name: 'invoices-db', title: 'Restore the invoices database' }] })
        : undefined;
      const workbench = test.trust === false ? await start(false) : trusting;
      useDark(workbench.settingsFile);
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(30_000);
      const started = Date.now();
      try {
        await page.goto(workbench.url(workspace.folder), { waitUntil: 'commit' });
        await page.locator('.monaco-workbench').waitFor();
        await test.run({
          page,
          workbench,
          workspace,
          other,
          shot: async (name, { keepMouse = false } = {}) => {
            // A tooltip would hide what is looked at, and show paths of this machine.
            if (!keepMouse) await page.mouse.move(page.viewportSize().width / 4, 8);
            await page
              .locator('.workbench-hover-container .monaco-hover:visible')
              .first()
              .waitFor({ state: 'hidden', timeout: keepMouse ? 1 : 5000 })
              .catch(() => undefined);
            await page.screenshot({ path: join(screenshots, `${name}.png`) });
          },
        });
        result.passed += 1;
        console.log(`  ✔ ${test.name} (${Date.now() - started}ms)`);
      } catch (error) {
        result.failed += 1;
        console.log(
          `  ✖ ${test.name}\n    ${String(error instanceof Error ? error.stack : error).replace(/\n/g, '\n    ')}`,
        );
        await page
          .screenshot({ path: join(screenshots, `failed-${test.name.replace(/\W+/g, '-')}.png`) })
          .catch(() => undefined);
      } finally {
        await page.close();
        workspace.remove();
        other?.remove();
        if (workbench !== trusting) await workbench.stop();
      }
    }
  } finally {
    await browser.close();
    await trusting.stop();
  }
  return result;
}

/** A test that failed in another theme must not leave it to the next one. */
function useDark(settingsFile) {
  const settings = JSON.parse(readFileSync(settingsFile, 'utf8'));
  if (settings['workbench.colorTheme'] === THEMES.dark) return;
  writeFileSync(settingsFile, JSON.stringify({ ...settings, 'workbench.colorTheme': THEMES.dark }));
}
