/** Approve a host: lets look-ups send a secret or a signed request to it, from this machine. */
import * as vscode from 'vscode';
import { CONFIGURATION_SECTION } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { driftFindings } from './showFindings.ts';

const HOST = /^[A-Za-z0-9.:_*-]+$/;

/** Hosts that findings ask for, read out of their data or their message. */
function waitingHosts(): string[] {
  const hosts = driftFindings()
    .filter(({ code }) => code === 'unchecked/host-not-approved')
    .map(({ diagnostic }) => {
      const data = 'data' in diagnostic ? (diagnostic.data as { host?: unknown } | undefined) : undefined;
      if (typeof data?.host === 'string') return data.host;
      return /\b([a-z0-9-]+(?:\.[a-z0-9-]+)+)\b/i.exec(diagnostic.message)?.[1];
    })
    .filter((host) => host !== undefined);
  return [...new Set(hosts)];
}

/** Asks for the host where it isn't given, and keeps it in the settings of this machine. */
export async function approveHost(_client: Client, argument: unknown): Promise<void> {
  const given = typeof argument === 'string' ? argument : undefined;
  const waiting = waitingHosts();
  const host =
    given ??
    (waiting.length > 1
      ? await vscode.window.showQuickPick(waiting, { title: 'Which host may be asked?' })
      : await vscode.window.showInputBox({
          title: 'Which host may be sent a secret or a signed request?',
          value: waiting[0] ?? '',
          validateInput: (value) => (HOST.test(value) ? undefined : 'A host name, without protocol and path.'),
        }));
  if (host === undefined || !HOST.test(host)) return;
  const approve = 'Approve';
  const choice = await vscode.window.showWarningMessage(
    `May Drillbook send this workspace’s credentials to ${host}?`,
    { modal: true, detail: 'It is remembered on this machine (setting drillbook.allowedHosts), for every workspace.' },
    approve,
  );
  if (choice !== approve) return;
  const settings = vscode.workspace.getConfiguration(CONFIGURATION_SECTION);
  const hosts = settings.get<string[]>('allowedHosts', []);
  if (hosts.includes(host)) return;
  await settings.update('allowedHosts', [...hosts, host], vscode.ConfigurationTarget.Global);
}
