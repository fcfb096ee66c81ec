/** The channel that shows what a dry run prints while it runs, like a terminal, with secrets taken out. */
import * as vscode from 'vscode';
import type { DryRunEvent, DryRunEventParams } from '../../server/src/protocol.ts';
import { redact } from './redact.ts';

const MARKS = { started: '▶', passed: '✓', failed: '✗', skipped: '–', inconclusive: '?' } as const;

/** Time of day of an event, as people read a log. */
function clock(at: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;
}

/** One event as lines of text; progress is left to the notification. */
export function describeEvent(event: DryRunEvent): string | undefined {
  const message = 'message' in event ? `: ${event.message}` : '';
  switch (event.event) {
    case 'stage':
      return `${clock(event.at)} ${MARKS[event.state]} ${event.stage} ${event.state}${message}`;
    case 'check':
      return `${clock(event.at)}   ${MARKS[event.state]} check ‘${event.name}’ ${event.state}${message}`;
    case 'output':
      return event.text
        .replace(/\s+$/, '')
        .split('\n')
        .map((line) => `           │ ${line}`)
        .join('\n');
    case 'result':
      return `${clock(event.at)} ${event.result.toUpperCase()}`;
    case 'progress':
      return undefined;
  }
}

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
