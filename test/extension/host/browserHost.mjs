/** Runs the mocha suite in the extension host of the browser-hosted VS Code, for machines without a desktop one. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { format } from 'node:util';
import { startBrowser, startWorkbench } from './workbench.mjs';

/**
 * Opens `folder` with the extension and its tests, and waits for the suite's own end mark: an extension host that was
 * killed in the middle still reports success. Returns `{ passed, failed }`; throws where the suite never ended.
 */
export async function runInBrowserHost({
  folder,
  extension,
  tests,
  output,
  screenshot,
  env,
  settings,
  trust,
  timeoutMs,
}) {
  rmSync(output, { force: true });
  mkdirSync(dirname(output), { recursive: true });
  const workbench = await startWorkbench({
    driver: true,
    settings,
    trust,
    env: { ...env, DRILLBOOK_TEST_OUTPUT: output },
  });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const ended = new Promise((resolve) => {
      page.once('crash', () => resolve('the page crashed'));
      workbench.server.once('exit', (code) => resolve(`the workbench ended with ${code}`));
      setTimeout(() => resolve(`nothing ended within ${timeoutMs} ms`), timeoutMs).unref();
      // Both must be there before the page is.
      void page
        .exposeFunction('codeAutomationLog', (level, args) => {
          if (process.env['DRILLBOOK_TEST_VERBOSE'] !== undefined) console.error(`[${level}]`, format(...args));
        })
        .then(() => page.exposeFunction('codeAutomationExit', () => resolve(undefined)))
        .then(() =>
          page.goto(
            workbench.url(folder, [
              ['extensionDevelopmentPath', workbench.remote(extension)],
              ['extensionTestsPath', workbench.remote(tests)],
            ]),
            { waitUntil: 'commit' },
          ),
        );
    });
    const why = await ended;
    const text = existsSync(output) ? readFileSync(output, 'utf8') : '';
    process.stdout.write(text.replace(/^##end .*\n/m, ''));
    const mark = /^##end (\d+) passed, (\d+) failed$/m.exec(text);
    if (mark === null || (Number(mark[1]) === 0 && env['DRILLBOOK_TEST_GREP'] === undefined)) {
      if (screenshot !== undefined) await page.screenshot({ path: screenshot }).catch(() => undefined);
      throw new Error(
        `The extension's suite never said that it ended (${why ?? 'the extension host died'}).\n${workbench.log().slice(-1500)}`,
      );
    }
    if (Number(mark[2]) > 0 && screenshot !== undefined) await page.screenshot({ path: screenshot });
    return { passed: Number(mark[1]), failed: Number(mark[2]) };
  } finally {
    await browser.close().catch(() => undefined);
    await workbench.stop();
  }
}
