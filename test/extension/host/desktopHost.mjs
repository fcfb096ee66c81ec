/** Runs the mocha suite in a desktop VS Code by @vscode/test-electron, where one is found or can be downloaded. */
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const DOWNLOADS = 'https://update.code.visualstudio.com/api/releases/stable';

/**
 * Path of a desktop VS Code: the one named in DRILLBOOK_VSCODE, else a download where the site answers and there is a
 * display; undefined where the browser-hosted one has to do (always with DRILLBOOK_VSCODE=browser).
 */
export async function findDesktop() {
  const named = process.env['DRILLBOOK_VSCODE'];
  if (named === 'browser') return undefined;
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`DRILLBOOK_VSCODE names ${named}, which is not there.`);
    return named;
  }
  const display = process.platform !== 'linux' || process.env['DISPLAY'] !== undefined;
  if (!display) return undefined;
  const answers = await fetch(DOWNLOADS, { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.ok,
    () => false,
  );
  if (!answers) return undefined;
  return downloadAndUnzipVSCode({ version: 'stable', cachePath: join(root, '.tools/vscode') });
}

/** The same options and the same result as the browser host's. */
export async function runInDesktop(executable, { folder, extension, tests, output, env, settings, trust }) {
  rmSync(output, { force: true });
  mkdirSync(dirname(output), { recursive: true });
  const user = mkdtempSync(join(tmpdir(), 'drillbook-user-'));
  mkdirSync(join(user, 'User'), { recursive: true });
  const quiet = {
    'workbench.startupEditor': 'none',
    'security.workspace.trust.startupPrompt': 'never',
    'git.enabled': false,
  };
  writeFileSync(join(user, 'User/settings.json'), JSON.stringify({ ...quiet, ...settings }));
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: extension,
      extensionTestsPath: tests,
      extensionTestsEnv: { ...env, DRILLBOOK_TEST_OUTPUT: output },
      launchArgs: [
        folder,
        '--disable-extensions',
        `--user-data-dir=${user}`,
        ...(trust ? ['--disable-workspace-trust'] : []),
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    }).catch(() => undefined); // The end mark below says what failed.
    const text = existsSync(output) ? readFileSync(output, 'utf8') : '';
    process.stdout.write(text.replace(/^##end .*\n/m, ''));
    const mark = /^##end (\d+) passed, (\d+) failed$/m.exec(text);
    if (mark === null || Number(mark[1]) === 0) throw new Error('The extension’s suite never said that it ended.');
    return { passed: Number(mark[1]), failed: Number(mark[2]) };
  } finally {
    rmSync(user, { recursive: true, force: true });
  }
}
