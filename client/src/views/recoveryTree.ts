/** The recovery view: runbooks by data class, each with its drift, last dry run, overdue layers, owners and resources. */
import * as vscode from 'vscode';
import type { DryRunState, RunbookState, UncoveredStore } from '../../../server/src/protocol.ts';
import type { WorkspaceModel } from '../workspaceModel.ts';
import { ago, count, duration } from '../words.ts';

/** A row; rows about a runbook carry what its commands need. */
export interface Row {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: vscode.ThemeIcon;
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

/** `passed at level 3, 2 days ago, in 4.2 s of 1 h`. */
export function describeLast(dryRun: DryRunState, now: number): string {
  const last = dryRun.last;
  if (last === undefined) return 'never dry-run: a hope';
  const time = last.elapsedMs === undefined ? '' : `, in ${duration(last.elapsedMs)}`;
  const objective = time !== '' && dryRun.rtoMs !== undefined ? ` of ${duration(dryRun.rtoMs)}` : '';
  return `${last.result} at level ${last.level}, ${ago(last.at, now)}${time}${objective}`;
}

function dryRunRow(runbook: RunbookState, dryRun: DryRunState, parent: Row): Row {
  return {
    id: `${parent.id}/dry-run/${dryRun.name}`,
    label: dryRun.name,
    description: describeLast(dryRun, Date.now()),
    tooltip: dryRun.last?.message ?? '',
    icon: resultIcon(dryRun.last?.result),
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
    description: `${resource.state} · ${resource.kind} ${resource.id} · ${age}`,
    icon,
    contextValue: 'resource',
    uri: runbook.uri,
    runbook: runbook.name,
    resource: resource.name,
    line: resource.line,
    parent,
  };
}

/** What stands below a runbook. */
function detailRows(runbook: RunbookState, parent: Row): Row[] {
  const base = { uri: runbook.uri, line: runbook.line, parent };
  return [
    ...runbook.dryRuns.map((dryRun) => dryRunRow(runbook, dryRun, parent)),
    ...runbook.overdue.map((layer) => ({
      ...base,
      id: `${parent.id}/overdue/${layer}`,
      label: `${layer} overdue`,
      icon: ICONS.overdue,
      contextValue: 'overdue',
    })),
    ...runbook.resources.map((resource) => resourceRow(runbook, resource, parent)),
    ...runbook.owners.map((owner) => ({
      ...base,
      id: `${parent.id}/owner/${owner}`,
      label: owner,
      description: 'owner',
      icon: ICONS.owner,
      contextValue: 'owner',
    })),
  ];
}

function runbookRow(runbook: RunbookState, parent: Row | undefined): Row {
  const words = [
    ...(runbook.drifted > 0 ? [`${runbook.drifted} drifted`] : []),
    ...(runbook.unchecked > 0 ? [`${runbook.unchecked} unknown`] : []),
    ...(runbook.overdue.length > 0 ? [`${runbook.overdue.length} overdue`] : []),
    ...(runbook.recovery === undefined ? [] : [runbook.recovery]),
  ];
  const evidence = runbook.dryRuns.some((dryRun) => dryRun.last !== undefined) ? 'Evidence' : '';
  return {
    id: `${runbook.uri}#${runbook.name}`,
    label: runbook.title,
    description: words.join(' · '),
    tooltip: runbook.dryRuns.map((dryRun) => `${dryRun.name}: ${describeLast(dryRun, Date.now())}`).join('\n'),
    icon: runbookIcon(runbook),
    contextValue: `runbook${evidence}`,
    uri: runbook.uri,
    runbook: runbook.name,
    line: runbook.line,
    ...(parent && { parent }),
    children: (row) => detailRows(runbook, row),
  };
}

function classRow(dataClass: string, runbooks: readonly RunbookState[]): Row {
  return {
    id: `class/${dataClass}`,
    label: dataClass,
    description: count(runbooks.length, 'runbook'),
    icon: ICONS.group,
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
    contextValue: 'uncoveredGroup',
    children: (parent) =>
      stores.map((store) => ({
        id: `uncovered/${store.kind}/${store.account ?? ''}/${store.region ?? ''}/${store.id}`,
        label: store.id,
        description: [store.kind, store.region, store.account].filter((word) => word !== undefined).join(' · '),
        icon: ICONS.store,
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

/** Gives VS Code the rows, and the view its badge. */
export class RecoveryTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.emitter.event;
  private readonly subscription: vscode.Disposable;
  private readonly model: WorkspaceModel;

  constructor(model: WorkspaceModel) {
    this.model = model;
    this.subscription = model.onChange(() => this.emitter.fire(undefined));
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      row.label,
      row.children === undefined ? None : row.expanded === true ? Expanded : Collapsed,
    );
    item.id = row.id;
    item.iconPath = row.icon;
    if (row.description !== undefined) item.description = row.description;
    if (row.tooltip !== undefined && row.tooltip !== '') item.tooltip = row.tooltip;
    if (row.contextValue !== undefined) item.contextValue = row.contextValue;
    item.accessibilityInformation = {
      label: `${row.label}${row.description === undefined ? '' : `, ${row.description}`}`,
    };
    if (row.uri !== undefined) {
      const selection = new vscode.Range(row.line ?? 0, 0, row.line ?? 0, 0);
      item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.parse(row.uri), { selection }] };
    }
    return item;
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row !== undefined) return [...(row.children?.(row) ?? [])];
    const state = this.model.asked ? this.model.state : await this.model.refresh();
    return topRows(state.runbooks, state.uncovered ?? []);
  }

  getParent(row: Row): Row | undefined {
    return row.parent;
  }

  dispose(): void {
    this.subscription.dispose();
    this.emitter.dispose();
  }
}

/** The number on the view: runbooks that need somebody. */
export function badgeOf(runbooks: readonly RunbookState[]): vscode.ViewBadge | undefined {
  const failed = (runbook: RunbookState): boolean => runbook.dryRuns.some((dryRun) => dryRun.last?.result === 'failed');
  const value = runbooks.filter(
    (runbook) => runbook.drifted > 0 || runbook.overdue.length > 0 || failed(runbook),
  ).length;
  return value === 0
    ? undefined
    : { value, tooltip: `${count(value, 'runbook')} with drift, overdue layers or a failed dry run` };
}
