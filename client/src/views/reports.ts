/** Shows reports (self-contained HTML with inline SVG) in a panel that may load and run nothing. */
import * as vscode from 'vscode';

const VIEW_TYPE = 'drillbook.report';

/**
 * The page with a policy of its own in front: no script, no request, no form; styles only those that are in it.
 * Comes first in `<head>`, so that nothing of the page is read before it.
 */
export function withPolicy(html: string): string {
  const policy =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'\">";
  if (/<head[^>]*>/i.test(html)) return html.replace(/<head[^>]*>/i, (head) => `${head}${policy}`);
  return `<!DOCTYPE html><html lang="en"><head>${policy}</head><body>${html}</body></html>`;
}

/** Owns the panels: one a title, used again. */
export class Reports implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  private readonly pages = new Map<string, string>();
  private readonly context: vscode.ExtensionContext;

  constructor(context: vscode.ExtensionContext) {
    this.context = context;
  }

  /** Shows the HTML file at a URI. */
  async showFile(uri: vscode.Uri, title: string): Promise<void> {
    this.showHtml(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), title);
  }

  /** Shows a page beside the editor, in the panel of that title. */
  showHtml(html: string, title: string): void {
    const page = withPolicy(html);
    this.pages.set(title, page);
    const known = this.panels.get(title);
    if (known !== undefined) {
      known.webview.html = page;
      known.reveal(undefined, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      { enableScripts: false, enableFindWidget: true, enableForms: false, localResourceRoots: [] },
    );
    panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, 'media', 'icon.png');
    panel.webview.html = page;
    this.panels.set(title, panel);
    panel.onDidDispose(() => {
      this.panels.delete(title);
      this.pages.delete(title);
    });
  }

  /** The pages that are shown now, by title. */
  shown(): ReadonlyMap<string, string> {
    return this.pages;
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
  }
}
