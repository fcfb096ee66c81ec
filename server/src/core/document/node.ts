/** The lean syntax tree of a YAML text: what it holds, and where each piece stands. No behaviour but positions. */
import type { Fix } from '../finding.ts';

/** Where a block of text starts in the whole text; nodes keep offsets relative to it, so that a block can move unparsed. */
export interface Block {
  base: number;
}

/** Half-open span in UTF-16 units from the start of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';
export type ScalarValue = string | number | bigint | boolean | null;

/** One step of a document path: a key of a map or an index of a sequence. */
export type PathSegment = string | number;
/** A path of keys and indexes from the root of one document. */
export type Path = readonly PathSegment[];

abstract class Positioned {
  readonly block: Block;
  readonly from: number;
  readonly to: number;
  // Declared only: a field that most nodes never have costs memory in each.
  declare anchor: string | undefined;
  declare tag: string | undefined;

  constructor(block: Block, from: number, to: number) {
    this.block = block;
    this.from = from;
    this.to = to;
  }
  /** Offset of the first character in the whole text, UTF-16 units. */
  get start(): number {
    return this.block.base + this.from;
  }
  /** Offset just behind the last character. */
  get end(): number {
    return this.block.base + this.to;
  }
}

export class ScalarNode extends Positioned {
  readonly kind = 'scalar';
  readonly value: ScalarValue;
  /** As written, without quotes or block header: what tells `15.40` from `15.4`. */
  readonly source: string;
  readonly style: ScalarStyle;
  constructor(block: Block, from: number, to: number, value: ScalarValue, source: string, style: ScalarStyle) {
    super(block, from, to);
    this.value = value;
    this.source = source;
    this.style = style;
  }
}

export class AliasNode extends Positioned {
  readonly kind = 'alias';
  readonly name: string;
  /** The anchored node, resolved in document order after assembly; undefined where there is none. */
  target: DocNode | undefined;
  constructor(block: Block, from: number, to: number, name: string) {
    super(block, from, to);
    this.name = name;
  }
}

export interface Pair {
  readonly key: DocNode;
  readonly value: DocNode | undefined;
}

/** What a collection remembers between parses; filled when first asked for. */
interface Remembered {
  /** Of a collection without aliases: what walks over it found, by walk. */
  walks?: Map<object, unknown>;
  /** Of a sequence without aliases: its items by `id` and `name`, the first of each. */
  byName?: ReadonlyMap<string, DocNode>;
  /** Of a sequence without aliases: the name of each item that no other one has. */
  uniqueNames?: readonly (string | undefined)[];
  /** Plain data, where no alias is within and the data can't change while the node lives. */
  plain?: unknown;
  /** Pairs by key text. */
  pairsByKey?: Map<string, Pair>;
}

export class MapNode extends Positioned {
  readonly kind = 'map';
  readonly flow: boolean;
  readonly pairs: Pair[];
  /** No alias is within: its plain data may be kept. */
  stable = false;
  declare remembered: Remembered | undefined;
  constructor(block: Block, from: number, to: number, flow: boolean, pairs: Pair[]) {
    super(block, from, to);
    this.flow = flow;
    this.pairs = pairs;
  }
}

export class SeqNode extends Positioned {
  readonly kind = 'seq';
  readonly flow: boolean;
  readonly items: DocNode[];
  /** No alias is within: its plain data may be kept. */
  stable = false;
  declare remembered: Remembered | undefined;
  constructor(block: Block, from: number, to: number, flow: boolean, items: DocNode[]) {
    super(block, from, to);
    this.flow = flow;
    this.items = items;
  }
}

export type DocNode = ScalarNode | AliasNode | MapNode | SeqNode;

/** A fault that the parser met; `span` is exact. */
export interface SyntaxProblem extends Span {
  readonly code: 'syntax/yaml' | 'syntax/duplicate-key' | 'syntax/too-deep';
  readonly message: string;
  /** Another place that explains it: the first of two equal keys. */
  readonly related?: { readonly span: Span; readonly message: string };
  readonly fixes?: readonly Fix[];
  /** The text was understood nonetheless: what the schema says about that place still counts. */
  readonly harmless?: boolean;
}

export interface Comment extends Span {
  /** Without the `#`, trimmed. */
  readonly text: string;
}

export type DocumentKind = 'Runbook' | 'Policy' | 'Environment';

/** One YAML document of a text. */
export interface ParsedDocument extends Span {
  /** The whole text of the file that the document stands in. */
  readonly text: string;
  /** 0 for the first of the file. */
  readonly index: number;
  readonly root: DocNode | undefined;
  readonly problems: readonly SyntaxProblem[];
  readonly comments: readonly Comment[];
  /** `drillbook/...` as written, or undefined: then the document is another tool's and left alone. */
  readonly apiVersion: string | undefined;
  /** The kind as written, known or not; undefined where none is written. */
  readonly kindName: string | undefined;
  /** The document as plain data, aliases and merge keys resolved; computed when first asked for, never throws. */
  readonly value: unknown;
}

/** A whole text, parsed. `parse(text, previous)` consumes `previous`: its positions are not to be read afterwards. */
export interface ParsedText {
  readonly text: string;
  /** Offset of each line's first character. */
  readonly lineStarts: readonly number[];
  readonly documents: readonly ParsedDocument[];
}
