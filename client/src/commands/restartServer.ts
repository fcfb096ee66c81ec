/** Restart server: stops the language server and starts it anew, forgetting earlier crashes. */
import * as vscode from 'vscode';
import type { Client } from '../clientTypes.ts';

/** Restarts and says when it is done. */
export async function restartServer(client: Client): Promise<void> {
  await client.restart();
  client.model.refreshSoon();
  vscode.window.setStatusBarMessage('Drillbook’s server was restarted.', 5000);
}
