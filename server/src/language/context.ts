/** What every language feature is handed: one file of ours on its current parse, its workspace, and what is known live. */
import type { Observation } from '../core/drift/observation.ts';
import type { ParsedDocument, ParsedText, Path } from '../core/document/node.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

/** What was last seen of one resource that a document declares or names. */
export interface LiveResource {
  /** Path from the workspace root, with `/`. */
  readonly file: string;
  readonly document: number;
  /** Where the resource stands, e.g. `['resources', 'primary']`. */
  readonly path: Path;
  /** Name under `resources`, where it has one. */
  readonly name?: string;
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  readonly account?: string;
  readonly observation: Observation;
}

/** How the last comparison with live infrastructure of one file went. */
export interface DriftState {
  readonly drifted: number;
  readonly unchecked: number;
  /** Milliseconds since the epoch of the look-up; undefined where there was none yet. */
  readonly checkedAtMs?: number;
  readonly busy: boolean;
}

/** What is known of live infrastructure, as of the last look-ups. Empty where nothing was looked up. */
export interface LiveView {
  /** What was seen of the resources of a file. */
  resourcesOf(file: string): readonly LiveResource[];
  /** Everything seen, of every file, for live names in completion. */
  all(): readonly LiveResource[];
  /** State of a file's last comparison; undefined where none ran. */
  stateOf(file: string): DriftState | undefined;
}

/** Which of the lenses are shown; all by default. */
export interface LensSettings {
  readonly dryRun: boolean;
  readonly drift: boolean;
  readonly backupAge: boolean;
  readonly recoveryPlan: boolean;
}

/** The context of a language feature. Positions that features give and take are in UTF-16 units. */
export interface LanguageContext {
  readonly uri: string;
  /** Path from the workspace root, with `/`. */
  readonly file: string;
  readonly parsed: ParsedText;
  /** The documents of ours in this file, in order. */
  readonly entries: readonly Entry[];
  readonly workspace: Workspace;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly evidence: EvidenceSummary;
  readonly live: LiveView;
  readonly lenses: LensSettings;
  /** URI of a file of the workspace. */
  uriOf(file: string): string;
}

/** Nothing known: before the first look-up, in tests, and on the web without recorded observations. */
export const NO_LIVE_VIEW: LiveView = {
  resourcesOf: () => [],
  all: () => [],
  stateOf: () => undefined,
};

export const ALL_LENSES: LensSettings = { dryRun: true, drift: true, backupAge: true, recoveryPlan: true };

/** The document that holds `offset`: the last one that starts at or before it. */
export function documentAt(parsed: ParsedText, offset: number): ParsedDocument | undefined {
  let found: ParsedDocument | undefined;
  for (const document of parsed.documents) {
    if (document.start > offset && found) break;
    found = document;
  }
  return found;
}

/** The document of ours that holds `offset`; undefined inside another tool's document. */
export function entryAt(context: LanguageContext, offset: number): Entry | undefined {
  const document = documentAt(context.parsed, offset);
  return document && context.entries.find((entry) => entry.document.index === document.index);
}
