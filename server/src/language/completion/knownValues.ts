/** Values that no schema lists and people know: regions of AWS, usual schedules, folders of the workspace, where a secret is to be had. */
import { keysAt } from '../../core/schema/navigate.ts';
import type { LanguageContext } from '../context.ts';
import type { Cursor } from './cursor.ts';

/** A value, what it is, and what is inserted in its place. */
export interface KnownValue {
  readonly text: string;
  readonly detail: string;
  readonly body?: string;
}

const REGIONS: Readonly<Record<string, string>> = {
  'eu-west-1': 'Ireland',
  'eu-west-2': 'London',
  'eu-west-3': 'Paris',
  'eu-central-1': 'Frankfurt',
  'eu-central-2': 'Zurich',
  'eu-north-1': 'Stockholm',
  'eu-south-1': 'Milan',
  'eu-south-2': 'Spain',
  'us-east-1': 'N. Virginia',
  'us-east-2': 'Ohio',
  'us-west-1': 'N. California',
  'us-west-2': 'Oregon',
  'ca-central-1': 'Montreal',
  'ca-west-1': 'Calgary',
  'sa-east-1': 'São Paulo',
  'mx-central-1': 'Querétaro',
  'ap-east-1': 'Hong Kong',
  'ap-south-1': 'Mumbai',
  'ap-south-2': 'Hyderabad',
  'ap-southeast-1': 'Singapore',
  'ap-southeast-2': 'Sydney',
  'ap-southeast-3': 'Jakarta',
  'ap-southeast-4': 'Melbourne',
  'ap-southeast-5': 'Malaysia',
  'ap-southeast-7': 'Thailand',
  'ap-northeast-1': 'Tokyo',
  'ap-northeast-2': 'Seoul',
  'ap-northeast-3': 'Osaka',
  'me-south-1': 'Bahrain',
  'me-central-1': 'UAE',
  'il-central-1': 'Tel Aviv',
  'af-south-1': 'Cape Town',
};

const SCHEDULES: readonly KnownValue[] = [
  { text: '*/15 * * * *', detail: 'every 15 minutes' },
  { text: '0 * * * *', detail: 'every hour' },
  { text: '0 */6 * * *', detail: 'every 6 hours' },
  { text: '0 3 * * *', detail: 'every day at 03:00' },
  { text: '0 3 * * 0', detail: 'every Sunday at 03:00' },
];

/** Those that fit where a value or an item is typed. */
export function knownValues(
  context: LanguageContext,
  kind: string,
  { path, scalars }: Cursor,
  skeleton: unknown,
): readonly KnownValue[] {
  const last = path.at(-1);
  const list = typeof last === 'number' ? path.at(-2) : undefined;
  const beside = scalars.get(path.length - 1)?.['kind'];
  if (kind === 'Environment' && list === 'regions' && path[0] === 'aws') return regions();
  if (kind === 'Runbook' && last === 'region' && path[0] === 'resources' && beside?.startsWith('aws/') !== false)
    return regions();
  if (kind === 'Policy' && list === 'appliesTo') return folders(context);
  if (kind === 'Runbook' && last === 'schedule' && path[0] === 'backups') return SCHEDULES;
  return typeof last === 'string' ? secrets(kind, path, skeleton) : [];
}

function regions(): readonly KnownValue[] {
  return Object.entries(REGIONS).map(([text, city]) => ({ text, detail: `AWS region, ${city}` }));
}

/** The folders that hold runbooks, as patterns. */
function folders(context: LanguageContext): readonly KnownValue[] {
  const runbooks = context.workspace.entries.filter((entry) => entry.kind === 'Runbook');
  const counts = new Map<string, number>();
  for (const { file } of runbooks) {
    const parts = file.split('/').slice(0, -1);
    for (let depth = 0; depth <= parts.length; depth++) {
      const pattern = [...parts.slice(0, depth), '**'].join('/');
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    }
  }
  return [...counts].map(([text, count]) => ({ text, detail: `${count} ${count === 1 ? 'runbook' : 'runbooks'} now` }));
}

/** A secret never stands in a document: it says from where. */
function secrets(kind: string, path: Cursor['path'], skeleton: unknown): readonly KnownValue[] {
  const names = new Set(keysAt(kind, path, skeleton).map(({ name }) => name));
  if (!names.has('env') || !names.has('file')) return [];
  const variable = path.slice(-2).join('_').replace(/\W+/gu, '_').toUpperCase();
  return [
    { text: 'env', detail: 'from a variable of the environment', body: `{ env: \${1:${variable}} }` },
    { text: 'file', detail: 'from a file', body: '{ file: ${1:path} }' },
  ];
}
