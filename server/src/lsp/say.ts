/** Messages to the person: notifications, never requests, which some clients answer only after a key press. */
import type { Connection } from 'vscode-languageserver';

const TYPES = { error: 1, warning: 2, information: 3 } as const;

export function say(connection: Pick<Connection, 'sendNotification'>, type: keyof typeof TYPES, message: string): void {
  void connection.sendNotification('window/showMessage', { type: TYPES[type], message });
}
