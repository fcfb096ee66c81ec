/**
 * A check in parts: what of each file others depend on, which files have to be checked together, and what stands in for a
 * file where only that much of it is needed. So thousands of files need not be in memory at once, nor on one thread.
 */
import { MapNode, ScalarNode, type DocumentKind, type ParsedDocument, type ParsedText } from '../core/document/node.ts';
import { NEEDED } from '../core/references/places.ts';
import { asText, isMap, type PlainMap } from '../core/references/read.ts';
import { findBy } from '../core/references/walk.ts';
import type { Entry } from '../core/workspace.ts';
import type { WorkspaceIndex } from '../core/workspaceIndex.ts';

/** What of one runbook others depend on: its name, whom it names, and what policies are judged by. */
export interface RunbookFacts {
  readonly index: number;
  readonly name?: string;
  readonly needs: readonly string[];
  readonly dataClass?: string;
  /** Tool, schedule and retention of each backup. */
  readonly backups?: unknown;
}

/** What of one file others depend on. */
export interface FileFacts {
  /** Documents of ours. */
  readonly documents: number;
  /** Whether it is ours, even where no document of it can be read. */
  readonly ours: boolean;
  /** Every other file may depend on all of it: it holds (or may hold) a policy or an environment. */
  readonly shared: boolean;
  /** It may hold a runbook that can't be read. */
  readonly unclear: boolean;
  readonly runbooks: readonly RunbookFacts[];
}

const OF_BACKUP = ['tool', 'schedule', 'retention'] as const;

/** The facts of a file that `index` holds. */
export function factsOf(file: string, index: WorkspaceIndex): FileFacts {
  const entries = index.byFile(file);
  const unclear = index.unclear(file);
  return {
    documents: entries.length,
    ours:
      /\.(runbook|policy|environment)\.ya?ml$/i.test(file) ||
      (index.files.get(file)?.documents ?? []).some((each) => each.apiVersion?.startsWith('drillbook/') === true),
    shared: [...entries.map((entry) => entry.kind), ...unclear].some((kind) => kind !== 'Runbook'),
    unclear: unclear.includes('Runbook'),
    runbooks: entries.filter((entry) => entry.kind === 'Runbook').map(runbookFacts),
  };
}

function runbookFacts(entry: Entry): RunbookFacts {
  const needs = findBy(entry.document, NEEDED.Runbook).flatMap(({ node }) => {
    const name = node.kind === 'scalar' ? asText(node.value) : undefined;
    return name ?? [];
  });
  const { dataClass, backups } = (entry.document.value ?? {}) as Record<string, unknown>;
  const className = asText(dataClass);
  return {
    index: entry.document.index,
    ...(entry.name === undefined ? {} : { name: entry.name }),
    needs,
    ...(className === undefined ? {} : { dataClass: className }),
    ...(isMap(backups) ? { backups: mapValues(backups, (each) => (isMap(each) ? pick(each, OF_BACKUP) : null)) } : {}),
  };
}

/** The names of runbooks that some other file may mean or suggest. */
export function namesIn(facts: Iterable<FileFacts>): readonly string[] {
  const names = new Set<string>();
  for (const { runbooks } of facts) for (const { name } of runbooks) if (name !== undefined) names.add(name);
  return [...names];
}

/** The kinds that some file may hold unread. */
export function unclearIn(facts: Iterable<FileFacts>): readonly DocumentKind[] {
  for (const each of facts) if (each.unclear) return ['Runbook'];
  return [];
}

export interface Group {
  /** Sorted. */
  readonly files: readonly string[];
  /** A runbook of it names one that isn't there: which others there are is part of what is said. */
  readonly missing: boolean;
}

/** The files that have to be checked together: those that share a name or name each other. A file that names none and shares no name is in no group. */
export function groupsOf(all: ReadonlyMap<string, FileFacts>): ReadonlyMap<string, Group> {
  const byName = new Map<string, string[]>();
  for (const [file, { runbooks }] of all) {
    for (const { name } of runbooks) {
      if (name === undefined) continue;
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [file]);
      else known.push(file);
    }
  }
  const above = new Map<string, string>();
  const rootOf = (file: string): string => {
    let root = file;
    for (let next = above.get(root); next !== undefined; next = above.get(root)) root = next;
    if (root !== file) above.set(file, root);
    return root;
  };
  const join = (one: string, other: string): void => {
    const [left, right] = [rootOf(one), rootOf(other)];
    if (left !== right) above.set(left, right);
  };
  const lacking = new Set<string>();
  const needing = new Set<string>();
  for (const [file, { runbooks }] of all) {
    for (const { name, needs } of runbooks) {
      if (needs.length > 0) needing.add(file);
      if (name !== undefined) for (const other of byName.get(name) ?? []) join(file, other);
      for (const need of needs) {
        const meant = byName.get(need);
        if (meant === undefined) lacking.add(file);
        for (const other of meant ?? []) join(file, other);
      }
    }
  }
  const members = new Map<string, string[]>();
  for (const file of all.keys()) {
    const root = rootOf(file);
    const known = members.get(root);
    if (known === undefined) members.set(root, [file]);
    else known.push(file);
  }
  const groups = new Map<string, Group>();
  for (const files of members.values()) {
    const missing = files.some((file) => lacking.has(file));
    if (files.length === 1 && !files.some((file) => needing.has(file))) continue;
    const group: Group = { files: files.sort(), missing };
    for (const file of files) groups.set(file, group);
  }
  return groups;
}

/** What policies are judged by, in place of the file: runbooks with a name, a class and their backups' tools and times. */
export function standIn(facts: FileFacts): ParsedText {
  return { text: '', lineStarts: [0], documents: facts.runbooks.map(standInDocument) };
}

function standInDocument(facts: RunbookFacts): ParsedDocument {
  const block = { base: 0 };
  const text = (value: string): ScalarNode => new ScalarNode(block, 0, 0, value, value, 'plain');
  const map = (key: string, value: MapNode | ScalarNode): MapNode =>
    new MapNode(block, 0, 0, false, [{ key: text(key), value }]);
  const { name, dataClass, backups } = facts;
  return {
    text: '',
    start: 0,
    end: 0,
    index: facts.index,
    root: name === undefined ? undefined : map('metadata', map('name', text(name))),
    problems: [],
    comments: [],
    apiVersion: 'drillbook/v1',
    kindName: 'Runbook',
    value: { metadata: { name }, dataClass, backups },
  };
}

function mapValues(map: PlainMap, make: (value: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, make(value)]));
}

function pick(map: PlainMap, keys: readonly string[]): unknown {
  // Whole numbers beyond 2^53 are told as they are written: JSON has none.
  const plain = (value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  return Object.fromEntries(keys.filter((key) => map[key] !== undefined).map((key) => [key, plain(map[key])]));
}
