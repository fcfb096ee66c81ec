/** Shows a page to a person: by window/showDocument where the client can, else a message that says where it is. */
import type { Session } from './session.ts';
import { say } from './say.ts';

export async function showUri(session: Session, uri: string, message: string): Promise<void> {
  const { connection, client } = session;
  if (client.window?.showDocument?.support) {
    try {
      const external = uri.endsWith('.html');
      const { success } = await connection.window.showDocument({ uri, external, takeFocus: true });
      if (success) return;
    } catch {
      // The message below says where it is.
    }
  }
  say(connection, 'information', `${message} ${uri}`);
}
