/** Show log: opens the log of the client and the server. */
import type { Client } from '../clientTypes.ts';

/** Opens the channel. */
export function showLog(client: Client): void {
  client.log.show();
}
