/** What one file gives to the index of a workspace: its documents, what it may hold unread, and what others can see of it. */
import { nodeAt, resolved } from './document/navigate.ts';
import type { DocumentKind, ParsedDocument, ParsedText } from './document/node.ts';
import { DOCUMENT_KINDS, type Entry } from './workspace.ts';

/** The entries of a file, one for each document that says what it is. */
export function entriesIn(file: string, parsed: ParsedText): readonly Entry[] {
  const made: Entry[] = [];
  for (const [index, document] of parsed.documents.entries()) {
    const kind = DOCUMENT_KINDS.find((each) => each === document.kindName);
    if (document.apiVersion !== undefined && kind)
      made.push(new IndexedEntry(file, parsed, index, kind, nameOf(document)));
  }
  return made;
}

/** An entry that holds no tree of its own: its text may rest. */
class IndexedEntry implements Entry {
  readonly file: string;
  readonly parsed: ParsedText;
  readonly kind: DocumentKind;
  readonly name: string | undefined;
  readonly index: number;

  constructor(file: string, parsed: ParsedText, index: number, kind: DocumentKind, name: string | undefined) {
    this.file = file;
    this.parsed = parsed;
    this.kind = kind;
    this.name = name;
    this.index = index;
  }

  get document(): ParsedDocument {
    const document = this.parsed.documents[this.index];
    if (!document) throw new RangeError(`${this.file} has no document ${this.index}.`);
    return document;
  }
}

function nameOf(document: ParsedDocument): string | undefined {
  const node = resolved(nodeAt(document, ['metadata', 'name']));
  return node?.kind === 'scalar' && typeof node.value === 'string' && node.value !== '' ? node.value : undefined;
}

/** The kinds that a text may hold a document of, though none is told: it can't be read, or a document has no name yet. */
export function unclearKinds(file: string, parsed: ParsedText, entries: readonly Entry[]): readonly DocumentKind[] {
  const broken = parsed.documents.some((document) =>
    document.problems.some((problem) => problem.code !== 'syntax/duplicate-key'),
  );
  if (!broken) return [];
  const nameless = entries.filter((entry) => entry.name === undefined).map((entry) => entry.kind);
  if (entries.length > 0) return nameless;
  const usual = DOCUMENT_KINDS.filter(
    (kind) => file.endsWith(`.${kind.toLowerCase()}.yaml`) || file.endsWith(`.${kind.toLowerCase()}.yml`),
  );
  if (usual.length > 0) return usual;
  return /^apiVersion:\s*["']?drillbook\//m.test(parsed.text) ? DOCUMENT_KINDS : [];
}

/** Whether a key stands twice: its value is one of the two, and rules that walk the tree read both. */
export function hasDoubledKey(document: ParsedDocument): boolean {
  return document.problems.some(({ code }) => code === 'syntax/duplicate-key');
}

/** The text of an entry's document. */
export function textOf({ parsed, document }: Entry): string {
  return parsed.text.slice(document.start, document.end);
}

/** What other documents can see of these: of policies and environments everything, of runbooks what runbooks are compared by. */
export function fingerprintOf(entries: readonly Entry[], kind: DocumentKind): string {
  return entries
    .filter((entry) => entry.kind === kind)
    .map((entry) => {
      const { index } = entry.document;
      if (kind !== 'Runbook' || hasDoubledKey(entry.document)) return `${index} ${textOf(entry)}`;
      const value = (entry.document.value ?? {}) as Record<string, unknown>;
      const owners = ((value['metadata'] ?? {}) as Record<string, unknown>)['owners'];
      const restore = (value['restore'] ?? {}) as Record<string, unknown>;
      const { environment, dataClass, recovery, strategy, backups } = value;
      const facing = [restore['rpo'], restore['rto'], restore['dependsOn'], restore['role']];
      return JSON.stringify([index, entry.name, owners, environment, dataClass, recovery, strategy, backups, facing]);
    })
    .join('\n');
}
