/** Sends a command to the server with progress and cancelling, which vscode-languageclient's own way leaves out. */
import * as vscode from 'vscode';
import { WorkDoneProgress, WorkDoneProgressCancelNotification } from 'vscode-languageclient';
import type { Client } from '../clientTypes.ts';

/** What the notification shows of one step of work. */
export interface Step {
  readonly message?: string;
  /** Percentage done, 0 to 100. */
  readonly percentage?: number;
}

/** Codes of the protocol for a request that was cancelled. */
const CANCELLED_CODES: readonly unknown[] = [-32800, -32802];

/** Whether an error says that the request was cancelled. */
export function isCancelled(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && CANCELLED_CODES.includes(error.code);
}

/** Runs one command of the server; `onStep` gets its work-done progress, `token` cancels it. */
export async function sendServerCommand<Result>(
  client: Client,
  command: string,
  argument: object,
  token?: vscode.CancellationToken,
  onStep?: (step: Step) => void,
): Promise<Result> {
  const workDoneToken = `${command}:${crypto.randomUUID()}`;
  const subscriptions: vscode.Disposable[] = [];
  if (onStep !== undefined) {
    subscriptions.push(
      client.languageClient.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === 'end') return;
        onStep({
          ...(value.message !== undefined && { message: value.message }),
          ...(value.percentage !== undefined && { percentage: value.percentage }),
        });
      }),
    );
  }
  if (token !== undefined) {
    subscriptions.push(
      token.onCancellationRequested(() => {
        void client.languageClient.sendNotification(WorkDoneProgressCancelNotification.type, { token: workDoneToken });
      }),
    );
  }
  try {
    const params = { command, arguments: [argument], workDoneToken };
    return await client.languageClient.sendRequest<Result>('workspace/executeCommand', params, token);
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
  }
}
