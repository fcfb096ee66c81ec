/** The rows of the recovery view: runbooks by data class, each with its drift, last dry run, overdue layers, owners and resources. */
import * as vscode from 'vscode';
import type { DryRunState, RunbookState, UncoveredStore } from '../../../server/src/protocol.ts';
import { ago, count } from '../words.ts';
import { describeLast } from './describeRun.ts';

/** A row; rows about a runbook carry what its commands need. */
export interface Row {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: vscode.ThemeIcon;
  /** What a screen reader says: with the kind of the row, and with what the icon alone shows. */
  readonly spoken: string;
  /** What menus look at. */
  readonly contextValue?: string;
  readonly uri?: string;
  readonly runbook?: string;
  readonly name?: string;
  readonly resource?: string;
  /** Line to open, from 0. */
  readonly line?: number;
  readonly store?: UncoveredStore;
  readonly parent?: Row;
  readonly children?: (parent: Row) => readonly Row[];
  readonly expanded?: boolean;
}

const colour = (name: string): vscode.ThemeColor => new vscode.ThemeColor(name);
const ICONS = {
  passed: new vscode.ThemeIcon('pass', colour('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', colour('testing.iconFailed')),
  inconclusive: new vscode.ThemeIcon('question', colour('problemsWarningIcon.foreground')),
  never: new vscode.ThemeIcon('circle-outline'),
  drift: new vscode.ThemeIcon('warning', colour('problemsWarningIcon.foreground')),
  clean: new vscode.ThemeIcon('check', colour('testing.iconPassed')),
  unknown: new vscode.ThemeIcon('question', colour('problemsWarningIcon.foreground')),
  overdue: new vscode.ThemeIcon('watch', colour('problemsWarningIcon.foreground')),
  owner: new vscode.ThemeIcon('account'),
  group: new vscode.ThemeIcon('layers'),
  store: new vscode.ThemeIcon('database'),
} as const;

/** By the state that the server gives a resource. */
const RESOURCE_ICONS: Readonly<Record<string, vscode.ThemeIcon>> = {
  found: ICONS.clean,
  drifted: ICONS.drift,
  absent: ICONS.failed,
  unknown: ICONS.unknown,
  unchecked: ICONS.unknown,
  'not checked': ICONS.never,
};

function resultIcon(result: string | undefined): vscode.ThemeIcon {
  if (result === undefined) return ICONS.never;
  return result === 'passed' ? ICONS.passed : result === 'failed' ? ICONS.failed : ICONS.inconclusive;
}

/** The worst state of a runbook decides its icon: failed, then drifted, unknown, passed, never tried. */
function runbookIcon(runbook: RunbookState): vscode.ThemeIcon {
  const results = runbook.dryRuns.map((dryRun) => dryRun.last?.result);
  if (results.includes('failed')) return ICONS.failed;
  if (runbook.drifted > 0) return ICONS.drift;
  if (results.length > 0 && results.every((result) => result === 'passed')) return ICONS.passed;
  return resultIcon(results.find((result) => result !== undefined && result !== 'passed'));
}

function dryRunRow(runbook: RunbookState, dryRun: DryRunState, parent: Row): Row {
  return {
    id: `${parent.id}/dry-run/${dryRun.name}`,
    label: dryRun.name,
    description: describeLast(dryRun, Date.now()),
    tooltip: dryRun.last?.message ?? '',
    icon: resultIcon(dryRun.last?.result),
    spoken: `dry run ${dryRun.name}, ${describeLast(dryRun, Date.now())}`,
    contextValue: `dryRun${dryRun.last === undefined ? '' : 'Evidence'}`,
    uri: runbook.uri,
    runbook: runbook.name,
    name: dryRun.name,
    line: dryRun.line,
    parent,
  };
}

function resourceRow(runbook: RunbookState, resource: RunbookState['resources'][number], parent: Row): Row {
  const age = resource.at === undefined ? 'not looked up' : ago(resource.at, Date.now());
  const icon = RESOURCE_ICONS[resource.state] ?? ICONS.unknown;
  return {
    id: `${parent.id}/resource/${resource.name}`,
    label: resource.name,
    description: `${resource.state} · ${age} · ${resource.kind} ${resource.id}`,
    tooltip: `${resource.kind} ${resource.id}\n${resource.state}, ${age}`,
    icon,
    spoken: `resource ${resource.name}, ${resource.state}, ${age}, ${resource.kind} ${resource.id}`,
    contextValue: 'resource',
    uri: runbook.uri,
    runbook: runbook.name,
    resource: resource.name,
    line: resource.line,
    parent,
  };
}

/** `restore test of orders` · `never done (every 30d)`: the server says both in one sentence. */
function overdueRow(layer: string, base: { uri: string; line: number; parent: Row }): Row {
  const [what = layer, state] = layer.split(/: (.*)/s);
  return {
    ...base,
    id: `${base.parent.id}/overdue/${layer}`,
    label: what,
    description: state ?? 'overdue',
    tooltip: layer,
    icon: ICONS.overdue,
    spoken: `${what}, ${state ?? 'overdue'}`,
    contextValue: 'overdue',
  };
}

/** What stands below a runbook. */
function detailRows(runbook: RunbookState, parent: Row): Row[] {
  const base = { uri: runbook.uri, line: runbook.line, parent };
  return [
    ...runbook.dryRuns.map((dryRun) => dryRunRow(runbook, dryRun, parent)),
    ...runbook.overdue.map((layer) => overdueRow(layer, base)),
    ...runbook.resources.map((resource) => resourceRow(runbook, resource, parent)),
    ...runbook.owners.map((owner) => ({
      ...base,
      id: `${parent.id}/owner/${owner}`,
      label: owner,
      description: 'owner',
      icon: ICONS.owner,
      spoken: `owner ${owner}`,
      contextValue: 'owner',
    })),
  ];
}

function runbookRow(runbook: RunbookState, parent: Row | undefined): Row {
  const failed = runbook.dryRuns.filter((dryRun) => dryRun.last?.result === 'failed').length;
  const words = [
    ...(failed > 0 ? [`${count(failed, 'dry run')} failed`] : []),
    ...(runbook.drifted > 0 ? [`${runbook.drifted} drifted`] : []),
    ...(runbook.unchecked > 0 ? [`${runbook.unchecked} unknown`] : []),
    ...(runbook.overdue.length > 0 ? [`${runbook.overdue.length} overdue`] : []),
    ...(runbook.recovery === undefined ? [] : [runbook.recovery]),
  ];
  const tried = runbook.dryRuns.map((dryRun) => `${dryRun.name}: ${describeLast(dryRun, Date.now())}`);
  const evidence = runbook.dryRuns.some((dryRun) => dryRun.last !== undefined) ? 'Evidence' : '';
  return {
    id: `${runbook.uri}#${runbook.name}`,
    label: runbook.title,
    description: words.join(' · '),
    tooltip: [runbook.title, ...words, ...tried].join('\n'),
    icon: runbookIcon(runbook),
    spoken: [`runbook ${runbook.title}`, ...words, ...tried].join(', '),
    contextValue: `runbook${evidence}`,
    uri: runbook.uri,
    runbook: runbook.name,
    line: runbook.line,
    ...(parent && { parent }),
    children: (row) => detailRows(runbook, row),
  };
}

function classRow(dataClass: string, runbooks: readonly RunbookState[]): Row {
  const waiting = runbooks.filter(needsSomebody).length;
  const description = `${count(runbooks.length, 'runbook')}${waiting === 0 ? '' : ` · ${waiting} to do`}`;
  return {
    id: `class/${dataClass}`,
    label: dataClass,
    description,
    icon: ICONS.group,
    spoken: `data class ${dataClass}, ${description}`,
    contextValue: 'class',
    expanded: runbooks.length <= 50,
    children: (row) => runbooks.map((runbook) => runbookRow(runbook, row)),
  };
}

function uncoveredRow(stores: readonly UncoveredStore[]): Row {
  return {
    id: 'uncovered',
    label: 'No runbook covers',
    description: count(stores.length, 'data store'),
    icon: ICONS.drift,
    spoken: `${count(stores.length, 'data store')} that no runbook covers`,
    contextValue: 'uncoveredGroup',
    children: (parent) =>
      stores.map((store) => ({
        id: `uncovered/${store.kind}/${store.account ?? ''}/${store.region ?? ''}/${store.id}`,
        label: store.id,
        description: [store.kind, store.region, store.account].filter((word) => word !== undefined).join(' · '),
        icon: ICONS.store,
        spoken: `${store.kind} ${store.id}, which no runbook covers`,
        contextValue: 'uncovered',
        store,
        parent,
      })),
  };
}

/** The top of the tree for a state; classes by name, runbooks without one last. */
export function topRows(runbooks: readonly RunbookState[], uncovered: readonly UncoveredStore[]): Row[] {
  const groups = new Map<string, RunbookState[]>();
  for (const runbook of runbooks) {
    const key = runbook.dataClass ?? 'No data class';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [runbook]);
    else group.push(runbook);
  }
  const names = [...groups.keys()].sort((a, b) =>
    a === 'No data class' ? 1 : b === 'No data class' ? -1 : a.localeCompare(b),
  );
  const rows = names.map((name) => classRow(name, groups.get(name) ?? []));
  return uncovered.length > 0 ? [...rows, uncoveredRow(uncovered)] : rows;
}

/** Drift, an overdue layer or a failed dry run: what the view's badge counts. */
function needsSomebody(runbook: RunbookState): boolean {
  return (
    runbook.drifted > 0 ||
    runbook.overdue.length > 0 ||
    runbook.dryRuns.some((dryRun) => dryRun.last?.result === 'failed')
  );
}

/** The number on the view: runbooks that need somebody. */
export function badgeOf(runbooks: readonly RunbookState[]): vscode.ViewBadge | undefined {
  const value = runbooks.filter(needsSomebody).length;
  return value === 0
    ? undefined
    : { value, tooltip: `${count(value, 'runbook')} with drift, overdue layers or a failed dry run` };
}
