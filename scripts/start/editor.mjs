/** Opens the demonstration's workspace in VS Code where `code` is found, else in the browser-hosted editor. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where the desktop editor's command is, or undefined. */
function findCode() {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code', 'codium', 'code-insiders'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((each) => each !== '');
  const mac = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin';
  for (const folder of [...folders, mac]) {
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

/**
 * Resolves when the editor is open, with the function that ends what was started for it.
 * @returns {Promise<() => Promise<void>>}
 */
export async function openWorkspace({ root, workspace, env, say }) {
  const runbook = join(workspace, 'runbooks/orders-db.runbook.yaml');
  const code = findCode();
  if (code !== undefined && (process.getuid?.() !== 0 || process.env['DISPLAY'] !== undefined)) {
    const args = ['--new-window', `--extensionDevelopmentPath=${root}`, workspace, '--goto', runbook];
    const child = spawn(code, args, { env, stdio: 'ignore', detached: true, shell: process.platform === 'win32' });
    child.unref();
    say(`Opened ${workspace} in ${code}, with the extension of this checkout.`);
    say('Trust the workspace when it asks: without trust nothing live is looked up.');
    return async () => undefined;
  }
  say('There is no desktop VS Code here, so the browser-hosted one is used (set up once, about 800 MB).');
  const { startWorkbench } = await import('../../test/extension/host/workbench.mjs');
  const { packageVsix } = await import('../package-vsix.mjs');
  const { file } = packageVsix(join(root, 'out/start/drillbook.vsix'));
  const workbench = await startWorkbench({ vsix: file, env });
  const address = workbench.url(workspace, [['openFile', workbench.remote(runbook)]]);
  say(`VS Code is at\n\n  ${address}\n`);
  say(
    'Open runbooks/orders-db.runbook.yaml there: the squiggles are live drift, and the lens above "orders:" restores the backup.',
  );
  openInBrowser(address);
  return workbench.stop;
}

function openInBrowser(address) {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  if (spawnSync(process.platform === 'win32' ? 'where' : 'which', [command], { stdio: 'ignore' }).status !== 0) return;
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
