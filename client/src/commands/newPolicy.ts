/** New policy: an editor with a first policy that gives each data class an objective and a budget. */
import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';

const TEXT = `apiVersion: drillbook/v1
kind: Policy
metadata: { name: recovery }
classes:
  customer-critical:
    recovery: scripted
    rpo: 2h
    rto: 1h
    budget: { effort: 15m, cost: 500 USD } # people's time and money, an incident
    verify:
      checksum: every-backup
      restoreTest: { every: 30d, level: 3, proves: backup }
      drill: { every: 90d }
    backups: { copies: 2, immutable: true, encrypted: true, retention: 35d }
    owners: 2
    reviewEvery: 180d
  internal:
    recovery: passive
    rpo: 24h
    rto: 8h
    budget: { effort: 4h, cost: 100 USD }
    verify:
      restoreTest: { every: 90d, level: 3, proves: backup }
  scratch: { ephemeral: true, why: can be rebuilt from events }
`;

/** Opens it beside the workspace's other documents, not saved yet. */
export async function newPolicy(_client: Client): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: LANGUAGE_ID, content: TEXT });
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('setContext', 'drillbook.hasBudget', true);
}
