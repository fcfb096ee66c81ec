/** Which commands put data back: the steps that must be verified, and must not be aimed at production. */

import type { RunbookView } from '../runbookView.ts';
import { anyOf } from '../../anyOf.ts';
import { type CommandText } from './commands.ts';

/** What a pipe may lead through to the program that reads it. */
const THROUGH = String.raw`\|\s*(?:(?:sudo|ssh|kubectl|oc|docker|podman|su|runuser)\b[^|]{0,300}\s)?`;
/** A file as standard input: what stands behind a blank, is no text in place and no name between brackets. */
const INPUT = String.raw`\s<\s*[^<\s(]`;
/** Each with what a text in lower case must hold one of for a closer look at the pattern; bounded, as in `destroys.ts`. */
const RESTORERS: readonly (readonly [words: readonly string[], pattern: RegExp, program: string])[] = [
  [['pg_restore'], /\bpg_restore\b/u, 'pg_restore'],
  [
    ['psql'],
    new RegExp(String.raw`\bpsql\b(?=[^|]{0,999}(?:\s-f\b|\s--file\b|${INPUT}))|${THROUGH}psql\b`, 'u'),
    'psql',
  ],
  [
    ['mysql', 'mariadb'],
    new RegExp(
      String.raw`\b(?:mysql|mariadb)\b(?=[^|]{0,9999}(?:${INPUT}|\bsource\s))|${THROUGH}(?:mysql|mariadb)\b`,
      'u',
    ),
    'mysql',
  ],
  [['mongorestore'], /\bmongorestore\b/u, 'mongorestore'],
  [['pgbackrest'], /\bpgbackrest\b.{0,999}\brestore\b/u, 'pgbackrest restore'],
  [['restic'], /\brestic\b.{0,999}\srestore\s/u, 'restic restore'],
  [['backup-fetch'], /\bwal-g\b.{0,999}\bbackup-fetch\b/u, 'wal-g backup-fetch'],
  [['barman'], /\bbarman\b.{0,999}\brecover\b/u, 'barman recover'],
  [['-back'], /\b(?:mariadb-backup|mariabackup|xtrabackup)\b.{0,999}--(?:copy|move)-back/u, 'copy-back'],
  [['restore-db-'], /\brestore-db-(?:instance|cluster)-(?:from|to)-[\w-]+/u, 'aws rds restore'],
  [['restore-table-'], /\brestore-table-(?:from-backup|to-point-in-time)\b/u, 'aws dynamodb restore'],
  [['start-restore-job'], /\bstart-restore-job\b/u, 'aws backup start-restore-job'],
  [['velero'], /\bvelero\s+(?:--?\S+\s+){0,9}(?:restore\s+create|create\s+restore)\b/u, 'velero restore'],
  [['redis-cli'], /\bredis-cli\b.{0,999}--pipe\b/u, 'redis-cli --pipe'],
  [['gcloud'], /\bgcloud\s+sql\s+(?:backups\s+restore|import)\b/u, 'gcloud sql'],
  [['az '], /\baz\s+(?:postgres|mysql|sql)\b.{0,999}\brestore\b/u, 'az restore'],
  [['etcdctl'], /\betcdctl\b.{0,999}\bsnapshot\s+restore\b/u, 'etcdctl snapshot restore'],
  [['raft', 'consul'], /\b(?:vault\s+operator\s+raft|consul)\s+snapshot\s+restore\b/u, 'snapshot restore'],
  [['borg'], /\bborg\s+extract\b/u, 'borg extract'],
  [
    ['duplicity', 'rdiff-backup', 'clickhouse-backup', 'influx'],
    /\b(?:duplicity|rdiff-backup|clickhouse-backup|influx)\s+(?:--\S+\s+){0,9}restore\b/u,
    'its restore',
  ],
  [['sqlcmd'], /\bsqlcmd\b.{0,999}\brestore\s+database\b/iu, 'sqlcmd'],
  [['impdp'], /\bimpdp\b/u, 'impdp'],
  [
    ['sqlite3'],
    new RegExp(String.raw`\bsqlite3\b(?=[^|]{0,999}(?:${INPUT}|\.restore\b|\.read\b))|${THROUGH}sqlite3\b`, 'u'),
    'sqlite3',
  ],
  [['receive'], /\b(?:zfs|btrfs)\s+receive\b/u, 'receive'],
  [['sstableloader'], /\bsstableloader\b/u, 'sstableloader'],
  [['neo4j-admin'], /\bneo4j-admin\b.{0,300}\s(?:load|restore)\b/u, 'neo4j-admin'],
  [['/_restore'], /\bcurl\b.{0,999}\/_snapshot\/[^\s"']+\/_restore\b/u, 'the snapshot API'],
  // Out of one bucket into another: down to a folder is a fetch.
  [['s3://'], /\baws\s+s3\s+(?:sync|cp)\s(?:[^|]{0,300}\s)?["']?s3:\/\/\S+\s+["']?s3:\/\//u, 'aws s3'],
  // Into a folder that a service reads: the working folder and the temporary ones are on the way there.
  [
    ['tar'],
    /\btar\s+(?:-?[a-zA-Z]{0,9}x[a-zA-Z]{0,9}|--extract)\s[^|]{0,999}(?:-C|--directory)[= ]?\s*["']?\/(?!tmp\b|var\/tmp\b)/u,
    'tar',
  ],
];

/** A cheap look first. */
const WORDS = anyOf(RESTORERS.flatMap(([words]) => words));

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
  return command.simple().flatMap((simple): readonly Restore[] => {
    const program = restores(simple, simple.toLowerCase());
    return program === undefined ? [] : [{ simple, program }];
  });
}

/** The program by which a simple command restores data, or undefined where it restores none. `low` is it in lower case. */
function restores(command: string, low: string): string | undefined {
  // pg_restore without a target only lists or prints.
  if (
    low.includes('pg_restore') &&
    /\bpg_restore\b/u.test(command) &&
    !/\s(?:-d|--dbname)\b/u.test(command) &&
    !/\|\s*psql\b/u.test(command)
  )
    return undefined;
  // A file of questions is no restore.
  if (
    low.includes('psql') &&
    /\bpsql\b/u.test(command) &&
    /check|verif|valid|smoke|test|count|report|assert/u.test(low)
  )
    return undefined;
  for (const [words, pattern, program] of RESTORERS)
    if (words.some((word) => low.includes(word)) && pattern.test(command)) return program;
  return undefined;
}
