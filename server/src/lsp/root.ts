/** One workspace root: its files by path, their parses, its index and its evidence. */
import type { ParsedText } from '../core/document/node.ts';
import { RecentTrees, RestingText } from '../core/document/restingText.ts';
import { noteUses } from '../core/rules/reference/cycle.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { WorkspaceIndex } from '../core/workspaceIndex.ts';
import type { OpenDocument } from './openDocument.ts';
import { hasOurName, joinPath, uriOfPath } from './paths.ts';

export const NO_EVIDENCE: EvidenceSummary = { entries: [], problems: [] };

/** Whether a text is worth parsing: it is named like one of ours or says somewhere that it is. Cheap: run on every YAML file. */
export function mayBeOurs(path: string, text: string): boolean {
  return hasOurName(path) || text.includes('drillbook/');
}

/** Characters of unopened files whose trees are kept, a tree being some thirty times as large. */
const TREES_KEPT = 300_000;

export class Root {
  readonly path: string;
  readonly index = new WorkspaceIndex();
  evidence: EvidenceSummary = NO_EVIDENCE;
  /** Text of the CODEOWNERS file, read with the first walk. */
  codeOwners: string | undefined;
  /** The first walk through the files is done: from then on a name that isn't found isn't there. */
  indexed = false;
  readonly #open = new Map<string, OpenDocument>();
  readonly #dirty = new Set<string>();
  readonly #trees = new RecentTrees(TREES_KEPT, (text) => {
    this.index.letGo(text);
  });
  #evidenceReads = 0;
  #evidenceFrom = 0;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Reads the evidence anew. Of reads that overlap (the watcher's and the one after a dry run) the one begun later
   * counts, whichever ends first: an older one saw less. Throws what `read` throws.
   */
  async readEvidence(read: (path: string) => Promise<EvidenceSummary>): Promise<void> {
    this.#evidenceReads += 1;
    const begun = this.#evidenceReads;
    const summary = await read(this.path);
    if (begun < this.#evidenceFrom) return;
    this.#evidenceFrom = begun;
    this.evidence = summary;
  }

  uriOf(file: string): string {
    return this.#open.get(file)?.uri ?? uriOfPath(joinPath(this.path, file));
  }

  openDocument(file: string): OpenDocument | undefined {
    return this.#open.get(file);
  }

  /** Files that are open and may be ours. */
  openFiles(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Takes over a document that the client opened, or that changed; its parse is made when it is needed. */
  open(file: string, document: OpenDocument): void {
    this.#open.set(file, document);
    this.#dirty.add(file);
  }

  /** What the client closed; the text on disk counts again (`setText` brings it). */
  close(file: string): void {
    this.#open.delete(file);
    this.#dirty.delete(file);
  }

  /** A file as it is on disk; ignored while it is open. */
  setText(file: string, text: string): void {
    if (this.#open.has(file)) return;
    this.#drop(file);
    if (!mayBeOurs(file, text)) {
      this.index.remove(file);
      return;
    }
    this.index.set(file, new RestingText(text, this.#trees));
    for (const entry of this.index.byFile(file)) noteUses(entry, this.index);
  }

  remove(file: string): void {
    if (this.#open.has(file)) return;
    this.#drop(file);
    this.index.remove(file);
  }

  /** The text that a file had on disk is no longer its text. */
  #drop(file: string): void {
    const before = this.index.files.get(file);
    if (before instanceof RestingText) this.#trees.drop(before);
  }

  /** The index with every open document on its current text. */
  workspace(): WorkspaceIndex {
    for (const file of this.#dirty) {
      const document = this.#open.get(file);
      if (!document) continue;
      this.#drop(file);
      if (mayBeOurs(file, document.text)) this.index.set(file, document.parsed());
      else this.index.remove(file);
    }
    this.#dirty.clear();
    return this.index;
  }

  /** The current parse of a file of ours. */
  parsed(file: string): ParsedText | undefined {
    return this.workspace().files.get(file);
  }
}
