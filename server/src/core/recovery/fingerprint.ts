/** What of a runbook a passed restore has proven, as one hash: when it changes, the proof no longer holds. */
import { dataOf, isData, listOf, namedMaps, type Data } from '../rules/read.ts';
import { sha256 } from './sha256.ts';

/** Keys that say how a backup is read back; when, how long and by whom it is made does not change the restore. */
const BACKUP_KEYS = [
  'of',
  'database',
  'databases',
  'tool',
  'in',
  'copyOf',
  'continuous',
  'decrypt',
  'strategy',
  'replica',
];
const RESOURCE_KEYS = ['kind', 'id', 'region', 'account', 'expect'];
const STEP_KEYS = ['id', 'run', 'manual', 'env', 'verify', 'rollback', 'needs'];
const RESTORE_KEYS = ['role'];
const RUNBOOK_KEYS = ['strategy', 'replica'];

/**
 * SHA-256 (hexadecimal) of the restore sections of a runbook's plain data, normalised: resources with their expectations,
 * how backups are read, the restore's role and steps. Titles, owners, dates, objectives, timeouts and the order of keys
 * don't count; nor do line ends and the white space at the end of lines. Never throws, whatever `value` is.
 */
export function restoreFingerprint(value: unknown): string {
  const runbook = dataOf(value);
  const restore = dataOf(runbook['restore']);
  return sha256(
    canonical({
      resources: each(runbook['resources'], RESOURCE_KEYS),
      backups: each(runbook['backups'], BACKUP_KEYS),
      restore: only(restore, RESTORE_KEYS),
      runbook: only(runbook, RUNBOOK_KEYS),
      steps: listOf(restore['steps']).map((step) => only(dataOf(step), STEP_KEYS)),
    }),
  );
}

function each(value: unknown, keys: readonly string[]): Data {
  return Object.fromEntries(namedMaps(value).map(([name, map]) => [name, only(map, keys)]));
}

function only(map: Data, keys: readonly string[]): Data {
  return Object.fromEntries(keys.filter((key) => map[key] !== undefined).map((key) => [key, map[key]]));
}

/** JSON with sorted keys; texts without carriage returns and trailing white space. */
function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.replace(/[ \t\r]+$/gmu, '').trim());
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isData(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
  }
  if (typeof value === 'bigint') return String(value);
  return value === undefined ? 'null' : JSON.stringify(value);
}
