/** Every command of the extension: what the manifest contributes, and who answers it. */
import { COMMANDS } from '../../../server/src/protocol.ts';

/** Commands that the language server carries; vscode-languageclient registers them once the server runs. */
const SERVER_COMMAND_IDS: readonly string[] = Object.values(COMMANDS);

/** Commands that the client answers itself. */
export const CLIENT_COMMANDS = {
  dryRunAtLevel: 'drillbook.dryRunAtLevel',
  runDue: 'drillbook.runDue',
  showReadiness: 'drillbook.showReadiness',
  showFindings: 'drillbook.showFindings',
  compareWithLive: 'drillbook.compareWithLive',
  newRunbookFromLive: 'drillbook.newRunbookFromLive',
  newPolicy: 'drillbook.newPolicy',
  approveHost: 'drillbook.approveHost',
  restartServer: 'drillbook.restartServer',
  showLog: 'drillbook.showLog',
  reportIssue: 'drillbook.reportIssue',
  openWalkthrough: 'drillbook.openWalkthrough',
} as const;

export type ClientCommandId = (typeof CLIENT_COMMANDS)[keyof typeof CLIENT_COMMANDS];

export const COMMAND_IDS: readonly string[] = [...SERVER_COMMAND_IDS, ...Object.values(CLIENT_COMMANDS)];
