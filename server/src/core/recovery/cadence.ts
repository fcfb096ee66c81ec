/** The three layers of verification of a runbook (checksum, restore test, drill): when each last held, computed from evidence. */
import type { EvidenceEntry, EvidenceSummary } from '../rules/rule.ts';
import { dataOf, durationOf, numberOf, type Data } from '../rules/read.ts';
import { restoreFingerprint } from './fingerprint.ts';
import { changedFacts, changedTool } from './provenBefore.ts';
import { recordsOf } from './recordsOf.ts';

export { restoreFingerprint };

export type Layer = 'checksum' | 'restore-test' | 'drill';
/** `never` is overdue as well: there is no evidence at all. */
export type LayerState = 'current' | 'due-soon' | 'overdue' | 'never';

/** One layer of one dry run (or of the runbook, for a drill). */
export interface LayerStatus {
  readonly layer: Layer;
  readonly state: LayerState;
  /** Name under `dryRuns`; undefined for a drill. */
  readonly dryRun?: string;
  /** How often the policy asks for it, milliseconds. */
  readonly everyMs: number;
  /** As the policy writes it: `30d`. */
  readonly every: string;
  /** Least level that counts. */
  readonly level: number;
  readonly proves?: 'backup' | 'runbook';
  /** The last pass that counts. */
  readonly last?: EvidenceEntry;
  /** Milliseconds since the epoch when the next one is due; undefined where there never was one. */
  readonly dueAt?: number;
}

export interface Cadence {
  readonly layers: readonly LayerStatus[];
  /** Dry runs whose last pass was made on another restore section, with another backup tool or on other live facts than now. */
  readonly needsVerify: readonly {
    readonly dryRun: string;
    readonly last: EvidenceEntry;
    /** In words; empty where the runbook itself has changed. */
    readonly changes: readonly string[];
  }[];
  /** The last pass (level 2 and up) of each dry run that has one. */
  readonly passes: readonly { readonly dryRun: string; readonly last: EvidenceEntry }[];
  /** The last decided run of a dry run, of one of its scenarios or of the drill, where it failed. */
  readonly failed: readonly EvidenceEntry[];
  /** Newest pass of a restore, of any dry run. */
  readonly lastPass?: EvidenceEntry;
  /** The last pass of a restore of each dry run there is, and of the drill: what the RTO is measured by. */
  readonly measured: readonly EvidenceEntry[];
}

const DAY = 86_400_000;
/** A clock may be ahead of ours by this much; what is dated later is not believed. */
export const CLOCK_SKEW_MS = 10 * 60_000;

/**
 * Where the verification of a runbook stands. `runbook` and `policyClass` are plain data of any shape; `records` may hold
 * those of other runbooks. A level-4 run counts as 3; a drill (5) counts as a drill only; runs of scenarios count for
 * `failed` alone, because they don't prove the ordinary restore.
 */
export function cadenceOf(
  runbook: unknown,
  policyClass: unknown,
  evidence: Pick<EvidenceSummary, 'entries'>,
  now: number,
): Cadence {
  const value = dataOf(runbook);
  const name = dataOf(value['metadata'])['name'];
  const records =
    typeof name === 'string'
      ? recordsOf(evidence, name).filter((record) => finished(record) <= now + CLOCK_SKEW_MS)
      : [];
  const verify = dataOf(dataOf(policyClass)['verify']);
  const names = Object.keys(dataOf(value['dryRuns']));
  const layers = [
    ...restoreTests(verify, dataOf(value['dryRuns']), records, now),
    ...checksums(verify, names, records, now),
    ...drills(verify, records, now),
  ];
  const passes = records.filter((record) => counts(record, 3));
  const lastPass = newest(passes);
  const verified = records.length > 0 ? lastPasses(names, records) : [];
  return {
    layers,
    needsVerify: verified.length > 0 ? changed(value, verified, records) : [],
    passes: verified,
    failed: records.length > 0 ? failures(names, records) : [],
    measured: records.length > 0 ? restoresAndDrill(names, passes, records) : [],
    ...(lastPass && { lastPass }),
  };
}

/** When a record was finished, milliseconds since the epoch; 0 where that can't be read. */
export function finished(record: EvidenceEntry): number {
  const ms = Date.parse(record.finishedAt || record.startedAt);
  return Number.isNaN(ms) ? 0 : ms;
}

/** How long before a layer is due it is said: a fifth of its interval, two weeks at most. */
export function warnBefore(everyMs: number): number {
  return Math.min(everyMs / 5, 14 * DAY);
}

function restoreTests(verify: Data, dryRuns: Data, records: readonly EvidenceEntry[], now: number): LayerStatus[] {
  const test = dataOf(verify['restoreTest']);
  const everyMs = durationOf(test['every']);
  if (everyMs === undefined) return [];
  const level = numberOf(test['level']) ?? 3;
  const proves = test['proves'] === 'runbook' ? 'runbook' : 'backup';
  const names = Object.keys(dryRuns);
  return (proves === 'runbook' ? names.filter((name) => !isLeftToSteps(dryRuns, name)) : names).map((dryRun) => {
    const last = newest(
      records.filter(
        (record) =>
          record.dryRun === dryRun && counts(record, level) && (proves === 'backup' || record.proves === 'runbook'),
      ),
    );
    return status({ layer: 'restore-test', dryRun, everyMs, every: String(test['every']), level, proves }, last, now);
  });
}

/** Whether a dry run can't prove the runbook, and others that run its steps restore all that it restores. */
function isLeftToSteps(dryRuns: Data, name: string): boolean {
  const own = dataOf(dryRuns[name]);
  if (own['steps'] === true) return false;
  const proven = Object.values(dryRuns)
    .map(dataOf)
    .filter((run) => run['steps'] === true)
    .flatMap(backupsOf);
  return backupsOf(own).every((backup) => proven.includes(backup));
}

/** Their names; undefined: the only one there is. */
function backupsOf(run: Data): readonly unknown[] {
  const { backups } = run;
  return Array.isArray(backups) ? backups : [run['backup']];
}

/** The checksum layer has a cadence of its own only where the policy names one and asks for no restore test, which reads every byte as well. */
function checksums(
  verify: Data,
  names: readonly string[],
  records: readonly EvidenceEntry[],
  now: number,
): LayerStatus[] {
  const checksum = verify['checksum'];
  const every = typeof checksum === 'string' ? checksum : dataOf(checksum)['every'];
  const everyMs = durationOf(every);
  if (everyMs === undefined) return [];
  return names.map((dryRun) => {
    const last = newest(records.filter((record) => record.dryRun === dryRun && counts(record, 2)));
    return status({ layer: 'checksum', dryRun, everyMs, every: String(every), level: 2 }, last, now);
  });
}

function drills(verify: Data, records: readonly EvidenceEntry[], now: number): LayerStatus[] {
  const every = dataOf(verify['drill'])['every'];
  const everyMs = durationOf(every);
  if (everyMs === undefined) return [];
  const last = newest(records.filter((record) => record.level === 5 && record.result === 'passed'));
  return [status({ layer: 'drill', everyMs, every: String(every), level: 5 }, last, now)];
}

type Asked = Pick<LayerStatus, 'layer' | 'dryRun' | 'everyMs' | 'every' | 'level' | 'proves'>;

function status(asked: Asked, last: EvidenceEntry | undefined, now: number): LayerStatus {
  if (!last) return { ...asked, state: 'never' };
  const dueAt = finished(last) + asked.everyMs;
  const state = now > dueAt ? 'overdue' : now > dueAt - warnBefore(asked.everyMs) ? 'due-soon' : 'current';
  return { ...asked, state, last, dueAt };
}

function counts(record: EvidenceEntry, level: number): boolean {
  return record.result === 'passed' && record.scenario === undefined && record.level >= level && record.level < 5;
}

function newest(records: readonly EvidenceEntry[]): EvidenceEntry | undefined {
  let found: EvidenceEntry | undefined;
  for (const record of records) if (!found || finished(record) >= finished(found)) found = record;
  return found;
}

function restoresAndDrill(
  names: readonly string[],
  passes: readonly EvidenceEntry[],
  records: readonly EvidenceEntry[],
): readonly EvidenceEntry[] {
  const drill = newest(records.filter((record) => record.level === 5 && record.result === 'passed'));
  const restores = names.map((name) => newest(passes.filter((record) => record.dryRun === name)));
  return [...restores, drill].filter((record) => record !== undefined);
}

function lastPasses(names: readonly string[], records: readonly EvidenceEntry[]): Cadence['passes'] {
  return names.flatMap((dryRun) => {
    const last = newest(records.filter((record) => record.dryRun === dryRun && counts(record, 2)));
    return last ? [{ dryRun, last }] : [];
  });
}

function changed(value: Data, passes: Cadence['passes'], records: readonly EvidenceEntry[]): Cadence['needsVerify'] {
  const fingerprint = restoreFingerprint(value);
  return passes.flatMap(({ dryRun, last }) => {
    if (last.restoreFingerprint !== undefined && last.restoreFingerprint !== fingerprint)
      return [{ dryRun, last, changes: [] }];
    const later = records.filter((record) => finished(record) > finished(last) && record.level < 5);
    const sawTool = newest(
      // An older backup that someone looked at tells of an older tool.
      later.filter((record) => record.dryRun === dryRun && (record.backup?.time ?? '') > (last.backup?.time ?? '')),
    );
    const sawFacts = newest(later.filter((record) => record.facts !== undefined));
    const changes = [...changedTool(last, sawTool), ...changedFacts(last.facts, sawFacts?.facts)];
    return changes.length > 0 ? [{ dryRun, last, changes }] : [];
  });
}

/** Inconclusive and cancelled runs decide nothing, so they neither hide a failure nor are one. */
function failures(names: readonly string[], records: readonly EvidenceEntry[]): EvidenceEntry[] {
  const lastBy = new Map<string, EvidenceEntry>();
  for (const record of records) {
    if (record.result !== 'passed' && record.result !== 'failed') continue;
    if (record.level < 5 && (record.dryRun === undefined || !names.includes(record.dryRun))) continue;
    const key = record.level === 5 ? 'drill' : `run ${record.dryRun ?? ''} ${record.scenario ?? ''}`;
    const before = lastBy.get(key);
    if (!before || finished(record) >= finished(before)) lastBy.set(key, record);
  }
  return [...lastBy.values()].filter((record) => record.result === 'failed');
}
