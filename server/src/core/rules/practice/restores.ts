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
  'borg',
  'impdp',
  'sqlite3',
  'receive',
  'sstableloader',
  'neo4j-admin',
  's3 sync',
  's3 cp',
  'tar',
]);
/** What a pipe may lead through to the program that reads it. */
const THROUGH = String.raw`\|\s*(?:(?:sudo|ssh|kubectl|oc|docker|podman|su|runuser)\b[^|]{0,300}\s)?`;
/** A file as standard input: what stands behind a blank, is no text in place and no name between brackets. */
const INPUT = String.raw`\s<\s*[^<\s(]`;
/** Bounded, as in `destroys.ts`. */
const RESTORERS: readonly (readonly [RegExp, string])[] = [
  [/\bpg_restore\b/u, 'pg_restore'],
  [new RegExp(String.raw`\bpsql\b(?=[^|]{0,999}(?:\s-f\b|\s--file\b|${INPUT}))|${THROUGH}psql\b`, 'u'), 'psql'],
  [
    new RegExp(
      String.raw`\b(?:mysql|mariadb)\b(?=[^|]{0,9999}(?:${INPUT}|\bsource\s))|${THROUGH}(?:mysql|mariadb)\b`,
      'u',
    ),
    'mysql',
  ],
  [/\bmongorestore\b/u, 'mongorestore'],
  [/\bpgbackrest\b.{0,999}\brestore\b/u, 'pgbackrest restore'],
  [/\brestic\b.{0,999}\srestore\s/u, 'restic restore'],
  [/\bwal-g\b.{0,999}\bbackup-fetch\b/u, 'wal-g backup-fetch'],
  [/\bbarman\b.{0,999}\brecover\b/u, 'barman recover'],
  [/\b(?:mariadb-backup|mariabackup|xtrabackup)\b.{0,999}--(?:copy|move)-back/u, 'copy-back'],
  [/\brestore-db-(?:instance|cluster)-(?:from|to)-[\w-]+/u, 'aws rds restore'],
  [/\brestore-table-(?:from-backup|to-point-in-time)\b/u, 'aws dynamodb restore'],
  [/\bstart-restore-job\b/u, 'aws backup start-restore-job'],
  [/\bvelero\s+(?:--?\S+\s+){0,9}(?:restore\s+create|create\s+restore)\b/u, 'velero restore'],
  [/\bredis-cli\b.{0,999}--pipe\b/u, 'redis-cli --pipe'],
  [/\bgcloud\s+sql\s+(?:backups\s+restore|import)\b/u, 'gcloud sql'],
  [/\baz\s+(?:postgres|mysql|sql)\b.{0,999}\brestore\b/u, 'az restore'],
  [/\betcdctl\b.{0,999}\bsnapshot\s+restore\b/u, 'etcdctl snapshot restore'],
  [/\b(?:vault\s+operator\s+raft|consul)\s+snapshot\s+restore\b/u, 'snapshot restore'],
  [/\bborg\s+extract\b/u, 'borg extract'],
  [/\b(?:duplicity|rdiff-backup|clickhouse-backup|influx)\s+(?:--\S+\s+){0,9}restore\b/u, 'its restore'],
  [/\bsqlcmd\b.{0,999}\brestore\s+database\b/iu, 'sqlcmd'],
  [/\bimpdp\b/u, 'impdp'],
  [
    new RegExp(String.raw`\bsqlite3\b(?=[^|]{0,999}(?:${INPUT}|\.restore\b|\.read\b))|${THROUGH}sqlite3\b`, 'u'),
    'sqlite3',
  ],
  [/\b(?:zfs|btrfs)\s+receive\b/u, 'receive'],
  [/\bsstableloader\b/u, 'sstableloader'],
  [/\bneo4j-admin\b.{0,300}\s(?:load|restore)\b/u, 'neo4j-admin'],
  [/\bcurl\b.{0,999}\/_snapshot\/[^\s"']+\/_restore\b/u, 'the snapshot API'],
  // Out of one bucket into another: down to a folder is a fetch.
  [/\baws\s+s3\s+(?:sync|cp)\s(?:[^|]{0,300}\s)?["']?s3:\/\/\S+\s+["']?s3:\/\//u, 'aws s3'],
  // Into a folder that a service reads: the working folder and the temporary ones are on the way there.
  [
    /\btar\s+(?:-?[a-zA-Z]{0,9}x[a-zA-Z]{0,9}|--extract)\s[^|]{0,999}(?:-C|--directory)[= ]?\s*["']?\/(?!tmp\b|var\/tmp\b)/u,
    'tar',
  ],
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
