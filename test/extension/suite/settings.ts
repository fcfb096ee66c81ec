/** Every setting does what it says: lenses, look-ups, hosts, folders of tools, the trace. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { serverTrace } from '../../../client/src/serverTrace.ts';
import { serverSettings, toolFolders } from '../../../client/src/settings.ts';
import { client, lens, lenses, open, serverPid, until } from './support.ts';

const RUNBOOK = 'runbooks/orders.runbook.yaml';

/** Sets a setting for one test, and takes it back. */
async function withSetting(name: string, value: unknown, test: () => Promise<void>): Promise<void> {
  const settings = vscode.workspace.getConfiguration();
  await settings.update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await test();
  } finally {
    await vscode.workspace.getConfiguration().update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

/** Each lens by its setting, and what its title says. */
const LENSES: readonly (readonly [string, RegExp])[] = [
  ['drillbook.lenses.dryRun', /^Dry-run restore/],
  ['drillbook.lenses.drift', /re-check|check now/],
  ['drillbook.lenses.backupAge', /^newest /],
  ['drillbook.lenses.recoveryPlan', /^recovery plan/],
];

describe('the setting', () => {
  for (const [name, title] of LENSES) {
    it(`${name} switches its lens off and on, and no other`, async () => {
      await open(RUNBOOK);
      await lens(RUNBOOK, title);
      await withSetting(name, false, async () => {
        await until('the lens to go', async () => {
          const titles = (await lenses(RUNBOOK)).map((each) => each.command?.title ?? '');
          return titles.length > 0 && !titles.some((each) => title.test(each));
        });
        const others = LENSES.filter(([other]) => other !== name);
        for (const [, other] of others) await lens(RUNBOOK, other);
      });
      await lens(RUNBOOK, title);
    });
  }

  it('drillbook.live.onOpen and drillbook.live.refreshMinutes reach the server in its own words', async () => {
    const { context } = await client();
    assert.equal(serverSettings(context).liveOnOpen, true, 'the suite runs with “always”');
    await withSetting('drillbook.live.refreshMinutes', 3, async () => {
      await until('the setting', () => serverSettings(context).refreshMinutes === 3);
    });
    assert.equal(serverSettings(context).refreshMinutes, 10);
  });

  it('drillbook.allowedHosts reaches the server, and is the machine’s alone', async () => {
    const { context } = await client();
    await withSetting('drillbook.allowedHosts', ['db.example.com'], async () => {
      await until('the host', () => serverSettings(context).allowedHosts.includes('db.example.com'));
    });
    const settings = vscode.workspace.getConfiguration();
    await assert.rejects(
      Promise.resolve(
        settings.update('drillbook.allowedHosts', ['evil.example.com'], vscode.ConfigurationTarget.Workspace),
      ),
    );
  });

  it('drillbook.tools.path restarts the server with the folders in front of its path', async () => {
    const { languageClient } = await client();
    const before = serverPid(languageClient);
    await withSetting('drillbook.tools.path', ['/opt/backup tools'], async () => {
      assert.deepEqual(toolFolders(), ['/opt/backup tools']);
      await until('another process', () => {
        const now = serverPid(languageClient);
        return now !== undefined && now !== before && languageClient.isRunning();
      });
    });
    await open(RUNBOOK);
    await lens(RUNBOOK, /^Dry-run restore/);
  });

  it('drillbook.trace.server traces the messages into the log, with secrets taken out, until it is off again', async () => {
    const { context, languageClient, log } = await client();
    // The library keeps what it traces to itself: 0 off, 1 messages, 3 verbose.
    const traced = (): unknown => (languageClient as object as { readonly _trace?: unknown })._trace;
    const lines: string[] = [];
    const trace = serverTrace(context, { ...log, info: (message) => void lines.push(message) });
    assert.equal(traced(), 0);
    await withSetting('drillbook.trace.server', 'verbose', async () => {
      await until('the trace to be on', () => traced() === 3);
      assert.equal(trace.logLevel, vscode.LogLevel.Trace);
      trace.trace("Sending request 'initialize': PASSWORD=correct-horse");
      assert.deepEqual(lines, ["Sending request 'initialize': PASSWORD=[hidden]"]);
    });
    await until('the trace to be off', () => traced() === 0);
  });
});
