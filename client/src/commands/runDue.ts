/** Dry-run what is due: everything whose cadence says so, as one run in the Test Explorer. */
import * as vscode from 'vscode';
import type { Client } from '../clientTypes.ts';

/** Runs them; each can be cancelled in its notification, all of them in the Test Explorer. */
export async function runDue(client: Client): Promise<void> {
  const source = new vscode.CancellationTokenSource();
  try {
    await client.tests.runDue(source.token);
  } finally {
    source.dispose();
  }
}
