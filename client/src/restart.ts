/** What to do when the server's process ends by itself: start it again, later each time, and say so once. */
import { CloseAction, ErrorAction, type CloseHandlerResult, type ErrorHandler } from 'vscode-languageclient';

/** Waits before the restarts, in milliseconds; after the last one it stays stopped. */
export const BACK_OFF_MS: readonly number[] = [250, 1000, 4000, 10_000, 30_000];

/** A server that ran this long before it ended counts as healthy: the waits start over. */
const HEALTHY_MS = 180_000;

export interface RestartNotices {
  /** Said once a row of crashes: it is being restarted. */
  readonly restarting: () => void;
  /** It is not restarted any more. */
  readonly gaveUp: () => void;
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Restarts with growing waits; a restart by hand gets a new handler, and so starts over. */
export class RestartWithBackOff implements ErrorHandler {
  private crashes = 0;
  private last = 0;
  private readonly notices: RestartNotices;

  constructor(notices: RestartNotices) {
    this.notices = notices;
  }

  /** Starts counting anew, for a restart by hand. */
  reset(): void {
    this.crashes = 0;
  }

  error(): { readonly action: ErrorAction; readonly handled: boolean } {
    return { action: ErrorAction.Continue, handled: true };
  }

  async closed(): Promise<CloseHandlerResult> {
    const now = this.notices.now();
    if (now - this.last > HEALTHY_MS) this.crashes = 0;
    this.last = now;
    const wait = BACK_OFF_MS[this.crashes];
    this.crashes += 1;
    if (wait === undefined) {
      this.notices.gaveUp();
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    if (this.crashes === 1) this.notices.restarting();
    await this.notices.wait(wait);
    return { action: CloseAction.Restart, handled: true };
  }
}
