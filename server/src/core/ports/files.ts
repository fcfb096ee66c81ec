/** The file system as the core needs it: the files of a workspace, of a dry run and of the evidence. */
import type { Owner } from './processes.ts';

export interface FileInfo {
  readonly size: number;
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

export interface FileEntry {
  /** `other` is a device, a pipe or a socket. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly modifiedMs: number;
}

/** The file system, by absolute path. Rejections carry the platform's `code` (`ENOENT`, `ENOSPC`, …). */
export interface Files {
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Written beside the target, flushed, then renamed: never half a file, and with `mode` at no moment open to more than that. */
  writeAtomic(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  list(path: string): Promise<readonly string[]>;
  info(path: string): Promise<FileInfo | undefined>;
  /** What lies there itself: a link is not followed. Undefined where nothing does. */
  entry(path: string): Promise<FileEntry | undefined>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Free bytes on the file system that holds `path`. */
  freeBytes(path: string): Promise<number>;
  /** The file's bytes as a stream, `start` inclusive and `end` exclusive where given. */
  readStream(path: string, range?: { readonly start?: number; readonly end?: number }): AsyncIterable<Uint8Array>;
  /** Writes a stream into `path` (mode 0600), flushed; resolves to the number of bytes. Not atomic: for staging. */
  writeStream(path: string, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<number>;
  /** Creates the file with this content, or resolves to false where it is there already: the lock of two writers. */
  createExclusive(path: string, content: string): Promise<boolean>;
  /** Appends and flushes. */
  append(path: string, content: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A new empty folder of mode 0700 with a short path (a Unix socket's path is limited to about 104 bytes). */
  makeTemporaryFolder(prefix: string): Promise<string>;
  /** Hands a file or a whole tree to another user; does nothing where the platform has no owners. */
  setOwner(path: string, owner: Owner): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  openFile(path: string): Promise<OpenFile>;
  /**
   * A new file of mode 0600, to be written at any place; rejects with `EEXIST` where anything has that name. With an owner it
   * is theirs from the first byte on, and it is only made where their own folder lies at the path, reached without a link at
   * its end: else it rejects with `EPERM`. For staging: not flushed.
   */
  createFile(path: string, owner?: Owner): Promise<NewFile>;
}

export interface OpenFile {
  /** Fills `block` with what lies at `position`; resolves to fewer bytes only where the file ends. */
  read(block: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface NewFile extends OpenFile {
  write(block: Uint8Array, position: number): Promise<void>;
}

/** A file of the workspace: its path from the root with `/`, and its text. */
export interface WorkspaceFile {
  readonly file: string;
  readonly text: string;
}

/** The YAML files of a workspace. */
export interface WorkspaceFiles {
  /** The git root that holds `path`, else the folder itself (the parent of a file). Absolute. */
  rootOf(path: string): Promise<string>;
  /** Paths from `root` with `/`, sorted: `*.yaml` and `*.yml`, without what .gitignore names, `.git` and `node_modules`. */
  list(root: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** The texts of those that may be ours (their head says so, or their name does). Unreadable ones are told in `failed`. */
  read(
    root: string,
    signal?: AbortSignal,
  ): Promise<{
    readonly files: readonly WorkspaceFile[];
    readonly failed: readonly { readonly file: string; readonly why: string }[];
  }>;
}
