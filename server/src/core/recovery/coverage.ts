/** Which live data stores a runbook covers: declared and restored, declared only, or forgotten. Pure. */
import type { LiveStore, UncheckedInventory } from '../ports.ts';
import { resourcesOf } from '../references/effective.ts';
import { rdsOfHost } from '../references/implicit/rdsEndpoint.ts';
import { environmentIn } from '../rules/environmentView.ts';
import { at, dataOf, textOf } from '../rules/read.ts';
import type { EvidenceSummary } from '../rules/rule.ts';
import { runbookView } from '../rules/runbookView.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { recordsOf } from './recordsOf.ts';
import type { AcceptedGap, Baseline } from './coverageBaseline.ts';

/**
 * `covered`: a backup is declared for it and a dry run of that backup has passed (level 3). `untested`: a backup is
 * declared, nothing was restored. `no-backup`: a runbook relies on it, and no backup is of it. `uncovered`: no runbook
 * knows it. `accepted`: a baseline accepts the gap. `left-out`: it holds backups itself, or says that it needs none.
 */
export type CoverageState = 'covered' | 'untested' | 'no-backup' | 'uncovered' | 'accepted' | 'left-out';

export interface CoverageRow {
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  readonly account?: string;
  readonly state: CoverageState;
  /** In words. */
  readonly why: string;
  readonly runbooks: readonly string[];
  /** Command that writes a first runbook for it. */
  readonly command?: string;
  readonly source: string;
  readonly at: string;
}

export interface CoverageReport {
  readonly version: 1;
  /** ISO 8601. */
  readonly at: string;
  readonly environments: readonly string[];
  readonly rows: readonly CoverageRow[];
  readonly unchecked: readonly (UncheckedInventory & { readonly environment: string })[];
  readonly counts: Readonly<Record<CoverageState, number>>;
  /** Percentage of the stores that need cover and have it, 0 to 100; undefined where none was seen. */
  readonly percent?: number;
  /** What the baseline gets wrong: rows that accept nothing, are past their date, or match no store. */
  readonly baseline: readonly string[];
}

export const COVERAGE_STATES: readonly CoverageState[] = [
  'uncovered',
  'no-backup',
  'untested',
  'accepted',
  'covered',
  'left-out',
];

/** Kinds of which a first runbook can be written from what is live. */
const FROM_LIVE = /^(?:aws|database)\//u;
/** A store with one of these tags, whatever its value but false, is left out. */
const LEFT_OUT_TAGS = /^(?:drillbook:ignore|backup-store|drillbook-ignore)$/iu;
/** Names by which buckets of backups, logs and states go. */
const BACKUP_NAMES =
  /(?:^|[-._])(?:backups?|bkp|bak|dr-copy|snapshots?|archives?|logs?|cloudtrail|access-logs?|tfstate|terraform-state|audit)(?:[-._]|\d*$)/iu;

export interface CoverageInput {
  readonly workspace: Workspace;
  readonly evidence: EvidenceSummary;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly environments: readonly {
    readonly entry: Entry;
    readonly resources: readonly LiveStore[];
    readonly unchecked: readonly UncheckedInventory[];
  }[];
  readonly baseline?: Baseline;
}

interface Cover {
  readonly runbook: string;
  readonly kind: string;
  readonly id: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly backedUp: boolean;
  readonly restored: boolean;
  /** It holds backups of something else. */
  readonly store: boolean;
}

/** The report; a store that several environments or sources list is one row. */
export function coverageOf(input: CoverageInput): CoverageReport {
  const covers = input.workspace.byKind('Runbook').flatMap((entry) => coversOf(entry, input));
  const used = new Set<AcceptedGap>();
  const rows = new Map<string, CoverageRow[]>();
  for (const { resources } of input.environments) {
    for (const store of resources) {
      const key = `${store.kind} ${store.kind.startsWith('aws/rds') ? store.id.toLowerCase() : store.id}`;
      const known = rows.get(key) ?? [];
      // What live and a state both list is one store, though a state may not tell where it is.
      if (known.some((row) => matches(row.account, store.account) && matches(row.region, store.region))) continue;
      rows.set(key, [...known, rowOf(store, covers, input, used)]);
    }
  }
  const sorted = [...rows.values()]
    .flat()
    .sort(
      (one, other) =>
        COVERAGE_STATES.indexOf(one.state) - COVERAGE_STATES.indexOf(other.state) ||
        (`${one.kind} ${one.id}` < `${other.kind} ${other.id}` ? -1 : 1),
    );
  const counts = Object.fromEntries(
    COVERAGE_STATES.map((state) => [state, sorted.filter((row) => row.state === state).length]),
  ) as Record<CoverageState, number>;
  const needed = counts.covered + counts.untested + counts['no-backup'] + counts.uncovered + counts.accepted;
  return {
    version: 1,
    at: new Date(input.now).toISOString(),
    environments: input.environments.map(({ entry }) => entry.name ?? entry.file),
    rows: sorted,
    unchecked: input.environments.flatMap(({ entry, unchecked }) =>
      unchecked.map((each) => ({ ...each, environment: entry.name ?? entry.file })),
    ),
    counts,
    ...(needed > 0 ? { percent: Math.floor((counts.covered / needed) * 100) } : {}),
    baseline: baselineProblems(input, used),
  };
}

function coversOf(entry: Entry, { workspace, evidence }: CoverageInput): Cover[] {
  const view = runbookView(workspace, entry);
  const passed = new Set(
    recordsOf(evidence, view.name)
      .filter((record) => record.result === 'passed' && record.level >= 3 && record.level < 5)
      .map((record) => record.dryRun),
  );
  const restored = new Set(
    view.dryRuns.filter((dryRun) => passed.has(dryRun.name)).flatMap((dryRun) => dryRun.backups),
  );
  const environment = environmentIn(view, workspace);
  return resourcesOf(entry, workspace).flatMap((resource): Cover[] => {
    if (resource.id === undefined) return [];
    const group = view.groups.filter((each) => each.of === resource.name);
    const replica = view.replication && resource.name !== undefined && view.value['replica'] !== undefined;
    const cover: Cover = {
      runbook: view.name,
      kind: resource.kind,
      id: resource.id,
      region: resource.region,
      account: resource.accountId ?? resource.account,
      backedUp: group.length > 0 || (replica && resource.name !== view.value['replica']),
      restored: group.length > 0 && group.every((each) => each.backups.some((backup) => restored.has(backup.name))),
      store: view.backups.some(
        (backup) => backup.bucket === resource.name || dataOf(backup.value['in'])['vault'] === resource.name,
      ),
    };
    const behind = behindHost(environment, cover);
    return behind ? [cover, behind] : [cover];
  });
}

/** The instance or cluster of RDS that a database is on, by the host that the environment names for it. */
function behindHost(environment: Entry | undefined, cover: Cover): Cover | undefined {
  if (!environment || !cover.kind.startsWith('database/')) return undefined;
  const host = textOf(at(environment.document.value, 'databases', cover.id, 'host'));
  const rds = host === undefined ? undefined : rdsOfHost(host);
  return rds && { ...cover, ...rds, account: undefined };
}

function rowOf(store: LiveStore, covers: readonly Cover[], input: CoverageInput, used: Set<AcceptedGap>): CoverageRow {
  const own = covers.filter((cover) => isSame(cover, store));
  const runbooks = [...new Set(own.map((cover) => cover.runbook))];
  const base = {
    kind: store.kind,
    id: store.id,
    ...(store.region === undefined ? {} : { region: store.region }),
    ...(store.account === undefined ? {} : { account: store.account }),
    source: store.source,
    at: store.at,
    runbooks,
  };
  const command = FROM_LIVE.test(store.kind) ? { command: `drillbook init --from-live ${store.kind} ${store.id}` } : {};
  const backed = own.filter((cover) => cover.backedUp);
  if (backed.some((cover) => cover.restored))
    return { ...base, state: 'covered', why: 'a backup is declared and has been restored' };
  if (backed.length === 0 && own.some((cover) => cover.store))
    return { ...base, state: 'left-out', why: 'it holds backups' };
  const tag = Object.entries(store.tags ?? {}).find(
    ([name, value]) => LEFT_OUT_TAGS.test(name) && !/^(?:false|no|0)$/iu.test(value),
  );
  if (tag) return { ...base, state: 'left-out', why: `its tag ${tag[0]} says so` };
  if (store.kind.endsWith('bucket') && own.length === 0 && BACKUP_NAMES.test(store.id)) {
    return { ...base, state: 'left-out', why: 'its name is that of a bucket for backups, logs or states' };
  }
  const gap = input.baseline?.accept.find(
    (each) =>
      each.kind === store.kind &&
      each.id === store.id &&
      matches(each.account, store.account) &&
      matches(each.region, store.region),
  );
  if (gap) used.add(gap);
  if (gap && endOf(gap) >= input.now)
    return { ...base, state: 'accepted', why: `accepted until ${gap.until}: ${gap.reason}` };
  const past = gap ? `; it was accepted until ${gap.until}, which has passed` : '';
  if (backed.length > 0)
    return { ...base, state: 'untested', why: `a backup is declared, and no dry run of it has passed${past}` };
  if (own.length > 0)
    return {
      ...base,
      state: 'no-backup',
      why: `${runbooks.join(', ')} relies on it, and no backup is of it${past}`,
      ...command,
    };
  const foreign = store.kind.startsWith('terraform/')
    ? 'no runbook can name it, since this kind is not read: see to it by hand, and accept it in the baseline with how'
    : 'no runbook knows it';
  return { ...base, state: 'uncovered', why: `${foreign}${past}`, ...command };
}

/** Places count where both sides name one. */
function isSame(cover: Cover, store: LiveStore): boolean {
  // Database identifiers are the same in any case.
  const any = store.kind.startsWith('aws/rds');
  const fold = (id: string): string => (any ? plain(id).toLowerCase() : plain(id));
  const direct = cover.kind === store.kind && fold(cover.id) === fold(store.id);
  const member =
    store.memberOf !== undefined && cover.kind === 'aws/rds-cluster' && fold(cover.id) === fold(store.memberOf);
  return (direct || member) && matches(cover.region, store.region) && matches(cover.account, store.account);
}

/** The last part of an ARN, else the id itself. */
function plain(id: string): string {
  return id.startsWith('arn:') ? (/[:/]([^:/]+)$/u.exec(id)?.[1] ?? id) : id;
}

function matches(one: string | undefined, other: string | undefined): boolean {
  return (
    one === undefined || other === undefined || one === other || (!/^\d{12}$/u.test(one) && /^\d{12}$/u.test(other))
  );
}

/** The end of the day that is named. */
function endOf(gap: AcceptedGap): number {
  return Date.parse(gap.until.slice(0, 10)) + 86_400_000;
}

function baselineProblems(input: CoverageInput, used: ReadonlySet<AcceptedGap>): readonly string[] {
  const { baseline } = input;
  if (!baseline) return [];
  const idle = input.environments.every(({ unchecked }) => unchecked.length === 0)
    ? baseline.accept
        .filter((gap) => !used.has(gap))
        .map((gap) => `The baseline accepts ${gap.kind} ${gap.id}, which is no gap any more: remove the row.`)
    : [];
  const late = [...used]
    .filter((gap) => endOf(gap) < input.now)
    .map(
      (gap) =>
        `The baseline accepted ${gap.kind} ${gap.id} until ${gap.until}, which has passed: cover it, or accept it anew with a reason.`,
    );
  return [...baseline.problems, ...late, ...idle];
}
