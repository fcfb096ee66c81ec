/** A runbook as one page for people: everything it refers to is written out, because git and single sign-on may be down. */
import { classAuthority } from '../rules/policy/authority.ts';
import { interpolate } from '../references/evaluate.ts';
import { scopeOf } from '../references/scope.ts';
import { resourcesOf } from '../references/effective.ts';
import { accountNamed, environmentOf } from '../references/environment.ts';
import { at, dataOf, isData, listOf, textOf, written } from '../rules/read.ts';
import type { EvidenceSummary } from '../rules/rule.ts';
import { withoutSecrets } from '../rules/secrets.ts';
import { runbookView, type RunbookView } from '../rules/runbookView.ts';
import { formatDuration } from '../values/duration.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { cadenceOf } from './cadence.ts';
import { stepPath } from './stepPath.ts';

/** A piece of the page; renderers make Markdown or HTML of it. */
export type PagePart =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'code'; readonly text: string; readonly label: string }
  /** Something a person ticks on paper. */
  | { readonly kind: 'check'; readonly text: string };

export interface ExportOptions {
  readonly evidence: EvidenceSummary;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Commit that the page was made of, where known. */
  readonly commit?: string;
}

const LATEST = /\$\{\{\s*backups\.([\w-]+)\.latest\.(\w+)\s*\}\}/gu;

/** The page of a runbook, and behind it those that it depends on, in the order in which they are to be done. */
export function exportPage(workspace: Workspace, entry: Entry, options: ExportOptions): readonly PagePart[] {
  const order = dependencies(workspace, entry);
  const today = new Date(options.now).toISOString().slice(0, 16).replace('T', ' ');
  const parts: PagePart[] = [];
  for (const each of [entry, ...order]) {
    const view = runbookView(workspace, each);
    parts.push(...runbookParts(workspace, view, options, each === entry ? order : undefined));
  }
  const commit = options.commit === undefined ? '' : `, of commit ${options.commit}`;
  parts.push({
    kind: 'text',
    text: `Exported from ${entry.file} on ${today} UTC${commit}. It is as old as that: the repository knows better, while it can be reached.`,
  });
  return parts;
}

/** Runbooks that must be done before, deepest first, each once. */
function dependencies(workspace: Workspace, entry: Entry): readonly Entry[] {
  const order: Entry[] = [];
  const seen = new Set<Entry>([entry]);
  const visit = (from: Entry): void => {
    for (const name of listOf(at(from.document.value, 'restore', 'dependsOn'))) {
      if (typeof name !== 'string') continue;
      const found = workspace.resolve('Runbook', name, from.file);
      if (found.state !== 'found' || seen.has(found.entry)) continue;
      seen.add(found.entry);
      visit(found.entry);
      order.push(found.entry);
    }
  };
  visit(entry);
  return order;
}

function runbookParts(
  workspace: Workspace,
  view: RunbookView,
  options: ExportOptions,
  before: readonly Entry[] | undefined,
): PagePart[] {
  const scope = scopeOf(view.entry, workspace);
  // What is known only while a restore runs is said in words, so that nobody types an expression into a shell.
  const resolve = (text: string): string =>
    withoutSecrets(interpolate(text, scope).text).replace(
      LATEST,
      (_, backup: string, member: string) => `<${member} of the newest backup ${backup}>`,
    );
  const title = textOf(at(view.value, 'metadata', 'title')) ?? view.name;
  const description = textOf(at(view.value, 'metadata', 'description'));
  const parts: PagePart[] = [{ kind: 'heading', level: 1, text: title }];
  if (description !== undefined) parts.push({ kind: 'text', text: description });
  parts.push({ kind: 'table', head: ['', ''], rows: factRows(view, options) });
  if (before && before.length > 0) {
    const names = before.map((each) => textOf(at(each.document.value, 'metadata', 'title')) ?? each.name ?? each.file);
    parts.push({ kind: 'text', text: `First, in this order: ${names.join('; ')}. They are written out below.` });
  }
  const owners = listOf(at(view.value, 'metadata', 'owners')).filter(isData);
  if (owners.length > 0) {
    parts.push(
      { kind: 'heading', level: 2, text: 'Who' },
      {
        kind: 'table',
        head: ['who', 'how to reach them'],
        rows: owners.map((owner) => [textOf(owner['name']) ?? '', textOf(owner['contact']) ?? '']),
      },
    );
  }
  parts.push(...stepParts(view, resolve), ...backupParts(view, resolve), ...resourceParts(workspace, view));
  return parts;
}

function factRows(view: RunbookView, options: ExportOptions): (readonly string[])[] {
  const cadence = cadenceOf(view.value, view.class?.value, options.evidence, options.now);
  const last = cadence.lastPass;
  const took = last?.elapsedMs ?? last?.restoreMs;
  const path = stepPath(view.steps);
  const rows: (readonly [string, string | undefined])[] = [
    ['may be started by', textOf(view.restore['authority']) ?? (classAuthority(view).join(', ') || undefined)],
    ['data class', view.class?.name],
    ['recovery', view.recovery],
    ['may lose (RPO)', view.rpo?.text],
    ['must be back within (RTO)', view.rto?.text],
    [
      'steps may take',
      path.ms > 0
        ? `${formatDuration(path.ms)}${path.untimed.length > 0 ? `, and ${path.untimed.length} steps say no time` : ''}`
        : undefined,
    ],
    [
      'budget',
      isData(view.restore['budget'])
        ? Object.entries(view.restore['budget'])
            .map(([key, value]) => `${key} ${written(value)}`)
            .join(', ')
        : undefined,
    ],
    [
      'last restored',
      last
        ? `${last.finishedAt.slice(0, 10)}, level ${last.level}${took === undefined ? '' : `, in ${formatDuration(Math.max(1000, Math.round(took / 1000) * 1000))}`}`
        : 'never, by the evidence',
    ],
    ['last reviewed', textOf(at(view.value, 'metadata', 'reviewedOn'))],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function stepParts(view: RunbookView, resolve: (text: string) => string): PagePart[] {
  if (view.steps.length === 0) return [];
  const parts: PagePart[] = [{ kind: 'heading', level: 2, text: 'Steps' }];
  view.steps.forEach((step, index) => {
    const limits = [
      step.timeoutMs === undefined ? '' : `at most ${written(step.value['timeout'])}`,
      step.effortMs === undefined ? '' : `takes ${written(step.value['effort'])} of someone's time`,
      step.needs === undefined
        ? ''
        : step.needs.length === 0
          ? 'needs no other step'
          : `after ${step.needs.join(', ')}`,
      textOf(step.value['owner']) === undefined ? '' : `done by ${written(step.value['owner'])}`,
    ].filter((part) => part !== '');
    parts.push({
      kind: 'heading',
      level: 3,
      text: `${index + 1}. ${step.title}${limits.length > 0 ? ` (${limits.join('; ')})` : ''}`,
    });
    if (step.approval)
      parts.push({ kind: 'check', text: `Approved by ${written(step.value['approval'])}: ____________` });
    if (step.manual !== undefined) parts.push({ kind: 'check', text: resolve(step.manual) });
    for (const [name, value] of Object.entries(dataOf(step.value['env']))) {
      const from = isData(value)
        ? textOf(value['env']) === undefined
          ? `the file ${written(value['file'])}`
          : `the variable ${written(value['env'])}`
        : /PASS|PWD|SECRET|TOKEN|KEY/iu.test(name)
          ? 'where it is kept: it does not belong into a runbook'
          : written(value);
      parts.push({ kind: 'text', text: `Set ${name} from ${from}.` });
    }
    if (step.run !== undefined) parts.push({ kind: 'code', label: 'Run', text: resolve(step.run) });
    if (step.verify !== undefined) parts.push({ kind: 'code', label: 'Verify', text: resolve(step.verify) });
    if (step.rollback !== undefined)
      parts.push({ kind: 'code', label: 'If it goes wrong, take it back', text: resolve(step.rollback) });
    if (step.manual === undefined) parts.push({ kind: 'check', text: `Done at ____:____ by ____________` });
  });
  return parts;
}

function backupParts(view: RunbookView, resolve: (text: string) => string): PagePart[] {
  if (view.backups.length === 0) return [];
  const rows = view.backups.map((backup) => {
    const inside = dataOf(backup.value['in']);
    const bucket = view.resources.get(backup.bucket ?? '');
    const place = bucket
      ? `s3://${resolve(bucket.id)}/${textOf(inside['prefix']) ?? ''}`.replace(
          /^s3:/u,
          bucket.kind.startsWith('gcp') ? 'gs:' : 's3:',
        )
      : Object.entries(inside)
          .filter(([, value]) => typeof value === 'string')
          .map(([key, value]) => `${key} ${written(value)}`)
          .join(', ');
    const how =
      backup.copyOf === undefined
        ? [backup.tool, textOf(backup.value['schedule']) ?? (backup.kind === 'continuous' ? 'continuous' : '')]
        : [`copy of ${backup.copyOf}`];
    const decrypt = dataOf(backup.value['decrypt']);
    const key = isData(decrypt['key'])
      ? Object.entries(decrypt['key'])
          .map(([kind, name]) => `${kind} ${written(name)}`)
          .join('')
      : '';
    return [
      backup.name,
      how.filter((part) => part !== '').join(', '),
      place,
      textOf(inside['match']) ?? '',
      textOf(decrypt['with']) === undefined ? '' : `decrypt with ${written(decrypt['with'])}, key in ${key}`,
    ];
  });
  return [
    { kind: 'heading', level: 2, text: 'Backups' },
    { kind: 'table', head: ['backup', 'how', 'where', 'files', 'key'], rows },
  ];
}

function resourceParts(workspace: Workspace, view: RunbookView): PagePart[] {
  const resources = resourcesOf(view.entry, workspace);
  if (resources.length === 0) return [];
  const environment = environmentOf(view.entry, workspace);
  const rows = resources.map((resource) => {
    const cloud = resource.kind.split('/')[0] ?? '';
    const account = environment && accountNamed(environment, resource.account, cloud);
    const database =
      resource.kind.startsWith('database/') && resource.id !== undefined
        ? dataOf(at(environment?.document.value, 'databases', resource.id))
        : {};
    const host = textOf(database['host']);
    const where =
      host === undefined
        ? [account?.id ?? resource.account ?? '', resource.region ?? ''].filter((part) => part !== '').join(' ')
        : `${host}${database['port'] === undefined ? '' : `:${written(database['port'])}`}`;
    const expect = Object.entries(resource.expect)
      .map(([key, value]) => `${key} ${written(value)}`)
      .join(', ');
    return [resource.name ?? 'named in a step', resource.kind, resource.id ?? 'not known', where, expect];
  });
  return [
    { kind: 'heading', level: 2, text: 'What it relies on' },
    { kind: 'table', head: ['name', 'kind', 'id', 'where', 'as it should be'], rows },
  ];
}
