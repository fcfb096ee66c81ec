/** Mends of backups and of the resources that they come from and lie in. */
import { nodeAt, resolved } from '../../../core/document/navigate.ts';
import { asMap, asText, asTexts, dig } from '../../../core/references/read.ts';
import { keysAt } from '../../../core/schema/navigate.ts';
import type { Entry } from '../../../core/workspace.ts';
import { exampleOf } from '../../completion/snippets.ts';
import { quotedIfNeeded } from '../../markdown.ts';
import { objectivesOf } from '../../objectives.ts';
import { formatDuration } from '../../../core/values/duration.ts';
import { indentOf, insertKey, newLine } from '../insert.ts';
import { setKey, yamlText, type Mender } from './mend.ts';

/** A metric and an alert named after the backup: a start, for people to put their own in place of. */
export const addHealth: Mender = (_context, entry, finding) => {
  const backup = String(finding.path[1] ?? '');
  if (!/^[\w.-]+$/u.test(backup) || nodeAt(entry.document, ['backups', backup, 'health'])) return [];
  const job = `${entry.name ?? 'backup'}-${backup}`;
  const value = `{ metric: 'backup_last_success{job="${job}"}', alert: "pagerduty:${job}" }`;
  return [
    {
      title: 'Add a health metric and an alert, to adjust',
      edits: [insertKey(entry, ['backups', backup], 'health', value)],
    },
  ];
};

const SUFFIXES: Readonly<Record<string, string>> = {
  pg_dump: '.dump',
  mysqldump: '.sql*',
  'mariadb-dump': '.sql*',
  sqlite: '.db*',
};

export const addMatch: Mender = (_context, entry, finding) => {
  const backup = String(finding.path[1] ?? '');
  const value = dig(entry.document.value, 'backups', backup);
  const tool = asText(dig(value, 'tool')) ?? '';
  const match = `${asText(dig(value, 'database')) ?? backup}-*${Object.hasOwn(SUFFIXES, tool) ? (SUFFIXES[tool] ?? '') : ''}`;
  return [
    {
      title: `Match ${match} only`,
      edits: [insertKey(entry, ['backups', backup, 'in'], 'match', JSON.stringify(match))],
    },
  ];
};

/** The version that dry runs restore into already, else the live one. */
export const expectVersion: Mender = (context, entry, finding) => {
  const name = String(finding.path[1] ?? '');
  const live = context.live.resourcesOf(context.file).find((each) => each.name === name)?.observation;
  const fact = live?.state === 'found' && Object.hasOwn(live.facts, 'version') ? live.facts['version'] : undefined;
  const seen = fact && 'value' in fact ? asText(fact.value) : undefined;
  const version = seen ?? triedVersion(entry, name);
  if (version === undefined) return [];
  const title =
    seen === undefined ? `Expect version ${version}, as the dry run restores` : `Expect version ${version}, as is live`;
  return [{ title, edits: [insertKey(entry, ['resources', name, 'expect'], 'version', JSON.stringify(version))] }];
};

function triedVersion(entry: Entry, source: string): string | undefined {
  for (const run of Object.values(asMap(dig(entry.document.value, 'dryRuns')))) {
    const backup = asText(dig(run, 'backup')) ?? '';
    if (asText(dig(entry.document.value, 'backups', backup, 'of')) !== source) continue;
    const version = asText(dig(run, 'sandbox', 'version'));
    if (version !== undefined && /^\d[\w.-]*$/u.test(version)) return version;
  }
  return undefined;
}

/** Declares the expectations that a policy requires, with the strictest value that the schema shows first. */
export const declareExpectations: Mender = (_context, entry, finding) => {
  const missing = asTexts(finding.data?.['missing']);
  const resource = String(finding.path[1] ?? '');
  const path = ['resources', resource, 'expect'];
  const keys = keysAt('Runbook', path, entry.document.value);
  const pairs = missing.flatMap((name) => {
    const key = keys.find((each) => each.name === name);
    return key ? [[name, exampleOf(key.schema)] as const] : [];
  });
  const [first] = pairs;
  if (!first) return [];
  const node = resolved(nodeAt(entry.document, path));
  const block = node?.kind === 'map' && !node.flow ? node.pairs[0] : undefined;
  const between = block ? `${newLine(entry)}${indentOf(entry, block.key.start)}` : ', ';
  const value = pairs.map(([name, text], index) => (index === 0 ? text : `${name}: ${text}`)).join(between);
  return [{ title: `Expect ${missing.join(', ')}`, edits: [insertKey(entry, path, first[0], value)] }];
};

/** A role of the runbook that writes no backup. */
export const chooseRestoreRole: Mender = (_context, entry) => {
  const backups = Object.values(asMap(dig(entry.document.value, 'backups')));
  const writers = new Set(backups.flatMap((backup) => asText(dig(backup, 'role')) ?? []));
  const resources = asMap(dig(entry.document.value, 'resources'));
  // Another name of the role that writes is no other role.
  const ids = new Set(
    [...writers].flatMap((name) => asText(dig(resources, name, 'id'))?.replace(/^arn:.*\//u, '') ?? []),
  );
  const isWriter = (name: string, resource: unknown): boolean =>
    writers.has(name) || ids.has(asText(dig(resource, 'id'))?.replace(/^arn:.*\//u, '') ?? '');
  return Object.entries(resources).flatMap(([name, resource]) =>
    asText(dig(resource, 'kind')) === 'aws/iam-role' && !isWriter(name, resource)
      ? [{ title: `Restore with role ${name}`, edits: [setKey(entry, ['restore'], 'role', quotedIfNeeded(name))] }]
      : [],
  );
};

/** A copy in another bucket of the runbook, the farthest first: of another account or region where that is what lacks. */
export const addCopy: Mender = (context, entry, finding) => {
  const backup = String(finding.path[1] ?? '');
  const { value } = entry.document;
  const resource = (name: string | undefined, key: string): string | undefined =>
    name === undefined ? undefined : asText(dig(value, 'resources', name, key));
  const source = asText(dig(value, 'backups', backup, 'of'));
  const used = Object.values(asMap(dig(value, 'backups'))).flatMap((each) => asText(dig(each, 'in', 'bucket')) ?? []);
  const differs = finding.code.endsWith('-account')
    ? 'account'
    : finding.code.endsWith('-region')
      ? 'region'
      : undefined;
  const prefix = asText(dig(value, 'backups', backup, 'in', 'prefix'));
  const { rpoMs } = objectivesOf(entry, context.workspace);
  const within = rpoMs === undefined ? '2h' : formatDuration(rpoMs).replaceAll(' ', '');
  const near = (bucket: string): number =>
    ['region', 'account'].filter((key) => resource(bucket, key) === resource(source, key)).length;
  const buckets = Object.keys(asMap(dig(value, 'resources'))).filter(
    (name) => resource(name, 'kind') === 'aws/s3-bucket' && !used.includes(name),
  );
  buckets.sort((one, other) => near(one) - near(other));
  return buckets.flatMap((bucket) => {
    if (differs && (resource(bucket, differs) === undefined || resource(bucket, differs) === resource(source, differs)))
      return [];
    const name = `${backup}-copy`;
    if (nodeAt(entry.document, ['backups', name])) return [];
    const place = prefix === undefined ? yamlText(bucket) : `${yamlText(bucket)}, prefix: ${yamlText(prefix)}`;
    const text = `{ copyOf: ${yamlText(backup)}, in: { bucket: ${place} }, within: ${within} }`;
    return [{ title: `Copy it to ${bucket} as well`, edits: [insertKey(entry, ['backups'], yamlText(name), text)] }];
  });
};
