/** The channel that shows what a dry run prints while it runs, like a terminal, with secrets taken out. */
import * as vscode from 'vscode';
import type { DryRunEventParams } from '../../server/src/protocol.ts';
import { describeEvent } from './describeEvent.ts';
import { redact } from './redact.ts';

/** Owns the output channel *Drillbook dry runs*. */
export class DryRunOutput implements vscode.Disposable {
  readonly channel = vscode.window.createOutputChannel('Drillbook dry runs', 'log');
  /** Everything written so far, bounded: for *Report issue* and the tests. */
  private lines: string[] = [];

  /** Starts a section for one dry run. */
  begin(title: string): void {
    this.append(`\n── ${title} ──`);
  }

  write(params: DryRunEventParams): void {
    const text = describeEvent(params.event);
    if (text !== undefined) this.append(text);
  }

  /** The newest lines. */
  tail(count: number): readonly string[] {
    return this.lines.slice(-count);
  }

  dispose(): void {
    this.channel.dispose();
  }

  private append(text: string): void {
    const clean = redact(text);
    this.channel.appendLine(clean);
    this.lines = [...this.lines.slice(-499), clean];
  }
}
