/** Builds and keeps the index of a workspace: which documents there are, and which one a name means where it is used. */
import { nodeAt, resolved } from './document/navigate.ts';
import type { DocumentKind, ParsedDocument, ParsedText } from './document/node.ts';
import { DOCUMENT_KINDS, type Entry, type Resolution, type Workspace } from './workspace.ts';

/** A text and its path from the workspace root, with `/`. */
export interface WorkspaceFile {
  readonly file: string;
  readonly parsed: ParsedText;
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
  readonly #files = new Map<string, ParsedText>();
  readonly #entriesOf = new Map<string, readonly Entry[]>();
  readonly #fingerprints = new Map<string, string>();
  readonly #revisions = new Map<DocumentKind, number>();
  #perParse = new WeakMap<ParsedText, Map<string, unknown>>();
  #memo = new Map<string, unknown>();

  /** Takes in a new or changed text. */
  set(file: string, parsed: ParsedText): void {
    const before = this.#entriesOf.get(file);
    const entries = entriesIn(file, parsed);
    this.#files.set(file, parsed);
    this.#entriesOf.set(file, entries);
    this.#drop();
    if (!before) {
      for (const kind of new Set(entries.map((entry) => entry.kind))) this.#bump(kind);
      if (entries.length === 0 && mayHoldOurs(file, parsed)) DOCUMENT_KINDS.forEach((kind) => this.#bump(kind));
      return;
    }
    for (const kind of DOCUMENT_KINDS) {
      const key = `${kind} ${file}`;
      const old = this.#fingerprints.get(key) ?? fingerprintOf(before, kind);
      const now = fingerprintOf(entries, kind);
      this.#fingerprints.set(key, now);
      if (old !== now) this.#bump(kind);
    }
  }

  /** Forgets a text that is gone. */
  remove(file: string): void {
    const before = this.#entriesOf.get(file);
    if (!before) return;
    this.#files.delete(file);
    this.#entriesOf.delete(file);
    this.#drop();
    for (const kind of DOCUMENT_KINDS) {
      this.#fingerprints.delete(`${kind} ${file}`);
      if (before.some((entry) => entry.kind === kind)) this.#bump(kind);
    }
  }

  get files(): ReadonlyMap<string, ParsedText> {
    return this.#files;
  }

  get entries(): readonly Entry[] {
    return this.memo('entries', () =>
      [...this.#entriesOf.keys()].sort(compareText).flatMap((file) => this.#entriesOf.get(file) ?? []),
    );
  }

  byKind(kind: DocumentKind): readonly Entry[] {
    return this.memo(`kind ${kind}`, () => this.entries.filter((entry) => entry.kind === kind));
  }

  byFile(file: string): readonly Entry[] {
    return this.#entriesOf.get(file) ?? [];
  }

  resolve(kind: DocumentKind, name: string, from: string): Resolution {
    const named = this.#byName(kind).get(name) ?? [];
    if (named.length === 0) return { state: 'none' };
    return nearest(named, from);
  }

  names(kind: DocumentKind): readonly string[] {
    return this.memo(`names ${kind}`, () => [...this.#byName(kind).keys()].sort(compareText));
  }

  incomplete(kind: DocumentKind): boolean {
    return this.memo(`incomplete ${kind}`, () =>
      [...this.#files].some(([file, parsed]) => {
        const entries = this.byFile(file);
        if (entries.some((entry) => entry.kind === kind))
          return entries.some((entry) => entry.kind === kind && entry.name === undefined);
        return entries.length === 0 && mayHoldOurs(file, parsed, kind);
      }),
    );
  }

  memo<T>(key: string, compute: () => T): T {
    return remember(this.#memo, key, compute);
  }

  memoFor<T>(parsed: ParsedText, key: string, compute: () => T): T {
    let kept = this.#perParse.get(parsed);
    if (!kept) {
      kept = new Map();
      this.#perParse.set(parsed, kept);
    }
    return remember(kept, key, compute);
  }

  revision(kind: DocumentKind): number {
    return this.#revisions.get(kind) ?? 0;
  }

  #byName(kind: DocumentKind): ReadonlyMap<string, readonly Entry[]> {
    return this.memo(`by name ${kind}`, () => {
      const made = new Map<string, Entry[]>();
      for (const entry of this.byKind(kind)) {
        if (entry.name === undefined) continue;
        const known = made.get(entry.name);
        if (known) known.push(entry);
        else made.set(entry.name, [entry]);
      }
      return made;
    });
  }

  #bump(kind: DocumentKind): void {
    this.#revisions.set(kind, this.revision(kind) + 1);
  }

  #drop(): void {
    this.#memo = new Map();
    this.#perParse = new WeakMap();
  }
}

/** The one of `candidates` that stands nearest to the file `from`: in it, in its folder, in a folder above, or alone anywhere. */
export function nearest(candidates: readonly Entry[], from: string): Resolution {
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

function remember<T>(kept: Map<string, unknown>, key: string, compute: () => T): T {
  if (kept.has(key)) return kept.get(key) as T;
  const made = compute();
  kept.set(key, made);
  return made;
}

function entriesIn(file: string, parsed: ParsedText): readonly Entry[] {
  const made: Entry[] = [];
  for (const document of parsed.documents) {
    const kind = DOCUMENT_KINDS.find((each) => each === document.kindName);
    if (document.apiVersion !== undefined && kind) made.push({ file, parsed, document, kind, name: nameOf(document) });
  }
  return made;
}

function nameOf(document: ParsedDocument): string | undefined {
  const node = resolved(nodeAt(document, ['metadata', 'name']));
  return node?.kind === 'scalar' && typeof node.value === 'string' && node.value !== '' ? node.value : undefined;
}

/** A text that gives no entry but is named like one of ours, or says that it is, and can't be read as it stands. */
function mayHoldOurs(file: string, parsed: ParsedText, kind?: DocumentKind): boolean {
  if (!parsed.documents.some((document) => document.problems.length > 0)) return false;
  const usual = (kind ? [kind] : DOCUMENT_KINDS).some((each) =>
    new RegExp(`\\.${each.toLowerCase()}\\.ya?ml$`).test(file),
  );
  return usual || parsed.text.includes('drillbook/');
}

/** What other documents can see of these: of policies and environments everything, of runbooks what runbooks are compared by. */
function fingerprintOf(entries: readonly Entry[], kind: DocumentKind): string {
  return entries
    .filter((entry) => entry.kind === kind)
    .map((entry) => {
      if (kind !== 'Runbook') return entry.parsed.text.slice(entry.document.start, entry.document.end);
      const value = (entry.document.value ?? {}) as Record<string, unknown>;
      const restore = (value['restore'] ?? {}) as Record<string, unknown>;
      const { metadata, environment, dataClass, recovery, strategy, backups } = value;
      const facing = [restore['rpo'], restore['rto'], restore['dependsOn'], restore['role']];
      return JSON.stringify([entry.name, metadata, environment, dataClass, recovery, strategy, backups, facing]);
    })
    .join('\n');
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
