/** The table of the commands that the client answers itself; the server's own are in middleware.ts. */
import * as vscode from 'vscode';
import type { Client } from '../clientTypes.ts';
import { approveHost } from './approveHost.ts';
import { compareWithLive } from './compareWithLive.ts';
import { dryRunAtLevel } from './dryRunAtLevel.ts';
import { CLIENT_COMMANDS, type ClientCommandId } from './ids.ts';
import { newPolicy } from './newPolicy.ts';
import { newRunbookFromLive } from './newRunbookFromLive.ts';
import { openWalkthrough } from './openWalkthrough.ts';
import { reportIssue } from './reportIssue.ts';
import { restartServer } from './restartServer.ts';
import { runDue } from './runDue.ts';
import { showFindings } from './showFindings.ts';
import { showLog } from './showLog.ts';
import { showReadiness } from './showReadiness.ts';

type Command = (client: Client, argument: unknown) => unknown;

/** One row a command; the type demands every id. */
const TABLE: Readonly<Record<ClientCommandId, Command>> = {
  [CLIENT_COMMANDS.dryRunAtLevel]: dryRunAtLevel,
  [CLIENT_COMMANDS.runDue]: runDue,
  [CLIENT_COMMANDS.showReadiness]: showReadiness,
  [CLIENT_COMMANDS.showFindings]: showFindings,
  [CLIENT_COMMANDS.compareWithLive]: compareWithLive,
  [CLIENT_COMMANDS.newRunbookFromLive]: newRunbookFromLive,
  [CLIENT_COMMANDS.newPolicy]: newPolicy,
  [CLIENT_COMMANDS.approveHost]: approveHost,
  [CLIENT_COMMANDS.restartServer]: restartServer,
  [CLIENT_COMMANDS.showLog]: showLog,
  [CLIENT_COMMANDS.reportIssue]: reportIssue,
  [CLIENT_COMMANDS.openWalkthrough]: openWalkthrough,
};

/** Registers them; an error of one is said and logged, never swallowed. */
export function registerCommands(client: Client): void {
  for (const [id, command] of Object.entries(TABLE)) {
    client.context.subscriptions.push(
      vscode.commands.registerCommand(id, async (argument: unknown): Promise<unknown> => {
        try {
          return await command(client, argument);
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          client.log.error(`${id}: ${message}`);
          void vscode.window.showErrorMessage(`Drillbook could not do this: ${message}`);
          return undefined;
        }
      }),
    );
  }
}
