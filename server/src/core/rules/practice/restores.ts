/** Which commands put data back: the steps that must be verified, and must not be aimed at production. */

import type { RunbookView } from '../runbookView.ts';
import { anyOf } from '../anyOf.ts';
import { type CommandText } from './commands.ts';

/** A cheap look first: without one of these words nothing below fits. */
const WORDS = anyOf([
  'restore',
  'gcloud sql import',
  'psql',
  'mysql',
  'mariadb',
  'backup-fetch',
  'recover',
  '-back',
  'redis-cli',
]);
/** Bounded, as in `destroys.ts`. */
const RESTORERS: readonly (readonly [RegExp, string])[] = [
  [/\bpg_restore\b/u, 'pg_restore'],
  [/\bpsql\b(?=[^|]{0,999}(?:\s-f\b|\s--file\b|<))|\|\s*psql\b/u, 'psql'],
  [/\b(?:mysql|mariadb)\b(?=[^|]{0,9999}<)|\|\s*(?:mysql|mariadb)\b/u, 'mysql'],
  [/\bmongorestore\b/u, 'mongorestore'],
  [/\bpgbackrest\b.{0,999}\brestore\b/u, 'pgbackrest restore'],
  [/\brestic\b.{0,999}\brestore\b/u, 'restic restore'],
  [/\bwal-g\b.{0,999}\bbackup-fetch\b/u, 'wal-g backup-fetch'],
  [/\bbarman\b.{0,999}\brecover\b/u, 'barman recover'],
  [/\b(?:mariadb-backup|mariabackup|xtrabackup)\b.{0,999}--(?:copy|move)-back/u, 'copy-back'],
  [/\brestore-db-(?:instance|cluster)-(?:from|to)-[\w-]+/u, 'aws rds restore'],
  [/\brestore-table-(?:from-backup|to-point-in-time)\b/u, 'aws dynamodb restore'],
  [/\bstart-restore-job\b/u, 'aws backup start-restore-job'],
  [/\bvelero\b.{0,999}\brestore\b/u, 'velero restore'],
  [/\bredis-cli\b.{0,999}--pipe\b/u, 'redis-cli --pipe'],
  [/\bgcloud\s+sql\s+(?:backups\s+restore|import)\b/u, 'gcloud sql'],
  [/\baz\s+(?:postgres|mysql|sql)\b.{0,999}\brestore\b/u, 'az restore'],
  [/\betcdctl\b.{0,999}\bsnapshot\s+restore\b/u, 'etcdctl snapshot restore'],
];

/** A simple command that restores, and by what program. */
export interface Restore {
  readonly simple: string;
  readonly program: string;
}

/** The simple commands of a text that restore; looked for once a view. */
export function restoresIn(view: RunbookView, command: CommandText): readonly Restore[] {
  const known = view.memo('restores', () => new Map<CommandText, readonly Restore[]>());
  const found = known.get(command) ?? findRestores(command);
  known.set(command, found);
  return found;
}

function findRestores(command: CommandText): readonly Restore[] {
  if (!WORDS.test(command.low)) return [];
  const simples = command.simple();
  return simples.flatMap((simple): readonly Restore[] => {
    // Of a single command it has just been seen that a word is there.
    const program = simples.length === 1 || WORDS.test(simple.toLowerCase()) ? restores(simple) : undefined;
    return program === undefined ? [] : [{ simple, program }];
  });
}

/** The program by which a simple command restores data, or undefined where it restores none. */
function restores(command: string): string | undefined {
  // pg_restore without a target only lists or prints.
  if (/\bpg_restore\b/u.test(command) && !/\s(?:-d|--dbname)\b/u.test(command) && !/\|\s*psql\b/u.test(command))
    return undefined;
  // A file of questions is no restore.
  if (/\bpsql\b/u.test(command) && /(?:check|verif|valid|smoke|test|count|report|assert)/iu.test(command))
    return undefined;
  return RESTORERS.find(([pattern]) => pattern.test(command))?.[1];
}
