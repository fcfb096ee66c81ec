/** Work-done progress of a command: shown where the client can, cancellable, and the one signal that everything below listens to. */
import type { CancellationToken, ProgressToken } from 'vscode-languageserver';
import type { Session } from './session.ts';
import { signalOf } from './signals.ts';

export interface Progress {
  /** Aborted when the person cancels, by the progress or by the request. */
  readonly signal: AbortSignal;
  report(message: string, percentage?: number): void;
  end(message?: string): void;
}

/** Begins progress under the request's own token, or under one that the client is asked to make. */
export async function openProgress(
  session: Session,
  title: string,
  given: ProgressToken | undefined,
  cancellation: CancellationToken,
): Promise<Progress> {
  const { connection } = session;
  const controller = new AbortController();
  const request = signalOf(cancellation);
  const abort = (): void => {
    controller.abort(new Error('cancelled'));
  };
  if (request.aborted) abort();
  request.addEventListener('abort', abort);
  const token = given ?? (await createToken(session));
  if (token === undefined) {
    return { signal: controller.signal, report: () => undefined, end: () => undefined };
  }
  session.progress.set(token, abort);
  const send = (value: unknown): void => void connection.sendNotification('$/progress', { token, value });
  send({ kind: 'begin', title, cancellable: true, percentage: 0 });
  return {
    signal: controller.signal,
    report: (message, percentage) => {
      send({ kind: 'report', message, cancellable: true, ...(percentage === undefined ? {} : { percentage }) });
    },
    end: (message) => {
      session.progress.delete(token);
      send({ kind: 'end', ...(message === undefined ? {} : { message }) });
    },
  };
}

async function createToken(session: Session): Promise<string | undefined> {
  if (!session.client.window?.workDoneProgress) return undefined;
  session.progressCount += 1;
  const token = `drillbook-${session.progressCount}`;
  try {
    await session.connection.sendRequest('window/workDoneProgress/create', { token });
    return token;
  } catch {
    return undefined;
  }
}

/** Cancelling by the client's progress. One handler for all: a second one would replace it. */
export function registerProgressCancel(session: Session): void {
  session.connection.onNotification('window/workDoneProgress/cancel', ({ token }: { token: ProgressToken }) => {
    session.progress.get(token)?.();
  });
}
