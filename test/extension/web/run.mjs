/** Runs the web suite in a VS Code that lives in the browser alone: extension and language server in workers. */
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { setUpWebHost } from '../../../scripts/setup/web-host.mjs';
import { freePort, startBrowser } from '../host/workbench.mjs';

const TIMEOUT_MS = 120_000;

/** Opens the workspace with extension and tests; demands the suite's own end mark, as the other hosts do. */
export async function runWebTests({ extension, workspace, screenshots }) {
  console.log('\n# web suite in a VS Code that runs in the browser alone');
  mkdirSync(screenshots, { recursive: true });
  const host = setUpWebHost();
  const { open } = host.require('@vscode/test-web');
  const port = await freePort();
  // It looks for its builds in a folder below the current one.
  const server = await open({
    browserType: 'none',
    quality: 'stable',
    commit: 'local',
    testRunnerDataDir: host.data,
    extensionDevelopmentPath: extension,
    extensionTestsPath: join(extension, 'tests-web/index.js'),
    folderPath: workspace,
    host: '127.0.0.1',
    port,
  });
  const browser = await startBrowser();
  const lines = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const why = await new Promise((resolve) => {
      page.once('crash', () => resolve('the page crashed'));
      setTimeout(() => resolve(`nothing ended within ${TIMEOUT_MS} ms`), TIMEOUT_MS).unref();
      void (async () => {
        await page.exposeFunction('codeAutomationLog', (_level, args) => {
          lines.push(format(...args));
        });
        await page.exposeFunction('codeAutomationExit', () => resolve(undefined));
        await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'commit' });
      })().catch((error) => resolve(String(error)));
    });
    await page.screenshot({ path: join(screenshots, 'web.png') });
    const text = lines.join('\n');
    writeFileSync(join(screenshots, '../extension-web.txt'), text);
    const shown = lines.filter((line) => /^\s*(✔|✖|##|\d+ (passing|failing))|^ {2,}/.test(line));
    console.log(shown.join('\n').replace(/^##end .*$/m, ''));
    const mark = /^##end (\d+) passed, (\d+) failed$/m.exec(text);
    if (mark === null || Number(mark[1]) === 0) {
      console.error(
        `The web suite never said that it ended (${why ?? 'the extension host died'}).\n${text.slice(-2000)}`,
      );
      return { passed: 0, failed: 1 };
    }
    return { passed: Number(mark[1]), failed: Number(mark[2]) };
  } finally {
    await browser.close();
    server.dispose();
  }
}
