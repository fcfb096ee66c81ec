/** The editor's copy of the workspace's state, which the views share. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  WORKSPACE_STATE,
  type DryRunState,
  type RunbookState,
  type WorkspaceState,
} from '../../server/src/protocol.ts';

const EMPTY: WorkspaceState = { runbooks: [] };
/** Changes within this time are asked for once, in milliseconds. */
const SOON_MS = 150;

/** Asks the server for the state after changes, one request at a time, and tells the views. */
export class WorkspaceModel implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<WorkspaceState>();
  readonly onChange = this.emitter.event;
  private current: WorkspaceState = EMPTY;
  private answered = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: Promise<WorkspaceState> | undefined;
  private readonly client: BaseLanguageClient;

  constructor(client: BaseLanguageClient) {
    this.client = client;
  }

  get state(): WorkspaceState {
    return this.current;
  }

  /** Whether the server answered at least once. */
  get asked(): boolean {
    return this.answered;
  }

  /** Asks again, shortly: many changes in a row become one request. */
  refreshSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), SOON_MS);
  }

  /** Asks now, and resolves to the new state; on an internal failure the old state stays. */
  async refresh(): Promise<WorkspaceState> {
    if (this.asking !== undefined) return this.asking;
    this.asking = this.ask();
    try {
      return await this.asking;
    } finally {
      this.asking = undefined;
    }
  }

  /** A runbook and one of its dry runs, by name. */
  find(uri: string, runbook: string, name?: string): { runbook?: RunbookState; dryRun?: DryRunState } {
    const found =
      this.current.runbooks.find((item) => item.name === runbook && item.uri === uri) ??
      this.current.runbooks.find((item) => item.name === runbook);
    const dryRun = found?.dryRuns.find((item) => name === undefined || item.name === name);
    return { ...(found && { runbook: found }), ...(dryRun && { dryRun }) };
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.emitter.dispose();
  }

  private async ask(): Promise<WorkspaceState> {
    if (!this.client.isRunning()) return this.current;
    try {
      this.current = await this.client.sendRequest<WorkspaceState>(WORKSPACE_STATE, {});
      this.answered = true;
      this.emitter.fire(this.current);
    } catch (error) {
      this.client.outputChannel.warn(`The workspace's state could not be read: ${String(error)}`);
    }
    return this.current;
  }
}
