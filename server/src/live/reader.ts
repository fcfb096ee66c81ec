/** What a reader of live infrastructure is, and the small tools that all of them use. */
import type { Fact, LookupRequest, Observation, PlannedCall, Unknown } from '../core/drift/observation.ts';

/** An answer by its state, before when, where and by whom is added. */
export type Answer =
  | {
      readonly state: 'found';
      readonly facts: Readonly<Record<string, Fact>>;
      readonly region?: string;
      readonly account?: string;
    }
  /** `note`: what is left of it, one sentence. */
  | { readonly state: 'absent'; readonly note?: string }
  | { readonly state: 'unknown'; readonly unknown: Unknown };

/** What a group of requests is looked up with. */
export interface Group {
  readonly requests: readonly LookupRequest[];
  readonly planned: readonly PlannedCall[];
}

/** The look-ups of one provider: AWS, databases, … One row of the table in lookup.ts. */
export interface Provider {
  /** The first half of the kinds that it answers: `aws`. */
  readonly id: string;
  plan(requests: readonly LookupRequest[], environment: unknown): readonly PlannedCall[];
  /** One observation a request, in order. Rejects only on abort. */
  look(requests: readonly LookupRequest[], environment: unknown, run: Run): Promise<readonly Observation[]>;
}

/** One run: its signal (deadline included), and what it counts. */
export interface Run {
  readonly signal: AbortSignal;
  /** Runs a task when there is room for it among those of the same service or server. */
  readonly gate: <T>(key: string, task: () => Promise<T>) => Promise<T>;
  /** Counts a call that is made. */
  readonly count: (call: string) => void;
}

/** Lists in pieces of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const made: T[][] = [];
  for (let index = 0; index < items.length; index += size) made.push(items.slice(index, index + size));
  return made;
}

/** The calls of several plans, equal ones added up. */
export function mergePlans(plans: readonly PlannedCall[]): readonly PlannedCall[] {
  const merged = new Map<string, PlannedCall>();
  for (const call of plans) {
    const key = `${call.call} ${call.account ?? ''} ${call.region ?? ''} ${call.onlyIf ?? ''}`;
    const before = merged.get(key);
    merged.set(
      key,
      before
        ? { ...before, count: before.count + call.count, serves: [...new Set([...before.serves, ...call.serves])] }
        : call,
    );
  }
  return [...merged.values()];
}
