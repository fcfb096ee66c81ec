/** Every root that is open, which file belongs to which, and the background walk that fills their indexes. */
import type { ServerDependencies } from './dependencies.ts';
import { OpenDocument } from './openDocument.ts';
import { isVirtual, isYaml, joinPath, parentOf, pathOf, relativePath } from './paths.ts';
import { Root } from './root.ts';
import { messageOf } from './signals.ts';
import { inStretches } from './stretches.ts';

/** A file in its root. */
export interface Located {
  readonly root: Root;
  readonly file: string;
}

/** Files read between two looks at what the client wants meanwhile. */
const SLICE = 16;
/** A folder with more YAML than this is indexed up to here, and the log says so: one is no workspace of ours. */
const MOST_FILES = 50_000;

export class WorkspaceStore {
  readonly #dependencies: ServerDependencies;
  readonly #roots = new Map<string, Root>();
  readonly #walks = new Map<string, AbortController>();
  readonly #open = new Map<string, { document: OpenDocument; located: Located }>();
  /** Paths of the open documents, by their URI as the client writes it: each of its messages names one. */
  readonly #paths = new Map<string, string>();
  readonly #rootOf = new Map<string, Promise<string>>();
  #foldersKnown: () => void = () => undefined;
  #folders: Promise<unknown> = new Promise<void>((resolve) => (this.#foldersKnown = resolve));
  #walking: Promise<unknown> = Promise.resolve();
  /** Called when a root's walk is done, and for each slice of files on the way. */
  onIndexed: (root: Root, files: readonly string[], done: boolean) => void = () => undefined;

  constructor(dependencies: ServerDependencies) {
    this.#dependencies = dependencies;
  }

  roots(): readonly Root[] {
    return [...this.#roots.values()];
  }

  /** Adds the roots of the folders that the client opened; starts the walks of new ones. */
  async addFolders(folders: readonly string[]): Promise<void> {
    const added = Promise.all(folders.map((folder) => this.addFolder(folder)));
    this.#folders = Promise.all([this.#folders, added]);
    await added;
    this.#foldersKnown();
  }

  /** Resolves once the client's folders are known and every walk begun by then is done. */
  async walked(): Promise<void> {
    await this.#folders;
    await this.#walking;
  }

  /** The root of one folder; starts its walk where it is new. */
  async addFolder(folder: string): Promise<Root> {
    const root = this.#root(await this.#rootPath(folder), folder);
    this.#takeIn(root);
    return root;
  }

  /** Forgets a root that no folder and no open document is in. Returns the roots that went. */
  async keepOnly(folders: readonly string[]): Promise<readonly Root[]> {
    const kept = new Set(await Promise.all(folders.map((folder) => this.#rootPath(folder))));
    for (const { located } of this.#open.values()) kept.add(located.root.path);
    const gone = this.roots().filter((root) => !kept.has(root.path));
    for (const root of gone) {
      this.#walks.get(root.path)?.abort();
      this.#roots.delete(root.path);
    }
    return gone;
  }

  /** The document with this URI, where the client has it open. */
  document(uri: string): OpenDocument | undefined {
    return this.#open.get(this.#pathOf(uri))?.document;
  }

  /** Where a URI stands: the file in the innermost root around it. */
  locate(uri: string): Located | undefined {
    const path = this.#pathOf(uri);
    const open = this.#open.get(path);
    if (open) return open.located;
    let best: Located | undefined;
    for (const root of this.#roots.values()) {
      const file = relativePath(root.path, path);
      if (file !== undefined && (!best || root.path.length > best.root.path.length)) best = { root, file };
    }
    return best;
  }

  /** Takes in a document that was opened. Its root is known at once where a folder holds it, else it is found on the way. */
  open(document: OpenDocument): Located {
    const path = pathOf(document.uri);
    const located = this.locate(document.uri) ?? { root: this.#root(parentOf(path), undefined), file: nameIn(path) };
    this.#open.set(path, { document, located });
    this.#paths.set(document.uri, path);
    located.root.open(located.file, document);
    return located;
  }

  /** Puts an open document that stood outside every folder into its real root, and starts that root's walk. */
  async settle(document: OpenDocument): Promise<void> {
    const path = pathOf(document.uri);
    const open = this.#open.get(path);
    if (!open || this.#walks.has(open.located.root.path)) return;
    if (isVirtual(path)) {
      await this.#folders;
      const { root } = this.#open.get(path)?.located ?? open.located;
      // In no folder: it is all there is, and what isn't found in it isn't there.
      if (!this.#walks.has(root.path) && !root.indexed) {
        root.indexed = true;
        this.onIndexed(root, [], true);
      }
      return;
    }
    const rootPath = await this.#rootPath(path);
    if (this.#open.get(path)?.document !== document) return;
    const previous = open.located;
    const root = this.#root(rootPath, rootPath);
    const file = relativePath(root.path, path) ?? previous.file;
    if (root !== previous.root) this.#move(path, document, previous, { root, file });
  }

  /** Moves what was opened before its folder was known, and stood in no walked root, into that folder's root. */
  #takeIn(root: Root): void {
    for (const [path, { document, located }] of this.#open) {
      const file = relativePath(root.path, path);
      if (located.root === root || file === undefined || this.#walks.has(located.root.path)) continue;
      this.#move(path, document, located, { root, file });
    }
  }

  #move(path: string, document: OpenDocument, from: Located, to: Located): void {
    from.root.close(from.file);
    from.root.index.remove(from.file);
    if (from.root.openFiles().length === 0) this.#roots.delete(from.root.path);
    this.#open.set(path, { document, located: to });
    to.root.open(to.file, document);
    this.onIndexed(to.root, [to.file], false);
  }

  /** Forgets the client's text; the caller re-reads the file. */
  close(uri: string): Located | undefined {
    const path = pathOf(uri);
    const open = this.#open.get(path);
    if (!open) return undefined;
    this.#open.delete(path);
    this.#paths.delete(open.document.uri);
    open.located.root.close(open.located.file);
    return open.located;
  }

  openDocuments(): readonly { readonly document: OpenDocument; readonly located: Located }[] {
    return [...this.#open.values()];
  }

  /** Reads one file from disk into its root; a file that is gone leaves the index. */
  async refresh(located: Located): Promise<void> {
    if (!isYaml(located.file)) return;
    put(located.root, located.file, await this.#textOf(located));
  }

  /** The text of a file on disk; undefined where it is gone. */
  async #textOf({ root, file }: Located): Promise<string | undefined> {
    try {
      return await this.#dependencies.files.readText(joinPath(root.path, file));
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    for (const walk of this.#walks.values()) walk.abort();
  }

  #pathOf(uri: string): string {
    return this.#paths.get(uri) ?? pathOf(uri);
  }

  #rootPath(path: string): Promise<string> {
    let known = this.#rootOf.get(path);
    if (!known) {
      known = this.#dependencies.files.rootOf(path).then(
        (root) => {
          const normal = root.replaceAll('\\', '/').replace(/(.)\/+$/u, '$1');
          // A root that git spells otherwise (a symbolic link) would hold none of the client's paths.
          return path === normal || relativePath(normal, path) !== undefined ? normal : path;
        },
        () => path,
      );
      this.#rootOf.set(path, known);
    }
    return known;
  }

  #root(path: string, walkFrom: string | undefined): Root {
    let root = this.#roots.get(path);
    if (!root) {
      root = new Root(path);
      this.#roots.set(path, root);
    }
    if (walkFrom !== undefined && !this.#walks.has(path)) {
      const controller = new AbortController();
      this.#walks.set(path, controller);
      this.#walking = Promise.all([this.#walking, this.#walk(root, controller.signal)]);
    }
    return root;
  }

  async #walk(root: Root, signal: AbortSignal): Promise<void> {
    const { files, log } = this.#dependencies;
    try {
      const evidence = root
        .readEvidence((path) => this.#dependencies.readEvidence(path, signal))
        .catch((error: unknown) => {
          log.write('warning', `The evidence under ${root.path} could not be read: ${messageOf(error)}`);
        });
      root.codeOwners = await this.#dependencies.readCodeOwners?.(root.path);
      const listed = await files.list(root.path, signal);
      if (listed.length > MOST_FILES) {
        log.write('warning', `${root.path} holds ${listed.length} YAML files; the first ${MOST_FILES} are indexed.`);
      }
      const names = listed.slice(0, MOST_FILES);
      for (let index = 0; index < names.length && !signal.aborted; index += SLICE) {
        const slice = names.slice(index, index + SLICE);
        const read = await Promise.all(
          slice.filter(isYaml).map(async (file) => ({ file, text: await this.#textOf({ root, file }) })),
        );
        // Each is parsed: an edit that comes meanwhile waits for one of them, not for all.
        await inStretches(this.#dependencies, read, ({ file, text }) => {
          put(root, file, text);
          return [];
        });
        this.onIndexed(root, slice, false);
        await new Promise<void>((resolve) => void this.#dependencies.soon(resolve));
      }
      await evidence;
    } catch (error) {
      if (!signal.aborted) log.write('error', `The files under ${root.path} could not be indexed: ${messageOf(error)}`);
    }
    if (signal.aborted) return;
    root.indexed = true;
    this.onIndexed(root, [], true);
  }
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function put(root: Root, file: string, text: string | undefined): void {
  if (text === undefined) root.remove(file);
  else root.setText(file, text);
}
