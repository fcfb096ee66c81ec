/** A runbook as drift sees it: its resources, what it does with them, and the questions they raise. */
import { resourcesOf, type ResolvedResource } from '../references/effective.ts';
import { policyOf } from '../references/policy.ts';
import type { Finding, Severity } from '../finding.ts';
import { catalogueRow } from '../rules/catalogue.ts';
import { nodeAt } from '../document/navigate.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { environmentFor } from './environments.ts';
import type { LookupRequest } from './observation.ts';
import { requestOf } from './requests.ts';
import { backupsOf, restoreOf, type DriftResource } from './resource.ts';
import { upgradesOf } from './upgrades.ts';
import type { DriftContext } from './kinds/kind.ts';

export interface Subject {
  readonly entry: Entry;
  readonly resources: readonly { readonly resource: DriftResource; readonly request: LookupRequest | undefined }[];
  readonly context: Omit<DriftContext, 'observations'>;
  /** Resources that can't be asked about, since their id has no value yet. */
  readonly open: readonly Finding[];
  /** Codes that the policy switched off. */
  readonly off: ReadonlySet<string>;
}

/**
 * The runbook of `entry`, ready to be asked about. Resources without an id are left out, and those whose id is only known
 * later are told; an expression that is wrong is a finding of its own without any look-up.
 */
export function subjectOf(entry: Entry, workspace: Workspace): Subject {
  const environment = environmentFor(entry, workspace);
  const all = resourcesOf(entry, workspace);
  const resolved = all.flatMap((each) => driftResource(each, entry) ?? []);
  const severity = policyOf(entry, workspace)?.severity ?? {};
  const backups = backupsOf(entry.document.value);
  const resources = new Map(resolved.flatMap((each) => (each.name === undefined ? [] : [[each.name, each] as const])));
  const context: Omit<DriftContext, 'observations'> = {
    file: entry.file,
    document: entry.document.index,
    now: 0,
    backups,
    restore: restoreOf(entry.document.value),
    resources,
    upgrades: upgradesOf(entry.document.value, environment?.value, backups, resources),
    environment: environment?.value,
    severities: Object.fromEntries(
      Object.entries(severity).filter((each): each is [string, Severity] => each[1] !== 'off'),
    ),
  };
  return {
    entry,
    context,
    open: all.flatMap((each) => openFinding(each, entry) ?? []),
    off: new Set(Object.keys(severity).filter((code) => severity[code] === 'off' && !code.startsWith('unchecked/'))),
    resources: resolved.map((resource) => ({
      resource,
      request: requestOf(resource, context, environment?.name ?? ''),
    })),
  };
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
