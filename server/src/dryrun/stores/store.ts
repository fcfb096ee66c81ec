/** Where backups lie, as their tools see it: listed, described and read, never written. */
import type { StoredObject } from '../../core/recovery/newest.ts';
import type { LockRecord } from '../../core/recovery/record.ts';

/** A checksum that the store or a sidecar promises. */
export interface PromisedChecksum {
  /** `sha256`, `sha1`, `md5`, `sha512`, `crc32c`, … */
  readonly algorithm: string;
  /** Hex; for a composite the hex of the hash over the parts' hashes. */
  readonly value: string;
  /** Bytes of each part of a multipart upload, where the checksum is over the parts' checksums. */
  readonly parts?: readonly number[];
  readonly source: string;
  /** Why it can't be compared. */
  readonly unusable?: string;
}

export interface ObjectDescription {
  readonly lock: LockRecord;
  readonly checksum?: PromisedChecksum;
  readonly storageClass?: string;
  /** The object must be retrieved from cold storage first. */
  readonly cold?: string;
  readonly encryption?: string;
}

/** Where the bytes of an object go. */
export interface Landing {
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** All bytes before `bytes` are written. */
  reached(bytes: number): void;
  /** Whether an error is the writing's, not the store's. */
  isOwn(error: unknown): boolean;
}

export interface Store {
  readonly kind: 'bucket' | 'folder';
  /** For people: `s3://bucket/prefix`, `/backups`. */
  readonly where: string;
  /** Whose rights were used. */
  readonly access?: { readonly assumed: boolean; readonly used?: string; readonly why?: string };
  uri(object: StoredObject): string;
  list(signal: AbortSignal): Promise<readonly StoredObject[]>;
  describe(object: StoredObject, signal: AbortSignal): Promise<ObjectDescription>;
  /** The bytes in order. */
  read(
    object: StoredObject,
    signal: AbortSignal,
    range?: { readonly start: number; readonly end: number },
  ): AsyncIterable<Uint8Array>;
  /** All bytes, each to its place as it comes: faster than in order, where a store can. */
  readonly land?: (object: StoredObject, signal: AbortSignal, landing: Landing) => Promise<void>;
  /** Path of the bytes on this machine, where there is one. */
  localPath(object: StoredObject): string | undefined;
  close(): void;
}
