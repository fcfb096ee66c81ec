/** Where backups lie, as their tools see it: listed, described and read, never written. */
import type { StoredObject } from '../../core/recovery/newest.ts';
import type { LockRecord } from '../../core/recovery/record.ts';
import type { BlockFile } from '../blocks.ts';

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
  /** Gets the bytes in order; their memory is used again afterwards. */
  readonly sum: (bytes: Uint8Array) => void;
  /** Gets the bytes in any order, each to its place; left out, they are summed only. It rejects with a StageFault. */
  readonly file?: BlockFile;
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
  /** The bytes in order, to be kept: for what is small. */
  read(
    object: StoredObject,
    signal: AbortSignal,
    range?: { readonly start: number; readonly end: number },
  ): AsyncIterable<Uint8Array>;
  /** All bytes, by way of memory that is used again: for what may be large. */
  land(object: StoredObject, signal: AbortSignal, landing: Landing): Promise<void>;
  /** Path of the bytes on this machine, where there is one. */
  localPath(object: StoredObject): string | undefined;
  close(): void;
}
