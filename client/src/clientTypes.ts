/** What the running client is made of, for everything that is handed it. */
import type * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import type { DryRunEvents } from './dryRunEvents.ts';
import type { DryRunOutput } from './dryRunOutput.ts';
import type { FailureDecorations } from './views/failureDecorations.ts';
import type { RecoveryTree } from './views/recoveryTree.ts';
import type { Reports } from './views/reports.ts';
import type { StatusBar } from './views/statusBar.ts';
import type { RunbookTests } from './views/testExplorer.ts';
import type { VirtualDocuments } from './virtualDocuments.ts';
import type { WorkspaceModel } from './workspaceModel.ts';

/** What differs between a desktop and a browser. */
export interface Host {
  /** Whether look-ups and dry runs can be made here at all. */
  readonly canRun: boolean;
  readonly createLanguageClient: (options: LanguageClientOptions) => BaseLanguageClient;
}

/** The running client: what commands and views need, and what the tests look at. */
export interface Client {
  readonly context: vscode.ExtensionContext;
  readonly host: Host;
  readonly languageClient: BaseLanguageClient;
  readonly log: vscode.LogOutputChannel;
  readonly model: WorkspaceModel;
  readonly reports: Reports;
  readonly events: DryRunEvents;
  readonly documents: VirtualDocuments;
  readonly output: DryRunOutput;
  readonly failures: FailureDecorations;
  readonly statusBar: StatusBar;
  readonly tree: RecoveryTree;
  readonly tests: RunbookTests;
  /** Why the server could not be started at first; undefined where it was. */
  readonly startProblem: () => string | undefined;
  /** Forgets earlier crashes and starts the server anew. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}
