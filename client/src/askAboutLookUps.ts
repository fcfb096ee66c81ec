/** Asks once a workspace whether opening a runbook may look its resources up. */
import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../../server/src/protocol.ts';
import type { Client } from './clientTypes.ts';
import { liveOnOpenAnswer, liveOnOpenSetting, rememberLiveOnOpen } from './settings.ts';
import { tellSettings } from './tellSettings.ts';

/** Puts the question where it is open, the workspace is trusted and a document of ours is shown; never blocks. */
export function askAboutLookUps(client: Client): void {
  const open =
    client.host.canRun &&
    vscode.workspace.isTrusted &&
    liveOnOpenSetting() === 'ask' &&
    liveOnOpenAnswer(client.context) === undefined;
  if (!open || !vscode.workspace.textDocuments.some((document) => document.languageId === LANGUAGE_ID)) return;
  const allow = 'Look up on open and save';
  const never = 'Only on demand';
  void vscode.window
    .showInformationMessage(
      'May Drillbook compare the runbooks you open in this workspace with the live infrastructure? It only reads, with your own credentials.',
      allow,
      never,
    )
    .then(async (choice) => {
      if (choice === undefined) return;
      await rememberLiveOnOpen(client.context, choice === allow);
      tellSettings(client);
    });
}
