/** Tells the running server of the settings as they are now. */
import { CONFIGURATION_SECTION } from '../../server/src/protocol.ts';
import type { Client } from './clientTypes.ts';
import { serverSettings } from './settings.ts';

/** Sends the settings as they are now. */
export function tellSettings(client: Client): void {
  if (!client.languageClient.isRunning()) return;
  const settings = { [CONFIGURATION_SECTION]: serverSettings(client.context) };
  void client.languageClient.sendNotification('workspace/didChangeConfiguration', { settings });
}
