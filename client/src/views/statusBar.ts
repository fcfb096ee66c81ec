/** The status bar item: how much drifted and how much is unknown, when and as whom it was looked up. */
import * as vscode from 'vscode';
import type { StatusParams } from '../../../server/src/protocol.ts';
import { ago, count } from '../words.ts';

/** The text of the item. */
function statusText(status: StatusParams): string {
  if (status.busy) return '$(sync~spin) Drillbook';
  const parts: string[] = [];
  if (status.drifted > 0) parts.push(`${status.drifted} drifted`);
  if (status.unchecked > 0) parts.push(`${status.unchecked} unknown`);
  if (parts.length > 0) return `$(${status.drifted > 0 ? 'warning' : 'question'}) ${parts.join(', ')}`;
  return status.checkedAt === undefined ? '$(shield) Drillbook' : '$(pass) No drift';
}

/** The tooltip, for people who want to know whom to believe; `now` in milliseconds. */
function statusTooltip(status: StatusParams, trusted: boolean, canRun: boolean, now: number): string {
  const lines: string[] = [];
  if (!canRun) lines.push('In the browser nothing is looked up: this is what was recorded.');
  else if (!trusted) lines.push('The workspace is not trusted, so nothing is looked up live.');
  lines.push(
    status.checkedAt === undefined
      ? 'Not compared with live infrastructure yet.'
      : `${count(status.drifted, 'drift finding')}, ${status.unchecked} unknown; checked ${ago(status.checkedAt, now)}.`,
  );
  if (status.identities.length > 0)
    lines.push('Looked up as:', ...status.identities.map((identity) => `• ${identity}`));
  lines.push('Click for the list.');
  return lines.join('\n');
}

/** Owns the item; shown as long as the client runs. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('drillbook.status', vscode.StatusBarAlignment.Left, 10);
  private readonly canRun: boolean;
  private readonly subscription: vscode.Disposable;
  private status: StatusParams = { busy: false, drifted: 0, unchecked: 0, identities: [] };

  constructor(canRun: boolean) {
    this.canRun = canRun;
    this.item.name = 'Drillbook: drift';
    this.item.command = 'drillbook.showFindings';
    this.subscription = vscode.workspace.onDidGrantWorkspaceTrust(() => this.draw());
    this.draw();
    this.item.show();
  }

  update(status: StatusParams): void {
    this.status = status;
    this.draw();
  }

  /** What is shown now. */
  get shown(): { readonly text: string; readonly tooltip: string; readonly status: StatusParams } {
    const tooltip = statusTooltip(this.status, vscode.workspace.isTrusted, this.canRun, Date.now());
    return { text: this.item.text, tooltip, status: this.status };
  }

  dispose(): void {
    this.item.dispose();
    this.subscription.dispose();
  }

  private draw(): void {
    this.item.text = statusText(this.status);
    this.item.tooltip = this.shown.tooltip;
    this.item.accessibilityInformation = {
      label: `Drillbook: ${count(this.status.drifted, 'drift finding')}, ${this.status.unchecked} unknown`,
    };
    const alarm = this.status.drifted > 0 && !this.status.busy;
    this.item.backgroundColor = alarm ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  }
}
