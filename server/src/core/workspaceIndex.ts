/** Builds and keeps the index of a workspace: which documents there are, and which one a name means where it is used. */
import type { DocumentKind, ParsedText } from './document/node.ts';
import { DOCUMENT_KINDS, type Entry, type EntryPlace, type Resolution, type Workspace } from './workspace.ts';
import { entriesIn, fingerprintOf, unclearKinds } from './workspaceFile.ts';

/** A text and its path from the workspace root, with `/`. */
export interface WorkspaceFile {
  readonly file: string;
  readonly parsed: ParsedText;
}

/** What is known of documents that are part of the workspace and not of this index. */
export interface Elsewhere {
  /** Names of runbooks. */
  readonly names: readonly string[];
  /** Kinds that may be there unread. */
  readonly incomplete: readonly DocumentKind[];
}

/** The workspace of these files. Files of other tools may be among them: they give no entry. */
export function buildWorkspace(files: readonly WorkspaceFile[]): WorkspaceIndex {
  const index = new WorkspaceIndex();
  for (const { file, parsed } of files) index.set(file, parsed);
  return index;
}

/** The folder of a path, with no slash at its end; `''` is the root. */
export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

/** A workspace that can be kept up to date file by file; what was computed from it is dropped with every change. */
export class WorkspaceIndex implements Workspace {
  preferredEnvironment: string | undefined;
  /** Set before anything is asked. */
  elsewhere: Elsewhere = { names: [], incomplete: [] };
  readonly #files = new Map<string, ParsedText>();
  readonly #entriesOf = new Map<string, readonly Entry[]>();
  readonly #fingerprints = new Map<string, string>();
  readonly #revisions = new Map<DocumentKind, number>();
  /** Files that may hold a document of a kind that can't be told. */
  readonly #unclear = new Map<string, readonly DocumentKind[]>();
  #order: readonly string[] | undefined;
  readonly #perKinds = new Map<string, { readonly revisions: number; readonly value: unknown }>();
  #perParse = new WeakMap<ParsedText, Map<string, unknown>>();
  readonly #ofParse = new WeakMap<ParsedText, Map<string, unknown>>();
  #memo = new Map<string, unknown>();
  readonly #among = new Map<DocumentKind, Map<string, unknown>>();

  /** Takes in a new or changed text. */
  set(file: string, parsed: ParsedText): void {
    const before = this.#entriesOf.get(file);
    const entries = entriesIn(file, parsed);
    const unclear = unclearKinds(file, parsed, entries);
    const wasUnclear = this.#unclear.get(file) ?? [];
    this.#files.set(file, parsed);
    this.#entriesOf.set(file, entries);
    if (unclear.length > 0) this.#unclear.set(file, unclear);
    else this.#unclear.delete(file);
    if (!before) this.#order = undefined;
    this.#memo = new Map();
    this.#perParse = new WeakMap();
    this.#dropAmong(before, entries);
    for (const kind of DOCUMENT_KINDS) {
      // Asked first, and always: it also notes what was seen last.
      const differs = this.#differs(file, kind, before, entries);
      if (differs || wasUnclear.includes(kind) !== unclear.includes(kind)) this.#bump(kind);
    }
  }

  /** Forgets a text that is gone. */
  remove(file: string): void {
    const before = this.#entriesOf.get(file);
    if (!before) return;
    const unclear = this.#unclear.get(file) ?? [];
    this.#files.delete(file);
    this.#entriesOf.delete(file);
    this.#unclear.delete(file);
    this.#order = undefined;
    this.#memo = new Map();
    this.#perParse = new WeakMap();
    this.#dropAmong(before, []);
    for (const kind of DOCUMENT_KINDS) {
      this.#fingerprints.delete(`${kind} ${file}`);
      if (unclear.includes(kind) || before.some((entry) => entry.kind === kind)) this.#bump(kind);
    }
  }

  get files(): ReadonlyMap<string, ParsedText> {
    return this.#files;
  }

  get entries(): readonly Entry[] {
    return this.memo('entries', () => this.#inOrder().flatMap((file) => this.byFile(file)));
  }

  byKind(kind: DocumentKind): readonly Entry[] {
    return this.memoAmong(kind, 'all', () => this.#places(kind).flatMap((place) => this.at(place) ?? []));
  }

  byFile(file: string): readonly Entry[] {
    return this.#entriesOf.get(file) ?? [];
  }

  at(place: EntryPlace): Entry | undefined {
    return this.byFile(place.file).find((entry) => entry.index === place.index);
  }

  resolve(kind: DocumentKind, name: string, from: string): Resolution {
    const named = this.named(kind, name);
    return named.length === 0 ? { state: 'none' } : nearest(named, from);
  }

  names(kind: DocumentKind): readonly string[] {
    return this.memoBy([kind], `names ${kind}`, () => {
      const others = kind === 'Runbook' ? this.elsewhere.names : [];
      return [...new Set([...this.#byName(kind).keys(), ...others])].sort(compareText);
    });
  }

  /** The kinds that a file may hold a document of, though it can't be told. */
  unclear(file: string): readonly DocumentKind[] {
    return this.#unclear.get(file) ?? [];
  }

  named(kind: DocumentKind, name: string): readonly Entry[] {
    return (this.#byName(kind).get(name) ?? []).flatMap((place) => this.at(place) ?? []);
  }

  incomplete(kind: DocumentKind): boolean {
    for (const kinds of this.#unclear.values()) if (kinds.includes(kind)) return true;
    return this.elsewhere.incomplete.includes(kind);
  }

  memo<T>(key: string, compute: () => T): T {
    return remember(this.#memo, key, compute);
  }

  memoAmong<T>(kind: DocumentKind, key: string, compute: () => T): T {
    let kept = this.#among.get(kind);
    if (!kept) this.#among.set(kind, (kept = new Map<string, unknown>()));
    return remember(kept, key, compute);
  }

  memoBy<T>(kinds: readonly DocumentKind[], key: string, compute: () => T): T {
    // Each only grows, so their sum is another one as soon as one of them is.
    let revisions = 0;
    for (const kind of kinds) revisions += this.revision(kind);
    const kept = this.#perKinds.get(key);
    if (kept?.revisions === revisions) return kept.value as T;
    const value = compute();
    this.#perKinds.set(key, { revisions, value });
    return value;
  }

  memoFor<T>(parsed: ParsedText, key: string, compute: () => T): T {
    return remember(mapFor(this.#perParse, parsed), key, compute);
  }

  forget(parsed: ParsedText): void {
    this.#perParse.delete(parsed);
    this.#ofParse.delete(parsed);
  }

  /** The tree of a parse was let go: what was kept for it with the rest of the workspace may hold nodes of it. */
  letGo(parsed: ParsedText): void {
    this.#perParse.delete(parsed);
  }

  memoOf<T>(parsed: ParsedText, key: string, compute: () => T): T {
    return remember(mapFor(this.#ofParse, parsed), key, compute);
  }

  revision(kind: DocumentKind): number {
    return this.#revisions.get(kind) ?? 0;
  }

  #byName(kind: DocumentKind): ReadonlyMap<string, readonly EntryPlace[]> {
    return this.memoBy([kind], `by name ${kind}`, () => {
      const made = new Map<string, EntryPlace[]>();
      for (const place of this.#places(kind)) {
        const name = this.at(place)?.name;
        if (name === undefined) continue;
        const known = made.get(name);
        if (known) known.push(place);
        else made.set(name, [place]);
      }
      return made;
    });
  }

  #places(kind: DocumentKind): readonly EntryPlace[] {
    return this.memoBy([kind], `places ${kind}`, () =>
      this.#inOrder().flatMap((file) =>
        this.byFile(file)
          .filter((entry) => entry.kind === kind)
          .map((entry) => ({ file, index: entry.index })),
      ),
    );
  }

  #inOrder(): readonly string[] {
    this.#order ??= [...this.#files.keys()].sort(compareText);
    return this.#order;
  }

  #differs(file: string, kind: DocumentKind, before: readonly Entry[] | undefined, now: readonly Entry[]): boolean {
    const has = now.some((entry) => entry.kind === kind);
    if (!before) return has;
    if (!has && !before.some((entry) => entry.kind === kind)) return false;
    const key = `${kind} ${file}`;
    const old = this.#fingerprints.get(key) ?? fingerprintOf(before, kind);
    const made = fingerprintOf(now, kind);
    this.#fingerprints.set(key, made);
    return old !== made;
  }

  #dropAmong(before: readonly Entry[] | undefined, now: readonly Entry[]): void {
    for (const { kind } of before ?? []) this.#among.delete(kind);
    for (const { kind } of now) this.#among.delete(kind);
  }

  #bump(kind: DocumentKind): void {
    this.#revisions.set(kind, this.revision(kind) + 1);
  }
}

/** The one of `candidates` that stands nearest to the file `from`: in it, in its folder, in a folder above, or alone anywhere. */
export function nearest(candidates: readonly Entry[], from: string): Resolution {
  if (candidates.length === 1) return resolution(candidates);
  const inside = candidates.filter((entry) => entry.file === from);
  if (inside.length > 0) return resolution(inside);
  for (let folder = folderOf(from); ; folder = folderOf(folder)) {
    const here = candidates.filter((entry) => folderOf(entry.file) === folder);
    if (here.length > 0) return resolution(here);
    if (folder === '') return resolution(candidates);
  }
}

function resolution(entries: readonly Entry[]): Resolution {
  const [first, second] = entries;
  if (!first) return { state: 'none' };
  return second ? { state: 'ambiguous', entries } : { state: 'found', entry: first };
}

function mapFor(kept: WeakMap<ParsedText, Map<string, unknown>>, parsed: ParsedText): Map<string, unknown> {
  const known = kept.get(parsed);
  if (known) return known;
  const made = new Map<string, unknown>();
  kept.set(parsed, made);
  return made;
}

function remember<T>(kept: Map<string, unknown>, key: string, compute: () => T): T {
  if (kept.has(key)) return kept.get(key) as T;
  const made = compute();
  kept.set(key, made);
  return made;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
