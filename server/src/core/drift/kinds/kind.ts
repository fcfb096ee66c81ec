/** What a kind of resource is to the comparison: which facts each expectation needs, and how it is judged. */
import type { Severity } from '../../finding.ts';
import type { Path, Span } from '../../document/node.ts';
import type { Observation } from '../observation.ts';
import type { BackupUse, DriftResource, RestoreUse } from '../resource.ts';
import type { UpgradeUse } from '../upgrades.ts';
import { shown } from '../expected.ts';

export type Found = Extract<Observation, { state: 'found' }>;

/** Everything judging may look at. Pure: the time is handed in. */
export interface DriftContext {
  readonly file: string;
  readonly document: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly backups: readonly BackupUse[];
  readonly restore: RestoreUse;
  /** Other versions that the databases of AWS are to run once restored. */
  readonly upgrades: readonly UpgradeUse[];
  /** Every declared resource of the runbook, by name. */
  readonly resources: ReadonlyMap<string, DriftResource>;
  /** What was seen of them, by name; undefined where not looked up. */
  readonly observations: ReadonlyMap<string, Observation>;
  /** The Environment document as plain data. */
  readonly environment: unknown;
  /** Severities that a policy overrides, by code. */
  readonly severities?: Readonly<Record<string, Severity>>;
}

export interface JudgeInput {
  readonly resource: DriftResource;
  readonly observation: Found;
  readonly context: DriftContext;
  /** A fact's value; undefined where it is unknown or was not asked. */
  readonly fact: (name: string) => unknown;
}

/** One thing that doesn't hold, or can't be decided. */
export interface Verdict {
  readonly code: string;
  readonly message: string;
  /** Only where it isn't the catalogue's. */
  readonly severity?: Severity;
  /** Beneath the expectation (`[]` is the expectation's own value). */
  readonly below?: Path;
  /** From the root of the document, where it isn't on an expectation. */
  readonly path?: Path;
  /** The very piece of the text at `path`, from the text's start in the source. */
  readonly within?: Span;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly related?: readonly { readonly path: Path; readonly message: string }[];
}

export interface Expectation {
  /** Facts that it needs, given what is declared. */
  readonly facts: (expected: unknown, resource: DriftResource) => readonly string[];
  /** Facts that make the answer better, but that it can do without. */
  readonly optional?: readonly string[];
  readonly judge: (expected: unknown, input: JudgeInput) => readonly Verdict[];
}

/** A judgement that no expectation asks for: it follows from what the runbook does with the resource. */
export interface Judgement {
  /** The facts it needs, empty where it doesn't apply to this resource in this runbook. */
  readonly facts: (resource: DriftResource, context: Omit<DriftContext, 'observations'>) => readonly string[];
  /** Facts that it asks for as well and that may be missing: it says itself what that means. */
  readonly optional?: (resource: DriftResource, context: Omit<DriftContext, 'observations'>) => readonly string[];
  readonly judge: (input: JudgeInput) => readonly Verdict[];
  /** Say it where its facts are unknown; default: nothing is said. */
  readonly unknownMatters?: boolean;
  /**
   * Expectations that the same fault breaks: where one is declared and broken, the fault is said once, there, by this
   * judgement's code. `excused`: codes of which nothing is said where all that are declared hold, as it is wanted so.
   */
  readonly replaces?: { readonly keys: readonly string[]; readonly excused?: readonly string[] };
}

export interface Kind {
  readonly id: string;
  readonly expectations: Readonly<Record<string, Expectation>>;
  readonly judgements: readonly Judgement[];
  /** It lies in one region, which `region` beside `id` says. */
  readonly regional: boolean;
}

/** `drift/value` in the words of every plain expectation. */
export function valueVerdict(
  resource: DriftResource,
  what: string,
  expected: unknown,
  actual: unknown,
  more: Partial<Verdict> = {},
): Verdict {
  return {
    code: 'drift/value',
    message: `${resource.id} has ${what} ${shown(actual)}; the runbook expects ${shown(expected)}.`,
    expected,
    actual,
    ...more,
  };
}

/** An expectation that could not be decided from the facts at hand. */
export function undecided(detail: string, more: Partial<Verdict> = {}): Verdict {
  return { code: 'unchecked/undecided', message: detail, ...more };
}
