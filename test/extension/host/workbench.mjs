/** Starts the browser-hosted VS Code on a folder, and opens pages on it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser, setUpEditorHost } from '../../../scripts/setup/editor-host.mjs';

/** Settings that keep the workbench quiet, so that what is seen is ours. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.untrustedFiles': 'open',
  'security.workspace.trust.startupPrompt': 'never',
  'editor.minimap.enabled': false,
};

/** A TCP port of this machine that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Starts a server of the workbench with folders of its own.
 * `vsix` is installed first; `settings` are the person's; `trust: false` leaves workspaces untrusted; `env` is added;
 * `driver` lets pages name an extension and its tests.
 */
export async function startWorkbench({ vsix, settings = {}, trust = true, env = {}, driver = false } = {}) {
  const host = setUpEditorHost();
  const temporary = mkdtempSync(join(tmpdir(), 'drillbook-editor-'));
  mkdirSync(join(temporary, 'data/User'), { recursive: true });
  writeFileSync(join(temporary, 'config.yaml'), 'auth: none\n');
  writeFileSync(join(temporary, 'data/User/settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  const folders = [
    `--config=${temporary}/config.yaml`,
    `--user-data-dir=${temporary}/data`,
    `--extensions-dir=${temporary}/extensions`,
  ];
  const environment = {
    ...process.env,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    VSCODE_SKIP_BUILTIN_EXTENSIONS: 'GitHub.copilot-chat',
    ...env,
  };
  if (vsix !== undefined) {
    const installed = spawnSync(host.node, [host.entry, ...folders, '--install-extension', vsix], {
      env: environment,
      encoding: 'utf8',
    });
    if (installed.status !== 0)
      throw new Error(`The .vsix could not be installed:\n${installed.stdout}${installed.stderr}`);
  }
  const port = await freePort();
  const log = join(temporary, 'server.log');
  const output = openSync(log, 'w');
  const server = spawn(
    host.node,
    [
      host.entry,
      '--auth=none',
      `--bind-addr=127.0.0.1:${port}`,
      ...folders,
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--ignore-last-opened',
      ...(trust ? ['--disable-workspace-trust'] : []),
      // Without it a built workbench ignores extensionDevelopmentPath and extensionTestsPath; with it, it shows no toasts.
      ...(driver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    { env: environment, detached: true, stdio: ['ignore', output, output] },
  );
  for (;;) {
    if (server.exitCode !== null)
      throw new Error(`The workbench ended at its start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    const ready = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) break;
    await later(100);
  }
  return {
    port,
    /** The person's settings. */
    settingsFile: join(temporary, 'data/User/settings.json'),
    /** Where a machine-scoped setting goes: a browser's window is a remote one. */
    machineSettingsFile: join(temporary, 'data/Machine/settings.json'),
    workspaceUrl: (file, payload = []) =>
      `http://127.0.0.1:${port}/?workspace=${encodeURIComponent(file)}&payload=${encodeURIComponent(JSON.stringify([['skipWelcome', 'true'], ...payload]))}`,
    url: (folder, payload = []) =>
      `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify([['skipWelcome', 'true'], ...payload]))}`,
    remote: (path) => `vscode-remote://127.0.0.1:${port}${path}`,
    log: () => readFileSync(log, 'utf8'),
    server,
    /** Ends the server with everything it started. */
    async stop() {
      const signal = (name) => {
        try {
          process.kill(-server.pid, name);
        } catch {
          // It ended already.
        }
      };
      signal('SIGTERM');
      for (let i = 0; i < 50 && server.exitCode === null && server.signalCode === null; i += 1) await later(100);
      signal('SIGKILL');
      rmSync(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Starts the machine's Chromium. */
export function startBrowser() {
  const { chromium } = setUpEditorHost().require('playwright-core');
  return chromium.launch({
    executablePath: findBrowser(),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
