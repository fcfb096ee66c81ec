/** What the methods of one connection share: the client's capabilities, the settings, and the parts that hold state. */
import type { ClientCapabilities, Connection, ProgressToken } from 'vscode-languageserver';
import type { LanguageContext, LiveView } from '../language/context.ts';
import type { UncoveredStore } from '../protocol.ts';
import type { Checks } from './checks.ts';
import type { ServerDependencies } from './dependencies.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Drift } from './drift.ts';
import type { Encoding } from './encoding.ts';
import type { Root } from './root.ts';
import type { Settings } from './settings.ts';
import type { Located, WorkspaceStore } from './workspaceStore.ts';

export interface Session {
  readonly connection: Connection;
  readonly dependencies: ServerDependencies;
  readonly store: WorkspaceStore;
  readonly diagnostics: Diagnostics;
  readonly checks: Checks;
  readonly drift: Drift;
  client: ClientCapabilities;
  encoding: Encoding;
  settings: Settings;
  /** How to cancel what is under way, by progress token. */
  readonly progress: Map<ProgressToken, () => void>;
  progressCount: number;
  /** Live data stores that no runbook covers, as of the last inventory of each root. */
  readonly uncovered: Map<Root, readonly UncoveredStore[]>;
  /** Folders that the client has open, as paths. */
  folders: string[];
  /** Asks the client to fetch lenses and hints anew; many calls in a row become one. */
  readonly refreshViews: () => void;
  /** The same for lenses alone: they say that a look-up is under way, hints say only what one found. */
  readonly refreshLenses: () => void;
  /** Tells the client the counts for its status bar. */
  readonly sendStatus: () => void;
}

/** The context of a language feature for a document; undefined where it is not ours. */
export function contextFor(
  session: Session,
  uri: string,
): { readonly context: LanguageContext; readonly located: Located } | undefined {
  const located = session.store.locate(uri);
  if (!located) return undefined;
  const context = contextOf(session, located.root, located.file);
  return context && { context, located };
}

/** The same for a file of a root. */
export function contextOf(session: Session, root: Root, file: string): LanguageContext | undefined {
  const workspace = root.workspace();
  const parsed = workspace.files.get(file);
  if (!parsed) return undefined;
  return {
    uri: root.uriOf(file),
    file,
    parsed,
    entries: workspace.byFile(file),
    workspace,
    now: session.dependencies.clock.now(),
    evidence: root.evidence,
    live: liveViewOf(session, root),
    lenses: session.settings.lenses,
    uriOf: (other) => root.uriOf(other),
  };
}

function liveViewOf(session: Session, root: Root): LiveView {
  return session.drift.view(root);
}
