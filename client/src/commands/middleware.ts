/** Stands before the server's commands: adds arguments, confirmation, progress and cancelling. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient';
import { COMMANDS } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { dryRunCommand } from './dryRun.ts';
import { refreshDriftCommand } from './refreshDrift.ts';
import { showEvidenceCommand } from './showEvidence.ts';
import { showPlanCommand } from './showPlan.ts';

type ServerCommandHandler = (client: Client, argument: unknown) => Promise<unknown>;

/** One row a command of the server. */
const HANDLERS: Readonly<Record<string, ServerCommandHandler>> = {
  [COMMANDS.dryRun]: dryRunCommand,
  [COMMANDS.refreshDrift]: refreshDriftCommand,
  [COMMANDS.showEvidence]: showEvidenceCommand,
  [COMMANDS.showPlan]: showPlanCommand,
};

/** The middleware; `current` gives the client once it is put together. */
export function createMiddleware(current: () => Client | undefined): Middleware {
  return {
    executeCommand: async (command, args: unknown[], next) => {
      const client = current();
      const handler = HANDLERS[command];
      if (client === undefined || handler === undefined) return (await next(command, args)) as unknown;
      try {
        return await handler(client, args[0]);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        client.log.error(`${command}: ${message}`);
        void vscode.window.showErrorMessage(`Drillbook could not do this: ${message}`);
        return undefined;
      }
    },
  };
}
