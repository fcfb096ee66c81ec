/** Live infrastructure as the core needs it: what can be looked up and listed, and nothing that changes it. */
import type { LookupRequest, Observation, PlannedCall, Unknown } from '../drift/observation.ts';

/** The live readers. No method can change anything: read-only by construction. */
export interface Lookup {
  /** The calls that `look` would make for these, without making them. */
  plan(requests: readonly LookupRequest[]): readonly PlannedCall[];
  /** One observation a request, in order. Never rejects but on abort: what can't be looked up is `unknown`. */
  look(requests: readonly LookupRequest[], options: LookOptions): Promise<LookResult>;
}

export interface LookOptions {
  readonly signal: AbortSignal;
  /** Milliseconds for the whole run. */
  readonly deadlineMs?: number;
  /** Oldest answer from the cache that is still taken, milliseconds; 0 asks anew. */
  readonly maxAgeMs?: number;
}

export interface LookResult {
  readonly observations: readonly Observation[];
  /** Calls really made, by `provider:service:Operation`. */
  readonly calls: Readonly<Record<string, number>>;
}

/** A live data store as an inventory lists it. */
export interface LiveStore {
  /** `aws/s3-bucket`, `aws/rds-instance`, … */
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Account id. */
  readonly account?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Id of the cluster that it is a part of: covered with it. */
  readonly memberOf?: string;
  /** What the listing told besides: engine, version, size. Plain JSON, for the runbook that is written from it. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** `live` or `terraform`. */
  readonly source: string;
  /** ISO 8601, when it was seen. */
  readonly at: string;
}

/** A part of an environment that could not be listed: never "all covered". */
export interface UncheckedInventory {
  /** What could not be listed: a kind (`aws/s3-bucket`), or a source. */
  readonly what: string;
  readonly account?: string;
  readonly region?: string;
  readonly unknown: Unknown;
}

/** Lists the data stores of an environment, over all its accounts and regions. Read-only; never rejects but on abort. */
export interface Inventory {
  list(
    environment: { readonly name: string | undefined; readonly value: unknown; readonly file: string },
    options: { readonly signal: AbortSignal; readonly deadlineMs?: number },
  ): Promise<{ readonly resources: readonly LiveStore[]; readonly unchecked: readonly UncheckedInventory[] }>;
}
