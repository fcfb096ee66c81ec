/** A text whose tree is made when someone looks into it and let go when enough others were looked into since. */
import type { ParsedDocument, ParsedText } from './node.ts';
import { parse } from './parse.ts';

/** The trees that are kept of resting texts: those looked into last, as many as fit. */
export class RecentTrees {
  readonly #most: number;
  readonly #letGo: (text: ParsedText) => void;
  readonly #trees = new Map<RestingText, ParsedText>();
  #size = 0;
  #last: RestingText | undefined;
  #lastTree: ParsedText | undefined;

  /** `most`: characters of text whose trees are kept. `letGo` is told whose tree went, so that what hangs on it can go too. */
  constructor(most: number, letGo: (text: ParsedText) => void) {
    this.#most = most;
    this.#letGo = letGo;
  }

  /** The tree of a text, made anew where it was let go. What stood where stays the same: the text does. */
  treeOf(text: RestingText): ParsedText {
    if (text === this.#last && this.#lastTree) return this.#lastTree;
    const known = this.#trees.get(text);
    const tree = known ?? parse(text.text);
    if (known) this.#trees.delete(text);
    else this.#size += text.text.length;
    this.#trees.set(text, tree);
    this.#last = text;
    this.#lastTree = tree;
    for (const [oldest] of this.#trees) {
      if (this.#size <= this.#most || oldest === text) break;
      this.drop(oldest);
      this.#letGo(oldest);
    }
    return tree;
  }

  /** Forgets the tree of a text that is gone. */
  drop(text: RestingText): void {
    if (this.#last === text) this.#last = this.#lastTree = undefined;
    if (this.#trees.delete(text)) this.#size -= text.text.length;
  }
}

/** A parsed text that holds only its characters while nobody looks into it. */
export class RestingText implements ParsedText {
  readonly text: string;
  readonly #trees: RecentTrees;

  constructor(text: string, trees: RecentTrees) {
    this.text = text;
    this.#trees = trees;
  }

  get lineStarts(): readonly number[] {
    return this.#trees.treeOf(this).lineStarts;
  }

  get documents(): readonly ParsedDocument[] {
    return this.#trees.treeOf(this).documents;
  }
}
