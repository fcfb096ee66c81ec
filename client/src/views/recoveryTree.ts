/** The recovery view: gives VS Code the rows of the workspace's state. */
import * as vscode from 'vscode';
import type { WorkspaceModel } from '../workspaceModel.ts';
import { topRows, type Row } from './recoveryRows.ts';

/** Gives VS Code the rows, and the view its badge. */
export class RecoveryTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.emitter.event;
  private readonly subscription: vscode.Disposable;
  private readonly model: WorkspaceModel;

  constructor(model: WorkspaceModel) {
    this.model = model;
    this.subscription = model.onChange(() => this.emitter.fire(undefined));
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      row.label,
      row.children === undefined ? None : row.expanded === true ? Expanded : Collapsed,
    );
    item.id = row.id;
    item.iconPath = row.icon;
    if (row.description !== undefined) item.description = row.description;
    if (row.tooltip !== undefined && row.tooltip !== '') item.tooltip = row.tooltip;
    if (row.contextValue !== undefined) item.contextValue = row.contextValue;
    item.accessibilityInformation = { label: row.spoken };
    if (row.uri !== undefined) {
      const selection = new vscode.Range(row.line ?? 0, 0, row.line ?? 0, 0);
      item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.parse(row.uri), { selection }] };
    }
    return item;
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row !== undefined) return [...(row.children?.(row) ?? [])];
    const state = this.model.asked ? this.model.state : await this.model.refresh();
    return topRows(state.runbooks, state.uncovered ?? []);
  }

  getParent(row: Row): Row | undefined {
    return row.parent;
  }

  dispose(): void {
    this.subscription.dispose();
    this.emitter.dispose();
  }
}
