/** What Drillbook says about a document: one fault, where it stands, and what would be right. */
import type { Path, Span } from './document/node.ts';

export type Severity = 'error' | 'warning' | 'information';

/** The live thing that a finding speaks of, as far as it is known. */
export interface ResourceRef {
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** The account's id, where known, else its alias. */
  readonly account?: string;
}

/** Another place that explains the finding. */
export interface Related {
  readonly file: string;
  readonly document: number;
  readonly path: Path;
  readonly message: string;
  /** The exact place, absolute; counts only for the parse that the finding was made on. Default: the key at `path`. */
  readonly span?: Span;
}

/** A text change at a place of the document; offsets are those of the parse that the finding was made on. */
export interface FixEdit {
  readonly file?: string;
  readonly span: Span;
  readonly newText: string;
}

/** A mechanical mend. `safe` ones may be applied by *fix all*. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly FixEdit[];
  readonly safe?: boolean;
  readonly preferred?: boolean;
}

/**
 * One finding. It is anchored by document path, not by offset, because people type while a look-up runs;
 * `span` narrows it (a syntax error, an expression inside a string) and counts only for the parse it was made on:
 * it is relative to the start of the anchored node when `path` is set and `relative` is true, else absolute.
 */
export interface Finding {
  /** `area/name`, see docs/rules. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: what is wrong and what would be right; names the value. */
  readonly message: string;
  /** Path from the workspace root, with `/`. */
  readonly file: string;
  /** Index of the document in the file. */
  readonly document: number;
  readonly path: Path;
  /** Which part of the pair at `path` is marked. Default: the value, or the key where there is no value. */
  readonly at?: 'key' | 'value';
  readonly span?: Span;
  readonly relative?: boolean;
  readonly resource?: ResourceRef;
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** ISO 8601, when the live answer was taken. */
  readonly observedAt?: string;
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
  /** For the quick fixes and hovers of this code; plain JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information'];
