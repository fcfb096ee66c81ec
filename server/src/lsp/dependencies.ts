/** What the language server needs from outside: one literal object, built in nodeDependencies.ts and browserDependencies.ts. */
import type { EnvironmentSource } from '../core/drift/environment.ts';
import type { LookupRequest, Observation } from '../core/drift/observation.ts';
import type { Clock, Files, Log, WorkspaceFiles } from '../core/ports.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { Workspace } from '../core/workspace.ts';
import type { DryRunEvent } from '../protocol.ts';

/** The files of a workspace, as far as the server reads them. */
export interface ServerFiles {
  /** The folder that is indexed as a whole for `path`: its git root, else the folder. */
  rootOf(path: string): Promise<string>;
  /** Paths from `root` with `/`: YAML that `.gitignore` doesn't name. */
  list(root: string, signal?: AbortSignal): Promise<readonly string[]>;
  readText(path: string): Promise<string>;
}

/** One comparison with live infrastructure. */
export interface DriftRequest {
  readonly root: string;
  /** As they were when this was asked: the documents may be edited while it is on its way. */
  readonly environments: readonly EnvironmentSource[];
  /** Each thing once; the same list as before where the same is asked. */
  readonly requests: readonly LookupRequest[];
  /** Oldest answer that is still taken, milliseconds; Infinity takes any, and makes no call. */
  readonly maxAgeMs: number;
  readonly lastKnownOnly: boolean;
  readonly allowedHosts: readonly string[];
  readonly signal: AbortSignal;
}

/** What was seen; it is judged on the current text, here and after every edit. */
export interface DriftAnswer {
  readonly observed: readonly { readonly request: LookupRequest; readonly observation: Observation }[];
}

/** A dry run to start, in a process of its own. */
export interface DryRunStart {
  readonly root: string;
  /** Path from the root. */
  readonly file: string;
  readonly runbook: string;
  /** The file holds several runbooks: this one is started by its name. */
  readonly byName: boolean;
  readonly name?: string;
  readonly level?: number;
  readonly scenario?: string;
  readonly backup?: string;
  readonly before?: string;
  /** The most that level 4 may cost, such as `20 USD`. */
  readonly maxCost?: string;
  readonly allowedHosts: readonly string[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: DryRunEvent) => void;
}

export interface DryRunOutcome {
  readonly result: 'passed' | 'failed' | 'inconclusive' | 'cancelled';
  readonly message: string;
  /** Absolute path of the evidence record. */
  readonly evidence?: string;
  /** Absolute path of the HTML report. */
  readonly report?: string;
}

/** A report page over evidence, rendered once for the webview, the file and any client. */
export interface ReportPage {
  readonly title: string;
  readonly html: string;
  /** Absolute path of the record. */
  readonly evidence?: string;
}

/** A live resource to choose from. */
export interface InventoryItem {
  readonly kind: string;
  readonly id: string;
  readonly environment: string;
  readonly region?: string;
  readonly account?: string;
  readonly detail?: string;
  readonly covered: boolean;
}

export interface ServerDependencies {
  /** Of the program, for `serverInfo`. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs `callback` once the event loop has nothing queued before it; returns the way to call it off. */
  readonly soon: (callback: () => void) => () => void;
  readonly files: ServerFiles;
  /** Where the page of a finding's code is to be read; undefined where there is none. */
  readonly helpUri: (code: string) => string | undefined;
  /** Summary of the evidence under `root`. */
  readonly readEvidence: (root: string, signal?: AbortSignal) => Promise<EvidenceSummary>;
  /** Text of the CODEOWNERS file of a root, where files can be read and there is one. */
  readonly readCodeOwners?: (root: string) => Promise<string | undefined>;
  /** Looks up what entries rely on, off this thread. Left out: nothing can be looked up here. */
  readonly detectDrift?: (request: DriftRequest) => Promise<DriftAnswer>;
  /** What is looked up is a recording that lies in the workspace: it needs no trust. */
  readonly recordedOnly?: boolean;
  /** Starts a dry run in a process of its own. Left out: dry runs can't be started here. */
  readonly startDryRun?: (start: DryRunStart) => Promise<DryRunOutcome>;
  /** The report of one record, by its id, or the newest of a runbook. */
  readonly report?: (
    root: string,
    query: { runbook: string; name?: string; id?: string },
  ) => Promise<ReportPage | undefined>;
  /** Writes a page for `window/showDocument` and returns its absolute path. */
  readonly writePage?: (root: string, name: string, content: string) => Promise<string>;
  /** Live data stores of an environment, to write a first runbook from. */
  readonly inventory?: (
    root: string,
    workspace: Workspace,
    environment: string | undefined,
    options: { readonly allowedHosts: readonly string[]; readonly signal: AbortSignal },
  ) => Promise<{ readonly items: readonly InventoryItem[]; readonly notes: readonly string[]; readonly at: string }>;
  /** The text of a first runbook for one live resource. */
  readonly newRunbook?: (
    root: string,
    workspace: Workspace,
    choice: { readonly kind: string; readonly id: string; readonly environment: string; readonly dataClass?: string },
    options: { readonly allowedHosts: readonly string[]; readonly signal: AbortSignal },
  ) => Promise<{ readonly file: string; readonly text: string }>;
  /** Gives memory back that nobody needs any more; left out where that is not ours to say. */
  readonly collect?: () => void;
  /** Told how long the text is that is worked on: a long one needs more memory to be fast. */
  readonly makeRoom?: (characters: number) => void;
  /** Ends what was started: worker threads, child processes. */
  readonly dispose?: () => Promise<void>;
}

/** What the adapters of the platform give, as the server takes it. */
export function serverFiles(workspaceFiles: WorkspaceFiles, files: Files): ServerFiles {
  return {
    rootOf: (path) => workspaceFiles.rootOf(path),
    list: (root, signal) => workspaceFiles.list(root, signal),
    readText: (path) => files.readText(path),
  };
}
