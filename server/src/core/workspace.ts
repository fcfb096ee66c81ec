/** The documents of a workspace, by kind and name; names resolve to the nearest folder upwards first, then anywhere. */
import type { DocumentKind, ParsedDocument, ParsedText } from './document/node.ts';

export const DOCUMENT_KINDS: readonly DocumentKind[] = ['Runbook', 'Policy', 'Environment'];

/** One document of ours and the file it stands in. */
export interface Entry {
  /** Path from the workspace root, with `/`. */
  readonly file: string;
  readonly parsed: ParsedText;
  readonly document: ParsedDocument;
  /** Which document of the file: `document.index`, told without a look into a tree that may have been let go. */
  readonly index: number;
  readonly kind: DocumentKind;
  /** `metadata.name`, or undefined where it is missing or not a string. */
  readonly name: string | undefined;
}

/** Which document of which file: what outlives a parse. */
export interface EntryPlace {
  readonly file: string;
  readonly index: number;
}

export type Resolution =
  | { readonly state: 'found'; readonly entry: Entry }
  | { readonly state: 'ambiguous'; readonly entries: readonly Entry[] }
  | { readonly state: 'none' };

export interface Workspace {
  /** Every entry, in file order. */
  readonly entries: readonly Entry[];
  byKind(kind: DocumentKind): readonly Entry[];
  byFile(file: string): readonly Entry[];
  /** The document that `name` means when it is used in `from`. */
  resolve(kind: DocumentKind, name: string, from: string): Resolution;
  /** Every document of that kind and name, in file order. */
  named(kind: DocumentKind, name: string): readonly Entry[];
  /** Names of that kind that can be meant, sorted, for completion and did-you-mean. */
  names(kind: DocumentKind): readonly string[];
  /** The environment that the person asked for (`--environment`): it goes before the one that a runbook names. */
  readonly preferredEnvironment?: string | undefined;
  /** Every text that was read, also those that hold no entry, by path. */
  readonly files: ReadonlyMap<string, ParsedText>;
  /** Some text that may hold a document of that kind can't be read, so that "there is none" can't be said. */
  incomplete(kind: DocumentKind): boolean;
  /** The entry that a place means on the current parse; undefined where it is gone. */
  at(place: EntryPlace): Entry | undefined;
  /** What `compute` gives, kept until any document changes; `key` says what it is. */
  memo<T>(key: string, compute: () => T): T;
  /**
   * What `compute` gives from the documents of that kind alone, kept until one of them comes, goes or is parsed anew: it may hold
   * their entries.
   */
  memoAmong<T>(kind: DocumentKind, key: string, compute: () => T): T;
  /**
   * What `compute` gives, kept until a document of these kinds changes in what others see of it. Typing in one document mostly
   * leaves it, so it must hold no entry, node or offset: places and paths instead.
   */
  memoBy<T>(kinds: readonly DocumentKind[], key: string, compute: () => T): T;
  /** What `compute` gives for one parse, kept as long as that parse and the rest of the workspace stand. */
  memoFor<T>(parsed: ParsedText, key: string, compute: () => T): T;
  /**
   * What `compute` gives for one parse from that parse alone, kept as long as the parse, even while its tree is let go: so it
   * must hold no entry and no node.
   */
  memoOf<T>(parsed: ParsedText, key: string, compute: () => T): T;
  /** Lets go of what was kept for one parse: thousands of documents checked in a row need not all be remembered. */
  forget(parsed: ParsedText): void;
  /** A number that grows whenever a document of that kind changes in what other documents can see of it. */
  revision(kind: DocumentKind): number;
}
