/** The observation model: what was asked of live infrastructure and what came back. `unknown` is never clean and never drift. */
import { sameData } from '../document/sameData.ts';

export const UNKNOWN_REASONS = [
  'no-credentials',
  'denied',
  'wrong-account',
  'throttled',
  'timeout',
  'unreachable',
  'unsupported',
  'undecided',
  'stale',
  'host-not-approved',
  'untrusted-workspace',
] as const;
/** Each is the second half of an `unchecked/*` code. */
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** Why something could not be looked up, and what would help. */
export interface Unknown {
  readonly reason: UnknownReason;
  /** One sentence, no secret in it. */
  readonly detail: string;
  /** The IAM action or database privilege to ask for, e.g. `s3:GetBucketObjectLockConfiguration`. */
  readonly permission?: string;
}

/** A fact that was looked up, or why it was not. `value` is plain JSON; "not configured" is the value `none`. */
export type Fact = { readonly value: unknown } | { readonly unknown: Unknown };

interface Observed {
  /** ISO 8601. */
  readonly at: string;
  /** Account id, where known. */
  readonly account?: string;
  readonly region?: string;
  /** Identity that looked (an ARN, a database user). */
  readonly by?: string;
  /** `live`, `recorded`, `terraform`; last-known answers keep theirs and are told by `at`. */
  readonly source: string;
  /** What other sources of the environment say of the same thing, in their order of preference. */
  readonly others?: readonly Observation[];
}

export type Observation =
  | (Observed & { readonly state: 'found'; readonly facts: Readonly<Record<string, Fact>> })
  /** `note`: what is left of it, e.g. retained backups; one sentence. */
  | (Observed & { readonly state: 'absent'; readonly note?: string })
  | (Observed & { readonly state: 'unknown'; readonly unknown: Unknown });

/** One question: does this exist, and what are these facts of it? */
export interface LookupRequest {
  /** e.g. `aws/s3-bucket`. */
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Alias or id of the account as the document names it. */
  readonly account?: string;
  /** The facts that some expectation names; existence, region and account come by themselves. */
  readonly facts: readonly string[];
  /** Name of the environment it is asked of. */
  readonly environment: string;
  /** What a role is asked in a simulation, where the environment opts in. */
  readonly simulate?: readonly SimulatedAccess[];
}

/** One action on one ARN (`*` for any), to be put to a policy simulation. */
export interface SimulatedAccess {
  readonly action: string;
  readonly resource: string;
}

/** A call that is planned or was made. */
export interface PlannedCall {
  /** `aws:s3:ListBuckets`, `postgres:query`, … */
  readonly call: string;
  readonly account?: string;
  readonly region?: string;
  /** How many times, pages not counted. */
  readonly count: number;
  /** Only made where what it serves seems absent: it is looked for elsewhere, and asked about a second time. */
  readonly onlyIf?: 'absent';
  /** What for: resource ids, shortened by the printer. */
  readonly serves: readonly string[];
}

/** The same of the same thing, whenever it was seen. */
export function saysTheSame(one: Observation, other: Observation): boolean {
  if (one === other) return true;
  const keys = Object.keys(one) as (keyof Observation)[];
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key === 'at' || (Object.hasOwn(other, key) && sameData(one[key], other[key])))
  );
}
