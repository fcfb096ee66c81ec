/** New runbook from live infrastructure…: choose an environment, then something that is really there. */
import * as vscode from 'vscode';
import {
  LIVE_INVENTORY,
  NEW_RUNBOOK,
  type LiveInventoryItem,
  type LiveInventoryResult,
  type NewRunbookParams,
  type NewRunbookResult,
} from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { needsTrust } from './confirm.ts';

interface Choice extends vscode.QuickPickItem {
  readonly item?: LiveInventoryItem;
}

/** Asks for what is there, once for the environment that is chosen. */
async function inventory(client: Client, environment?: string): Promise<LiveInventoryResult> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Drillbook: listing what is there', cancellable: true },
    (_progress, token) =>
      client.languageClient.sendRequest<LiveInventoryResult>(
        LIVE_INVENTORY,
        environment === undefined ? {} : { environment },
        token,
      ),
  );
}

/** Rows of the second step: what no runbook covers first. */
function choicesOf(result: LiveInventoryResult): Choice[] {
  const row = (item: LiveInventoryItem): Choice => ({
    label: item.id,
    description: [item.kind, item.region, item.account].filter((word) => word !== undefined).join(' · '),
    detail: item.detail ?? '',
    item,
  });
  const open = result.resources.filter((item) => !item.covered).map(row);
  const covered = result.resources.filter((item) => item.covered).map(row);
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...(open.length > 0 ? [separator('No runbook covers'), ...open] : []),
    ...(covered.length > 0 ? [separator('Covered already'), ...covered] : []),
  ];
}

/** The steps; from a row of the recovery view the resource is known already. */
export async function newRunbookFromLive(client: Client, argument: unknown): Promise<void> {
  if (!client.host.canRun) {
    void vscode.window.showInformationMessage(
      'Listing live infrastructure needs a machine: run “drillbook init --from-live KIND ID” in a terminal.',
    );
    return;
  }
  if (!(await needsTrust('Listing live infrastructure'))) return;
  const chosen = fromRow(argument) ?? (await choose(client));
  if (chosen === undefined) return;
  const classes = [...new Set(client.model.state.runbooks.map((runbook) => runbook.dataClass))].filter(
    (name) => name !== undefined,
  );
  const dataClass =
    classes.length === 0
      ? undefined
      : await vscode.window.showQuickPick(classes, { title: 'New runbook (3/3): which data class?' });
  if (classes.length > 0 && dataClass === undefined) return;
  const params: NewRunbookParams = { ...chosen, ...(dataClass !== undefined && { dataClass }) };
  const result = await client.languageClient.sendRequest<NewRunbookResult>(NEW_RUNBOOK, params);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target =
    folder === undefined ? undefined : vscode.Uri.joinPath(folder, result.file).with({ scheme: 'untitled' });
  const document =
    target === undefined
      ? await vscode.workspace.openTextDocument({ language: 'drillbook', content: result.text })
      : await vscode.workspace.openTextDocument(target);
  const editor = await vscode.window.showTextDocument(document);
  if (target !== undefined) {
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), result.text));
  }
}

type Chosen = Pick<NewRunbookParams, 'kind' | 'id' | 'environment'>;

function fromRow(argument: unknown): Chosen | undefined {
  if (typeof argument !== 'object' || argument === null || !('store' in argument)) return undefined;
  const store = argument.store as Partial<Chosen>;
  if (store.kind === undefined || store.id === undefined) return undefined;
  return { kind: store.kind, id: store.id, environment: store.environment ?? '' };
}

async function choose(client: Client): Promise<Chosen | undefined> {
  let result = await inventory(client);
  if (result.environments.length === 0) {
    const create = 'Open a first environment';
    const choice = await vscode.window.showInformationMessage(
      'An Environment document says where “live” is; this workspace has none yet.',
      create,
    );
    if (choice === create) await openEnvironment();
    return undefined;
  }
  if (result.environments.length > 1) {
    const environment = await vscode.window.showQuickPick([...result.environments], {
      title: 'New runbook (1/3): which environment?',
    });
    if (environment === undefined) return undefined;
    result = await inventory(client, environment);
  }
  if (result.notes.length > 0) void vscode.window.showWarningMessage(result.notes.join(' '));
  const choices = choicesOf(result);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage('Nothing that a runbook could be about was found there.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(choices, {
    title: 'New runbook (2/3): which data store would you have to bring back?',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.item === undefined
    ? undefined
    : { kind: picked.item.kind, id: picked.item.id, environment: picked.item.environment };
}

async function openEnvironment(): Promise<void> {
  const content = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws:
  account: "123456789012"
  profile: prod-readonly
  regions: [eu-west-1]
databases:
  orders: { engine: postgres, host: localhost, port: 5432, user: drillbook, password: { env: ORDERS_PW } }
`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'drillbook', content }));
}
