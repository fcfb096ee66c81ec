/** Shows reports (self-contained HTML with inline SVG) in a panel that may load and run nothing. */
import * as vscode from 'vscode';
import { REPORT_VIEW } from '../activation.ts';
import type { ShowEvidenceArguments } from '../../../server/src/protocol.ts';

/** Where it is kept what each open report shows, by title: a page without scripts can keep nothing itself. */
const KEPT = 'drillbook.reports';

/** What a report shows, so that it can be shown again after the window was loaded anew. */
export type ReportSource =
  | { readonly of: 'file'; readonly uri: string }
  | { readonly of: 'evidence'; readonly argument: ShowEvidenceArguments }
  | { readonly of: 'readiness' };

/** A page read anew from its source; undefined where there is none any more. */
export type ReadReport = (source: ReportSource) => Promise<string | undefined>;

/**
 * The page with a policy of its own in front: no script, no request, no form; styles only those that are in it.
 * Comes first in `<head>`, so that nothing of the page is read before it.
 */
function withPolicy(html: string): string {
  const policy =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'\">";
  if (/<head[^>]*>/i.test(html)) return html.replace(/<head[^>]*>/i, (head) => `${head}${policy}`);
  return `<!DOCTYPE html><html lang="en"><head>${policy}</head><body>${html}</body></html>`;
}

/** Owns the panels: one a title, used again. */
export class Reports implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  private readonly pages = new Map<string, string>();
  private disposed = false;
  private readonly context: vscode.ExtensionContext;
  private readonly read: ReadReport;

  constructor(context: vscode.ExtensionContext, read: ReadReport) {
    this.context = context;
    this.read = read;
  }

  /** Shows the HTML file at a URI. */
  async showFile(uri: vscode.Uri, title: string, preserveFocus = false): Promise<void> {
    this.showHtml(await readPage(uri), title, { of: 'file', uri: uri.toString() }, preserveFocus);
  }

  /** Fills a panel that VS Code brought back after the window was loaded anew. */
  async restore(panel: vscode.WebviewPanel): Promise<void> {
    const { title } = panel;
    const source = this.kept()[title];
    this.own(panel, title);
    try {
      const html = source === undefined ? undefined : await this.read(source);
      const gone = '<p>What this report was about is not there any more. Run the command again for a new one.</p>';
      this.fill(panel, html ?? gone);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.fill(panel, `<p>The report could not be read again: ${escaped(why)}</p>`);
    }
  }

  /**
   * Shows a page beside the editor, in the panel of that title; `source` is how it is found again after a reload.
   * `preserveFocus` for what opens by itself: people may be typing, and an editor that loses the focus drops the
   * lenses that it was about to draw anew.
   */
  showHtml(html: string, title: string, source: ReportSource, preserveFocus = false): void {
    this.keep(title, source);
    const page = withPolicy(html);
    this.pages.set(title, page);
    const known = this.panels.get(title);
    if (known !== undefined) {
      known.webview.html = page;
      known.reveal(undefined, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      REPORT_VIEW,
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus },
      { enableScripts: false, enableFindWidget: true, enableForms: false, localResourceRoots: [] },
    );
    this.own(panel, title);
    panel.webview.html = page;
  }

  private own(panel: vscode.WebviewPanel, title: string): void {
    panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, 'media', 'icon.png');
    this.panels.set(title, panel);
    panel.onDidDispose(() => {
      if (this.panels.get(title) !== panel) return;
      this.panels.delete(title);
      this.pages.delete(title);
      if (!this.disposed) this.keep(title, undefined);
    });
  }

  private fill(panel: vscode.WebviewPanel, html: string): void {
    const page = withPolicy(html);
    this.pages.set(panel.title, page);
    panel.webview.html = page;
  }

  private kept(): Readonly<Record<string, ReportSource>> {
    return this.context.workspaceState.get<Record<string, ReportSource>>(KEPT, {});
  }

  private keep(title: string, source: ReportSource | undefined): void {
    const others = Object.entries(this.kept()).filter(([known]) => known !== title);
    const all = source === undefined ? others : [...others, [title, source] as const];
    void this.context.workspaceState.update(KEPT, Object.fromEntries(all));
  }

  /** The pages that are shown now, by title. */
  shown(): ReadonlyMap<string, string> {
    return this.pages;
  }

  /** Leaves the panels as they are: VS Code brings them back after the window was loaded anew. */
  dispose(): void {
    this.disposed = true;
  }
}

/** The page in a file. */
export async function readPage(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}
