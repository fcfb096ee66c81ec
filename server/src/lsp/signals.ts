/** The protocol's cancellation tokens as AbortSignals. */
import type { CancellationToken } from 'vscode-languageserver';

/** A signal that is aborted when the token is cancelled. */
export function signalOf(token: CancellationToken | undefined): AbortSignal {
  const controller = new AbortController();
  if (token?.isCancellationRequested) controller.abort();
  token?.onCancellationRequested(() => {
    controller.abort();
  });
  return controller.signal;
}

/** One sentence of what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
