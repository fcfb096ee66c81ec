/** Marks the line of a runbook at which its last dry run failed, until the line is edited or the run is repeated. */
import * as vscode from 'vscode';

interface Failure {
  readonly line: number;
  readonly message: string;
}

/** Owns one decoration type and what is marked, by document. */
export class FailureDecorations implements vscode.Disposable {
  private readonly failures = new Map<string, readonly Failure[]>();
  private readonly subscriptions: vscode.Disposable[];
  private readonly type = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('diffEditor.removedLineBackground'),
    overviewRulerColor: new vscode.ThemeColor('testing.iconFailed'),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
    after: { margin: '0 0 0 2em', color: new vscode.ThemeColor('editorError.foreground'), fontStyle: 'italic' },
  });

  constructor() {
    this.subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0) this.clear(event.document.uri);
      }),
    ];
  }

  /** Marks a line (from 0). */
  show(uri: vscode.Uri, line: number, message: string): void {
    const key = uri.toString();
    const others = (this.failures.get(key) ?? []).filter((failure) => failure.line !== line);
    this.failures.set(key, [...others, { line, message }]);
    this.draw();
  }

  /** Takes the marks of a document away. */
  clear(uri: vscode.Uri): void {
    if (this.failures.delete(uri.toString())) this.draw();
  }

  /** What is marked in a document. */
  of(uri: vscode.Uri): readonly Failure[] {
    return this.failures.get(uri.toString()) ?? [];
  }

  dispose(): void {
    this.type.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const failures = this.of(editor.document.uri).filter(({ line }) => line < editor.document.lineCount);
      editor.setDecorations(
        this.type,
        failures.map(({ line, message }) => ({
          range: editor.document.lineAt(line).range,
          hoverMessage: `The last dry run failed here: ${message}`,
          renderOptions: { after: { contentText: `✗ ${message}`.slice(0, 120) } },
        })),
      );
    }
  }
}
