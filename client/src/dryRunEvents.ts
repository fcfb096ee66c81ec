/** Hands the events of running dry runs to whoever shows them. */
import * as vscode from 'vscode';
import type { DryRunEventParams } from '../../server/src/protocol.ts';

/** One stream of all dry runs; a listener picks its own by runbook and name. */
export class DryRunEvents implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<DryRunEventParams>();
  readonly onEvent = this.emitter.event;

  fire(params: DryRunEventParams): void {
    this.emitter.fire(params);
  }

  dispose(): void {
    this.emitter.dispose();
  }
}
