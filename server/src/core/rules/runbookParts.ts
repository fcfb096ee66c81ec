/** The parts of a runbook as the rules read them: resources, backups, steps and dry runs. */
import type { Path } from '../document/node.ts';
import { PROVIDER_TOOLS } from '../recovery/backupTools.ts';
import { parseCron } from '../values/cron.ts';
import { largestGapMs } from '../values/cronTimes.ts';
import type { Workspace } from '../workspace.ts';
import { boundedDurationOf, dataOf, durationOf, isData, listOf, namedMaps, textOf, wordOf, type Data } from './read.ts';

export interface ResourceView {
  readonly name: string;
  readonly kind: string;
  readonly id: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly expect: Data;
  readonly value: Data;
  readonly path: Path;
}

export interface BackupView {
  readonly name: string;
  readonly value: Data;
  readonly path: Path;
  readonly tool: string;
  readonly of: string | undefined;
  readonly database: string | undefined;
  readonly copyOf: string | undefined;
  /** Name of the bucket resource that it lies in. */
  readonly bucket: string | undefined;
  /** One text a place that can be lost as a whole; undefined where it can't be told. */
  readonly place: string | undefined;
  readonly kind: 'schedule' | 'continuous' | 'copy' | 'unknown';
  /** Longest time between two runs, milliseconds. */
  readonly gapMs: number | undefined;
  /** What can be lost at worst, milliseconds: interval and running time, or lag. */
  readonly lossMs: number | undefined;
  readonly retentionMs: number | undefined;
}

/** The backups of one source (a resource, or one database of it), copies included; those that name none are of what the runbook is for. */
export interface SourceGroup {
  /** Name of the resource, where the backups name one. */
  readonly of: string | undefined;
  readonly database: string | undefined;
  /** `primary` or `primary (database orders)`, for messages. */
  readonly title: string;
  readonly backups: readonly BackupView[];
}

export interface StepView {
  /** Its id, else `step N` counted from 1, for messages. */
  readonly title: string;
  readonly id: string | undefined;
  readonly index: number;
  readonly path: Path;
  readonly value: Data;
  readonly run: string | undefined;
  readonly verify: string | undefined;
  readonly rollback: string | undefined;
  readonly manual: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly effortMs: number | undefined;
  readonly approval: boolean;
  readonly needs: readonly string[] | undefined;
}

export interface DryRunView {
  readonly name: string;
  readonly value: Data;
  readonly path: Path;
  readonly backups: readonly string[];
  readonly sandbox: Data | undefined;
  readonly checks: readonly Data[];
  readonly steps: boolean;
}

/** The resources by name; those of `last` whose data are the same are taken over. */
export function resourceViews(
  value: unknown,
  last: ReadonlyMap<string, ResourceView> | undefined,
): ReadonlyMap<string, ResourceView> {
  return new Map(
    namedMaps(value).map(([name, each]) => {
      const before = last?.get(name);
      return [name, before?.value === each ? before : resourceView(name, each)];
    }),
  );
}

/** The steps in order; those of `last` whose data and place are the same are taken over. */
export function stepViews(value: unknown, last: readonly StepView[] = []): readonly StepView[] {
  const ids = new Set<string>();
  return listOf(value).flatMap((step, index) => {
    if (!isData(step)) return [];
    const id = textOf(step['id']);
    // An id that stands there already leads to the first of the two.
    const key = id === undefined || ids.has(id) ? index : id;
    if (id !== undefined) ids.add(id);
    const before = last[index];
    const isSame = before?.value === step && before.index === index && before.path.at(-1) === key;
    return [isSame ? before : stepView(step, index, key)];
  });
}

function resourceView(name: string, value: Data): ResourceView {
  return {
    name,
    kind: textOf(value['kind']) ?? '',
    id: wordOf(value['id']) ?? '',
    region: textOf(value['region']),
    account: wordOf(value['account']),
    expect: dataOf(value['expect']),
    value,
    path: ['resources', name],
  };
}

/** One backup; `workspace` remembers how far apart the runs of a schedule are. */
export function backupView(workspace: Workspace, name: string, value: Data): BackupView {
  const inside = dataOf(value['in']);
  const cron = textOf(value['schedule']);
  const gapMs = cron === undefined ? undefined : workspace.memo(`largest gap of cron ${cron}`, () => gapOf(cron));
  const continuous = isData(value['continuous']) ? value['continuous'] : undefined;
  const copyOf = textOf(value['copyOf']);
  const kind = copyOf !== undefined ? 'copy' : continuous ? 'continuous' : cron !== undefined ? 'schedule' : 'unknown';
  const lagMs = boundedDurationOf(continuous?.['lag']);
  const tool = textOf(value['tool']) ?? '';
  return {
    name,
    value,
    path: ['backups', name],
    tool,
    of: textOf(value['of']),
    database: textOf(value['database']),
    copyOf,
    bucket: textOf(inside['bucket']),
    place: placeOf(inside, tool),
    kind,
    gapMs,
    lossMs: kind === 'schedule' && gapMs !== undefined ? gapMs + (durationOf(value['takes']) ?? 0) : lagMs,
    retentionMs: durationOf(value['retention']) ?? boundedDurationOf(continuous?.['window']),
  };
}

/** Worth a memo: a monthly schedule is walked through years of days, and a workspace has few different ones. */
function gapOf(cron: string): number | undefined {
  const parsed = parseCron(cron);
  return parsed && largestGapMs(parsed);
}

function placeOf(inside: Data, tool: string): string | undefined {
  for (const key of ['bucket', 'vault', 'repository', 'stanza', 'folder']) {
    const name = textOf(inside[key]);
    if (name !== undefined) return `${key} ${name}`;
  }
  return PROVIDER_TOOLS.has(tool) ? `provider ${tool}` : undefined;
}

/** The backups by what they are of. */
export function groupsOf(backups: readonly BackupView[], runbook: string): SourceGroup[] {
  const byName = new Map(backups.map((backup) => [backup.name, backup]));
  /** What a copy is of, through copies of copies; bounded, because a copy may be of itself. */
  const origin = (backup: BackupView): BackupView => {
    let here = backup;
    for (let hops = 0; here.copyOf !== undefined && hops < 10; hops++) here = byName.get(here.copyOf) ?? here;
    return here;
  };
  const originals = backups.filter((backup) => backup.copyOf === undefined);
  const groups: SourceGroup[] = [];
  for (const of of new Set(originals.map((backup) => backup.of))) {
    const ofSource = originals.filter((backup) => backup.of === of);
    const source = of ?? runbook;
    const databases = new Set(ofSource.flatMap((backup) => backup.database ?? []));
    for (const database of databases.size > 0 ? databases : [undefined]) {
      const members = ofSource.filter((backup) => backup.database === undefined || backup.database === database);
      groups.push({
        of,
        database,
        title: databases.size > 1 && database !== undefined ? `${source} (database ${database})` : source,
        backups: backups.filter((backup) => members.includes(origin(backup))),
      });
    }
  }
  return groups;
}

function stepView(value: Data, index: number, key: string | number): StepView {
  const id = textOf(value['id']);
  const needs = value['needs'];
  return {
    title: id ?? `number ${index + 1}`,
    id,
    index,
    path: ['restore', 'steps', key],
    value,
    run: textOf(value['run']),
    verify: textOf(value['verify']),
    rollback: textOf(value['rollback']),
    manual: textOf(value['manual']),
    timeoutMs: durationOf(value['timeout']),
    effortMs: durationOf(value['effort']),
    approval: value['approval'] !== undefined && value['approval'] !== null && value['approval'] !== false,
    needs: Array.isArray(needs)
      ? needs.flatMap((need) => textOf(need) ?? [])
      : textOf(needs) !== undefined
        ? [String(needs)]
        : undefined,
  };
}

/** One dry run. */
export function dryRunView(name: string, value: Data): DryRunView {
  const one = textOf(value['backup']);
  return {
    name,
    value,
    path: ['dryRuns', name],
    backups: one === undefined ? listOf(value['backups']).flatMap((each) => textOf(each) ?? []) : [one],
    sandbox: isData(value['sandbox']) ? value['sandbox'] : undefined,
    checks: listOf(value['checks']).filter(isData),
    steps: value['steps'] === true,
  };
}
