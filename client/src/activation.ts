/** The stub's work, the same on a desktop and in a browser: switch the language of our documents, load the client late. */
import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../../server/src/protocol.ts';
import { COMMAND_IDS } from './commands/ids.ts';
import type { Client } from './clientTypes.ts';
import { recognise } from './recognise.ts';

/** The kind of the report panels: after a reload of the window they are filled again. */
export const REPORT_VIEW = 'drillbook.report';

/** What the stub makes and the client fills: both must exist before anything of ours is open. */
export interface LazyParts {
  readonly tests: vscode.TestController;
  readonly tree: LazyTree;
  readonly view: vscode.TreeView<unknown>;
}

/** The module of the client, loaded when first needed. */
export interface ClientModule {
  start(context: vscode.ExtensionContext, parts: LazyParts): Promise<Client>;
}

/** What `activate` gives to other extensions and to the tests. */
export interface DrillbookApi {
  /** Whether more than the stub was loaded. */
  readonly loaded: () => boolean;
  /** Loads the client where it isn't yet, and waits until it runs. */
  readonly client: () => Promise<Client>;
}

/** The recovery view before the client is there: it loads the client when somebody opens the view. */
class LazyTree implements vscode.TreeDataProvider<unknown> {
  private readonly changed = new vscode.EventEmitter<unknown>();
  readonly onDidChangeTreeData = this.changed.event;
  private provider: vscode.TreeDataProvider<unknown> | undefined;
  private readonly load: () => Promise<unknown>;

  constructor(load: () => Promise<unknown>) {
    this.load = load;
  }

  /** Hands over to the client's provider. */
  fill(provider: vscode.TreeDataProvider<unknown>): vscode.Disposable | undefined {
    this.provider = provider;
    const subscription = provider.onDidChangeTreeData?.((element) => this.changed.fire(element));
    this.changed.fire(undefined);
    return subscription;
  }

  getTreeItem(element: unknown): vscode.TreeItem | Thenable<vscode.TreeItem> {
    if (this.provider === undefined) throw new Error('The recovery view has no rows before the client runs.');
    return this.provider.getTreeItem(element);
  }

  async getChildren(element?: unknown): Promise<unknown[]> {
    if (this.provider === undefined) await this.load();
    return (await this.provider?.getChildren(element)) ?? [];
  }

  getParent(element: unknown): vscode.ProviderResult<unknown> {
    return this.provider?.getParent?.(element);
  }
}

/** What an extension module exports to VS Code. */
export interface Stub {
  readonly activate: (context: vscode.ExtensionContext) => DrillbookApi;
  readonly deactivate: () => Promise<void>;
}

/** The entry points of the extension, over a function that loads the client. */
export function createStub(loadModule: () => Promise<ClientModule>): Stub {
  let client: Promise<Client> | undefined;
  return {
    activate(context): DrillbookApi {
      const proxies: vscode.Disposable[] = [];
      const load = (): Promise<Client> => {
        client ??= loadModule().then(async (module) => {
          for (const proxy of proxies.splice(0)) proxy.dispose();
          return module.start(context, { tests, tree, view });
        });
        return client;
      };
      const tree = new LazyTree(load);
      const tests = vscode.tests.createTestController('drillbook', 'Drillbook');
      tests.resolveHandler = async (item) => {
        if (item === undefined) await load();
      };
      const view = vscode.window.createTreeView<unknown>('drillbook.recovery', {
        treeDataProvider: tree,
        showCollapseAll: true,
      });
      context.subscriptions.push(
        tests,
        view,
        vscode.window.registerWebviewPanelSerializer(REPORT_VIEW, {
          deserializeWebviewPanel: async (panel) => (await load()).reports.restore(panel),
        }),
        new vscode.Disposable(() => proxies.splice(0).forEach((proxy) => void proxy.dispose())),
      );
      // The server's commands come with the server, the others with the client: until then each of them loads both.
      for (const id of COMMAND_IDS) {
        proxies.push(
          vscode.commands.registerCommand(id, async (...args: unknown[]): Promise<unknown> => {
            await load();
            return vscode.commands.executeCommand(id, ...args);
          }),
        );
      }
      watchDocuments(context, () => void load());
      return { loaded: () => client !== undefined, client: load };
    },
    async deactivate(): Promise<void> {
      await (await client)?.stop();
      client = undefined;
    },
  };
}

/** Gives each document the language that its head asks for, and calls `found` when one of ours is open. */
function watchDocuments(context: vscode.ExtensionContext, found: () => void): void {
  // A person's own choice of language stays: each document is switched once.
  const switched = new Set<string>();
  const setLanguage = (document: vscode.TextDocument, language: string): void => {
    const key = `${document.uri.toString()} ${language}`;
    if (switched.has(key)) return;
    switched.add(key);
    void vscode.languages.setTextDocumentLanguage(document, language);
  };
  const look = (document: vscode.TextDocument): void => {
    if (document.languageId === 'yaml') {
      if (recognise(document.getText()) !== 'ours') return;
      setLanguage(document, LANGUAGE_ID);
      // The client loads and the server starts while the editor switches the language.
      found();
    } else if (document.languageId === LANGUAGE_ID) {
      // `*.policy.yaml` is a name that other tools use as well.
      if (recognise(document.getText()) === 'other') setLanguage(document, 'yaml');
      else found();
    }
  };
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument((event) => {
      const near = event.contentChanges.some((change) => change.range.start.line < 200);
      if (event.document.languageId === 'yaml' && near) look(event.document);
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      // Switching the language closes and opens the document: only a document that is gone is forgotten.
      const uri = document.uri.toString();
      if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri)) return;
      setTimeout(() => {
        if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri)) return;
        switched.delete(`${uri} yaml`);
        switched.delete(`${uri} ${LANGUAGE_ID}`);
      }, 1000);
    }),
  );
  vscode.workspace.textDocuments.forEach(look);
}
