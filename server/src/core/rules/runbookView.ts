/** A runbook as the rules read it: names, durations and what it inherits from its class, read once and shared by all rules. */
import { sameData } from '../document/sameData.ts';
import { policyOf, type EffectivePolicy } from '../references/policy.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { dataOf, durationOf, isData, namedMaps, textOf, type Data } from './read.ts';
import {
  backupView,
  dryRunView,
  groupsOf,
  resourceViews,
  stepViews,
  type BackupView,
  type DryRunView,
  type ResourceView,
  type SourceGroup,
  type StepView,
} from './runbookParts.ts';

export type { BackupView, DryRunView, ResourceView, SourceGroup, StepView } from './runbookParts.ts';

/** The class that the runbook is held to. */
export interface ClassView {
  readonly name: string;
  /** Name of the policy that it comes from, for messages. */
  readonly policy: string;
  /** The class, merged with those it extends. */
  readonly value: Data;
  /** Rebuilt rather than recovered: held to what the class states, and to no opinion. */
  readonly ephemeral: boolean;
  /** The regulation, where one dictates the procedure: held to exactly that. */
  readonly mandated: string | undefined;
}

/** An objective with where it comes from. */
export interface Objective {
  readonly ms: number;
  /** As written. */
  readonly text: string;
  readonly from: 'runbook' | 'class';
}

export interface RunbookView {
  readonly entry: Entry;
  /** Of the entry; a rule that needs no more of it than this, and the name of the environment, looks at these alone. */
  readonly file: string;
  readonly environment: unknown;
  readonly value: Data;
  readonly name: string;
  readonly recovery: string | undefined;
  readonly class: ClassView | undefined;
  /** What the policies that apply say together, whether or not the runbook names a class. */
  readonly policy: EffectivePolicy | undefined;
  /** Data come back from a replica rather than from a backup. */
  readonly replication: boolean;
  readonly restore: Data;
  readonly rpo: Objective | undefined;
  readonly rto: Objective | undefined;
  readonly resources: ReadonlyMap<string, ResourceView>;
  readonly backups: readonly BackupView[];
  readonly groups: readonly SourceGroup[];
  readonly steps: readonly StepView[];
  readonly dryRuns: readonly DryRunView[];
  /** What `compute` gives for this view, computed once; `key` says what it is. */
  memo<T>(key: string, compute: () => T): T;
}

/**
 * The view of a runbook. Never throws, whatever shape the document has. `last`, the view before an edit, is where the parts
 * come from whose data are still the same.
 */
export function runbookView(workspace: Workspace, entry: Entry, last?: RunbookView): RunbookView {
  const value = dataOf(entry.document.value);
  const applied = policyOf(entry, workspace);
  const policyClass = sameAs(last?.class, classView(applied));
  const restore = dataOf(value['restore']);
  const name = entry.name ?? 'this runbook';
  const part = <T>(name: string, of: (view: RunbookView) => T, make: () => T): T =>
    last && Object.is(last.value[name], value[name]) ? of(last) : make();
  const backups = part(
    'backups',
    (view) => view.backups,
    () => namedMaps(value['backups']).map(([name, each]) => backupView(workspace, name, each)),
  );
  return {
    entry,
    file: entry.file,
    environment: value['environment'],
    value,
    name,
    recovery: textOf(value['recovery']) ?? textOf(policyClass?.value['recovery']),
    class: policyClass,
    policy: applied,
    replication: (value['strategy'] ?? policyClass?.value['strategy']) === 'replication',
    restore,
    rpo: sameAs(last?.rpo, objective(restore['rpo'], policyClass?.value['rpo'])),
    rto: sameAs(last?.rto, objective(restore['rto'], policyClass?.value['rto'])),
    resources: part(
      'resources',
      (view) => view.resources,
      () => resourceViews(value['resources'], last?.resources),
    ),
    backups,
    groups: last?.backups === backups && last.name === name ? last.groups : groupsOf(backups, name),
    steps:
      last && Object.is(last.restore['steps'], restore['steps'])
        ? last.steps
        : stepViews(restore['steps'], last?.steps),
    dryRuns: part(
      'dryRuns',
      (view) => view.dryRuns,
      () => namedMaps(value['dryRuns']).map(([name, each]) => dryRunView(name, each)),
    ),
    memo: memory(),
  };
}

/** `last` where it says the same: so that who looks at it sees that nothing changed. */
function sameAs<T>(last: T | undefined, now: T): T {
  return last !== undefined && sameData(last, now) ? last : now;
}

/** Remembers what was computed for one view. */
function memory(): RunbookView['memo'] {
  const known = new Map<string, unknown>();
  return <T>(key: string, compute: () => T): T => {
    if (!known.has(key)) known.set(key, compute());
    return known.get(key) as T;
  };
}

function classView(applied: EffectivePolicy | undefined): ClassView | undefined {
  if (applied?.className === undefined || !isData(applied.class)) return undefined;
  const value: Data = applied.class;
  return {
    name: applied.className,
    policy: applied.classSources[0]?.name ?? 'that applies',
    value,
    ephemeral: value['ephemeral'] === true,
    mandated: textOf(value['mandated']),
  };
}

function objective(own: unknown, inherited: unknown): Objective | undefined {
  const ownMs = durationOf(own);
  if (ownMs !== undefined) return { ms: ownMs, text: String(own), from: 'runbook' };
  const ms = durationOf(inherited);
  return ms === undefined || own !== undefined ? undefined : { ms, text: String(inherited), from: 'class' };
}
