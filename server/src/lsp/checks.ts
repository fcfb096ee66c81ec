/** When what is checked: the changed file at once, what depends on it in slices behind, nothing twice. */
import { checkFile, type CheckOptions } from '../app/checkWorkspace.ts';
import type { DocumentKind } from '../core/document/node.ts';
import type { Finding } from '../core/finding.ts';
import { dig } from '../core/references/read.ts';
import type { KeptRules } from '../core/rules/keptRules.ts';
import { DOCUMENT_KINDS, type Workspace } from '../core/workspace.ts';
import { hasDoubledKey, textOf } from '../core/workspaceFile.ts';
import type { ServerDependencies } from './dependencies.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { OpenDocument } from './openDocument.ts';
import type { Root } from './root.ts';
import { messageOf } from './signals.ts';
import { STRETCH_MS } from './stretches.ts';

/** Findings that one text alone decides: the only ones shown before the other files are known. */
const ALONE = /^(?:syntax|schema)\/|^reference\/(?:unknown-(?:resource|backup|step)|cycle)$/u;

export class Checks {
  readonly #dependencies: ServerDependencies;
  readonly #diagnostics: Diagnostics;
  readonly #urgent = new Set<string>();
  readonly #urgentOf = new Map<string, { root: Root; file: string }>();
  readonly #background = new Map<Root, Set<string>>();
  readonly #seen = new Map<Root, Seen>();
  /** What the rules said of documents that are open. */
  readonly #kept = new WeakMap<OpenDocument, Map<number, KeptRules>>();
  #cancelUrgent: (() => void) | undefined;
  #running = false;
  #stopped = false;
  #saidFailed = false;
  /** Called when a file was checked, before its findings are shown: other sources bring theirs up to date. */
  onChecked: (root: Root, file: string) => void = () => undefined;
  /** Called once for each new failure of a check: the old findings stay. */
  onFailed: (message: string) => void = () => undefined;

  constructor(dependencies: ServerDependencies, diagnostics: Diagnostics) {
    this.#dependencies = dependencies;
    this.#diagnostics = diagnostics;
  }

  /** A document was opened or changed: checked as soon as what the client has queued is read. */
  changed(root: Root, file: string): void {
    const key = `${root.path}\n${file}`;
    this.#urgent.add(key);
    this.#urgentOf.set(key, { root, file });
    this.#cancelUrgent?.();
    // Two hops: the connection hands over one queued message a turn, so that a burst of changes is checked once.
    this.#cancelUrgent = this.#dependencies.soon(() => {
      this.#cancelUrgent = this.#dependencies.soon(() => {
        this.flush();
      });
    });
  }

  /** Checks what waits, now: before an answer that must be of the current text. */
  flush(): void {
    this.#cancelUrgent?.();
    this.#cancelUrgent = undefined;
    for (const key of [...this.#urgent]) {
      const waiting = this.#urgentOf.get(key);
      this.#urgent.delete(key);
      this.#urgentOf.delete(key);
      if (waiting) this.#checkNow(waiting.root, waiting.file);
    }
  }

  /** Queues files for the background; all of the root's where none are given. */
  later(root: Root, files?: Iterable<string>): void {
    let queue = this.#background.get(root);
    if (!queue) {
      queue = new Set();
      this.#background.set(root, queue);
    }
    for (const file of files ?? this.#inOrder(root)) queue.add(file);
    // All of them will be checked on what there is now: an edit from here on is compared with that.
    if (!files) this.#seenOf(root).revisions = revisionsOf(root);
    this.#run();
  }

  /** A file's text is that on disk again: it is checked behind, and all others where they see another workspace by it. */
  reread(root: Root, file: string): void {
    this.later(root, revisionsOf(root) === this.#seenOf(root).revisions ? [file] : undefined);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelUrgent?.();
    this.#background.clear();
  }

  /** Nothing is waiting or running: what is shown is all there is. */
  get idle(): boolean {
    return this.#urgent.size === 0 && !this.#running;
  }

  /** An edit waits for its check. */
  get urgent(): boolean {
    return this.#urgent.size > 0;
  }

  #inOrder(root: Root): readonly string[] {
    return [...new Set([...root.openFiles(), ...root.index.files.keys(), ...this.#diagnostics.files(root)])];
  }

  #run(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#dependencies.soon(() => {
      this.#stretch();
    });
  }

  #stretch(): void {
    // What is being typed goes first, and a stretch in between would keep it waiting.
    if (this.#urgent.size > 0) {
      this.#dependencies.soon(() => {
        this.#stretch();
      });
      return;
    }
    const start = this.#dependencies.clock.now();
    for (const [root, queue] of this.#background) {
      for (const file of queue) {
        if (this.#dependencies.clock.now() - start > STRETCH_MS) {
          this.#dependencies.soon(() => {
            this.#stretch();
          });
          return;
        }
        queue.delete(file);
        this.#check(root, file);
      }
      this.#background.delete(root);
    }
    this.#running = false;
  }

  #checkNow(root: Root, file: string): void {
    this.#background.get(root)?.delete(file);
    const seen = this.#seenOf(root);
    const before = seen.links.get(file);
    this.#check(root, file);
    const revisions = revisionsOf(root);
    const isLinkedAlike = before === undefined || before === seen.links.get(file);
    // Where two files changed at once, the check of the first has seen the revisions of both.
    if (revisions === seen.revisions && isLinkedAlike) return;
    // What other documents can see of this one changed: theirs may read differently now.
    const onlyRunbooks = withoutRunbooks(revisions) === withoutRunbooks(seen.revisions);
    const readers =
      onlyRunbooks && before !== undefined && isLinkedAlike
        ? root
            .workspace()
            .byKind('Policy')
            .map((entry) => entry.file)
        : this.#inOrder(root);
    seen.revisions = revisions;
    this.later(
      root,
      readers.filter((other) => other !== file),
    );
  }

  #seenOf(root: Root): Seen {
    let seen = this.#seen.get(root);
    if (!seen) {
      seen = { revisions: '', links: new Map() };
      this.#seen.set(root, seen);
    }
    return seen;
  }

  #keptOf(root: Root, file: string): Pick<CheckOptions, 'kept'> {
    const document = root.openDocument(file);
    if (!document) return {};
    let kept = this.#kept.get(document);
    if (!kept) this.#kept.set(document, (kept = new Map<number, KeptRules>()));
    return { kept };
  }

  #check(root: Root, file: string): void {
    try {
      const workspace = root.workspace();
      const known = workspace.files.has(file);
      if (known) this.#seenOf(root).links.set(file, linksOf(workspace, file));
      else this.#seen.get(root)?.links.delete(file);
      // Another tool's file about which nothing was ever said: nothing is said now.
      if (!known && this.#diagnostics.revision(root, file) === 0) return;
      const found: readonly Finding[] = known
        ? checkFile(workspace, file, {
            now: this.#dependencies.clock.now(),
            evidence: root.evidence,
            ...this.#keptOf(root, file),
            ...(root.codeOwners === undefined ? {} : { codeOwners: root.codeOwners }),
          })
        : [];
      const shown = root.indexed ? found : found.filter((finding) => ALONE.test(finding.code));
      const evidence = shown.filter((finding) => finding.code.startsWith('evidence/'));
      this.#diagnostics.set(
        root,
        file,
        'check',
        shown.filter((finding) => !finding.code.startsWith('evidence/')),
      );
      this.#diagnostics.set(root, file, 'evidence', evidence);
      if (!known) this.#diagnostics.set(root, file, 'drift', []);
      this.#saidFailed = false;
    } catch (error) {
      this.#dependencies.log.write('error', `The check of ${file} failed: ${messageOf(error)}`);
      if (!this.#saidFailed)
        this.onFailed(`Drillbook: check failed for ${file} (${messageOf(error)}); what is shown is from before.`);
      this.#saidFailed = true;
      return;
    }
    this.onChecked(root, file);
    this.#diagnostics.publish(root, file);
  }
}

/** The state of a root that its files were last checked on. */
interface Seen {
  /** Of each kind of document. */
  revisions: string;
  /** By file: what other runbooks read of its runbooks. */
  readonly links: Map<string, string>;
}

function revisionsOf(root: Root): string {
  const workspace = root.workspace();
  return DOCUMENT_KINDS.map((kind: DocumentKind) => `${kind} ${workspace.revision(kind)}`).join();
}

function withoutRunbooks(revisions: string): string {
  return revisions.replace(/Runbook \d+/u, '');
}

/** What a runbook can read of the runbooks of another file: how they are named and what they depend on. Policies read more. */
function linksOf(workspace: Workspace, file: string): string {
  const runbooks = workspace.byFile(file).filter((entry) => entry.kind === 'Runbook');
  const links = runbooks.map((entry) => [
    entry.index,
    entry.name,
    hasDoubledKey(entry.document) ? textOf(entry) : dig(entry.document.value, 'restore', 'dependsOn'),
  ]);
  return `${JSON.stringify(links, plain)} ${workspace.incomplete('Runbook')}`;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
