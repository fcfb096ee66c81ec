/** The documents of a workspace, by kind and name; names resolve to the nearest folder upwards first, then anywhere. */
import type { DocumentKind, ParsedDocument, ParsedText } from './document/node.ts';

/** One document of ours and the file it stands in. */
export interface Entry {
  /** Path from the workspace root, with `/`. */
  readonly file: string;
  readonly parsed: ParsedText;
  readonly document: ParsedDocument;
  readonly kind: DocumentKind;
  /** `metadata.name`, or undefined where it is missing or not a string. */
  readonly name: string | undefined;
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
  /** Names of that kind that can be meant from `from`, for completion and did-you-mean. */
  names(kind: DocumentKind): readonly string[];
}
