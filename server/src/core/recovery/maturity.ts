/** Where a runbook stands between hope and proof, by what it says and by what the evidence shows; and the next step. */
import type { EvidenceEntry, EvidenceSummary } from '../rules/rule.ts';
import type { RunbookView } from '../rules/runbookView.ts';
import { cadenceOf, finished, type Cadence, type LayerStatus } from './cadence.ts';
import { recordsOf } from './recordsOf.ts';

/** From the least to the most that is known. `exempt`: ephemeral data, which nobody needs to bring back. */
export const STAGES = [
  'hope',
  'passive',
  'documented',
  'checksummed',
  'restored',
  'drilled',
  'continuously-validated',
] as const;
export type Stage = (typeof STAGES)[number];

export interface Maturity {
  readonly stage: Stage;
  readonly exempt: boolean;
  /** Why no higher, in words. */
  readonly why: string;
  /** What to do next, in words; undefined where nothing is left. */
  readonly next: string | undefined;
  /** What kind of work the next step is, for its cost. */
  readonly nextKind: 'write' | 'test' | 'drill' | 'mend' | 'automate' | undefined;
  readonly cadence: Cadence;
}

/**
 * The stage of a runbook. Claims carry it to `documented` only: from `checksummed` on it takes records that passed and
 * still hold (not older than the class allows, made on the restore sections as they are, no failure since).
 */
export function maturityOf(view: RunbookView, evidence: EvidenceSummary, now: number): Maturity {
  const cadence = cadenceOf(view.value, view.class?.value, evidence, now);
  const exempt = view.class?.ephemeral === true;
  const reached = climb(view, evidence, cadence, now);
  return { exempt, cadence, ...reached };
}

type Reached = Pick<Maturity, 'stage' | 'why' | 'next' | 'nextKind'>;

function climb(view: RunbookView, evidence: EvidenceSummary, cadence: Cadence, now: number): Reached {
  const dryRun = `drillbook dry-run ${view.name}`;
  if (view.backups.length === 0 && !view.replication) {
    return {
      stage: 'hope',
      why: 'it has no backup',
      next: 'Declare the backups that there are, or make one.',
      nextKind: 'write',
    };
  }
  if (view.steps.length === 0) {
    return {
      stage: 'passive',
      why: 'nobody has written down how to restore',
      next: 'Write the steps of the restore.',
      nextKind: 'write',
    };
  }
  const [failure] = cadence.failed;
  if (failure) {
    const what = failure.level === 5 ? 'the last drill' : `the last run of ${failure.dryRun ?? 'its dry run'}`;
    return {
      stage: 'documented',
      why: `${what} failed on ${day(failure)}`,
      next:
        failure.level === 5
          ? `Mend what went wrong and drill again: drillbook evidence record ${view.name}.`
          : `Mend it and run it again: ${dryRun}${failure.dryRun === undefined ? '' : `#${failure.dryRun}`}.`,
      nextKind: 'mend',
    };
  }
  if (view.replication && view.backups.length === 0) return climbByDrills(view, evidence, cadence, now);
  const records = recordsOf(evidence, view.name).filter(
    (record) =>
      record.result === 'passed' && record.scenario === undefined && record.level < 5 && finished(record) <= now,
  );
  const tests = cadence.layers.filter((layer) => layer.layer === 'restore-test');
  const drill = cadence.layers.find((layer) => layer.layer === 'drill');
  if (!records.some((record) => record.level >= 2)) {
    const none = view.dryRuns.length === 0;
    return {
      stage: 'documented',
      why: 'none of its backups has ever been read back',
      next: `${none ? 'Add a dry run and run it' : 'Run it'}: ${dryRun}.`,
      nextKind: none ? 'write' : 'test',
    };
  }
  if (!records.some((record) => record.level >= 3)) {
    return {
      stage: 'checksummed',
      why: 'its bytes were verified and never restored',
      next: `Restore it into a sandbox: ${dryRun} --level 3.`,
      nextKind: 'test',
    };
  }
  const late = tests.find((layer) => layer.state === 'overdue' || layer.state === 'never');
  const changed = cadence.needsVerify[0];
  if (late || changed) {
    const name = late?.dryRun ?? changed?.dryRun ?? '';
    const why = late
      ? late.last
        ? `the restore test ${name} is older than ${late.every}`
        : neverWords(name, late, records)
      : `it has changed since ${name} was restored`;
    return { stage: 'checksummed', why, next: `Restore it again: ${dryRun}#${name}.`, nextKind: 'test' };
  }
  const lastDrill = recordsOf(evidence, view.name).some((record) => record.level === 5 && record.result === 'passed');
  if (drill ? drill.state === 'never' || drill.state === 'overdue' : !lastDrill) {
    const why = drill?.last ? `its last drill is older than ${drill.every}` : 'nobody has drilled it yet';
    return { stage: 'restored', why, next: `Hold a drill: drillbook evidence record ${view.name}.`, nextKind: 'drill' };
  }
  const steady =
    tests.length > 0 &&
    tests.every(
      (layer) =>
        passesOf(records, layer.dryRun).filter((record) => now - finished(record) <= 2 * layer.everyMs).length >= 2,
    );
  if (!steady) {
    const why =
      tests.length === 0
        ? 'no class asks for a restore test at fixed times'
        : 'its restore tests have not yet passed two times in a row on time';
    return { stage: 'drilled', why, next: 'Run drillbook dry-run --due from a schedule.', nextKind: 'automate' };
  }
  return {
    stage: 'continuously-validated',
    why: 'restore tests and drills pass on time',
    next: undefined,
    nextKind: undefined,
  };
}

/** What has a replica and no backup is proven by people who fail over to it. */
function climbByDrills(view: RunbookView, evidence: EvidenceSummary, cadence: Cadence, now: number): Reached {
  const next = `Hold a failover drill: drillbook evidence record ${view.name}.`;
  const drills = recordsOf(evidence, view.name).filter(
    (record) => record.level === 5 && record.result === 'passed' && finished(record) <= now,
  );
  const layer = cadence.layers.find((each) => each.layer === 'drill');
  if (drills.length === 0)
    return { stage: 'documented', why: 'nobody has failed over to its replica yet', next, nextKind: 'drill' };
  if (layer && layer.state !== 'current' && layer.state !== 'due-soon')
    return { stage: 'restored', why: `its last failover drill is older than ${layer.every}`, next, nextKind: 'drill' };
  if (!layer || drills.filter((drill) => now - finished(drill) <= 2 * layer.everyMs).length < 2) {
    const why = layer
      ? 'its failover drills have not yet passed two times in a row on time'
      : 'no class asks for a drill at fixed times';
    return { stage: 'drilled', why, next, nextKind: 'drill' };
  }
  return {
    stage: 'continuously-validated',
    why: 'failover drills pass on time',
    next: undefined,
    nextKind: undefined,
  };
}

/** A restore that proves less than the class asks for is one all the same: what it lacks is said. */
function neverWords(name: string, late: LayerStatus, records: readonly EvidenceEntry[]): string {
  const passes = passesOf(records, name);
  if (passes.length === 0) return `${name} has never been restored`;
  return passes.some((record) => record.level >= late.level)
    ? `the runbook's own steps have never restored ${name}`
    : `${name} has never reached level ${late.level}`;
}

function passesOf(records: readonly EvidenceEntry[], dryRun: string | undefined): readonly EvidenceEntry[] {
  return records.filter((record) => record.dryRun === dryRun && record.level >= 3);
}

function day(record: EvidenceEntry): string {
  return record.finishedAt.slice(0, 10);
}
