/** A runbook as drift sees it: its resources, what it does with them, and the questions they raise. */
import { resourcesOf, type ResolvedResource } from '../references/effective.ts';
import { policyOf } from '../references/policy.ts';
import { placedText } from '../references/scalarText.ts';
import type { Finding, Severity } from '../finding.ts';
import { catalogueRow } from '../rules/catalogue.ts';
import { nodeAt } from '../document/navigate.ts';
import { sameData } from '../document/sameData.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { environmentFor } from './environments.ts';
import { backupsOf, restoreOf, type DriftResource } from './resource.ts';
import { upgradesOf, type PieceOf } from './upgrades.ts';
import type { DriftContext } from './kinds/kind.ts';

export interface Subject {
  readonly entry: Entry;
  readonly resources: readonly DriftResource[];
  /** What the environment is called in requests; empty where none applies. */
  readonly environment: string;
  readonly context: Omit<DriftContext, 'observations'>;
  /** Resources that can't be asked about, since their id has no value yet. */
  readonly open: readonly Finding[];
  /** Codes that the policy switched off. */
  readonly off: ReadonlySet<string>;
}

/**
 * The runbook of `entry`, ready to be asked about. Resources without an id are left out, and those whose id is only known
 * later are told; an expression that is wrong is a finding of its own without any look-up. Resources that say what they
 * said in `before` are the same objects.
 */
export function subjectOf(entry: Entry, workspace: Workspace, before?: Subject): Subject {
  const environment = environmentFor(entry, workspace);
  const all = resourcesOf(entry, workspace);
  const severity = policyOf(entry, workspace)?.severity ?? {};
  const backups = backupsOf(entry.document.value);
  const known = before?.context.resources;
  const made: DriftResource[] = [];
  const byName = new Map<string, DriftResource>();
  const named = new Map(before?.resources.filter(isUndeclared).map((each) => [undeclaredKey(each), each]));
  for (const each of all) {
    const resource =
      each.name === undefined ? inText(each, entry, named) : declared(each, entry, known?.get(each.name));
    if (!resource) continue;
    made.push(resource);
    if (resource.name !== undefined) byName.set(resource.name, resource);
  }
  const context: Omit<DriftContext, 'observations'> = {
    file: entry.file,
    document: entry.document.index,
    now: 0,
    backups,
    restore: restoreOf(entry.document.value),
    resources: byName,
    upgrades: upgradesOf(entry.document.value, environment?.value, backups, byName, pieceIn(entry)),
    environment: environment?.value,
    severities: Object.fromEntries(
      Object.entries(severity).filter((each): each is [string, Severity] => each[1] !== 'off'),
    ),
  };
  return {
    entry,
    context,
    environment: environment?.name ?? '',
    open: all.filter((each) => each.openId).flatMap((each) => openFinding(each, entry) ?? []),
    off: new Set(Object.keys(severity).filter((code) => severity[code] === 'off' && !code.startsWith('unchecked/'))),
    resources: made,
  };
}

/** Finds pieces of the texts of a runbook. */
function pieceIn(entry: Entry): PieceOf {
  return (path, start, end) => {
    const node = nodeAt(entry.document, path);
    const text = node?.kind === 'scalar' ? placedText(entry.parsed.text, node) : undefined;
    if (!node || !text) return undefined;
    const span = text.spanOf(start, end);
    return { start: span.start - node.start, end: span.end - node.start };
  };
}

function declared(
  resolved: ResolvedResource,
  entry: Entry,
  before: DriftResource | undefined,
): DriftResource | undefined {
  return before && saysTheSame(before, resolved) ? before : driftResource(resolved, entry);
}

/** One that only a text names; as it was before where it stands at the same place of that text. */
function inText(
  resolved: ResolvedResource,
  entry: Entry,
  before: ReadonlyMap<string, DriftResource>,
): DriftResource | undefined {
  const made = driftResource(resolved, entry);
  const last = made && before.get(undeclaredKey(made));
  return last && sameData(last, made) ? last : made;
}

const isUndeclared = ({ name }: DriftResource): boolean => name === undefined;

/** What tells an undeclared resource from others. */
export function undeclaredKey({ kind, id, region, account, path }: DriftResource): string {
  return JSON.stringify([kind, id, region, account, path]);
}

/** A declared resource that was resolved to what it was before. */
function saysTheSame(before: DriftResource, now: ResolvedResource): boolean {
  return (
    before.kind === now.kind &&
    before.id === now.id &&
    before.region === now.region &&
    before.account === now.account &&
    now.span === undefined &&
    sameData(before.expect, now.expect)
  );
}

function openFinding({ openId, path, name }: ResolvedResource, entry: Entry): Finding | undefined {
  if (!openId) return undefined;
  return {
    code: 'unchecked/undecided',
    severity: catalogueRow('unchecked/undecided').severity,
    message: `${name ?? openId.text} was not checked: its id ${openId.text} has no value yet. ${openId.why}`,
    file: entry.file,
    document: entry.document.index,
    path: [...path, 'id'],
  };
}

function driftResource(resolved: ResolvedResource, entry: Entry): DriftResource | undefined {
  if (resolved.id === undefined || resolved.id === '' || resolved.kind === '') return undefined;
  // People type while a look-up runs: the piece of a text is kept relative to the text.
  const start = resolved.span && nodeAt(entry.document, resolved.path)?.start;
  const span =
    resolved.span && start !== undefined
      ? { start: resolved.span.start - start, end: resolved.span.end - start }
      : undefined;
  return {
    ...(resolved.name === undefined ? {} : { name: resolved.name }),
    kind: resolved.kind,
    id: resolved.id,
    ...(resolved.region === undefined ? {} : { region: resolved.region }),
    ...(resolved.account === undefined ? {} : { account: resolved.account }),
    expect: resolved.expect,
    path: resolved.path,
    ...(span ? { span, relative: true } : {}),
  };
}
