/** Which commands destroy something that can't be had back. */

import { anyOf } from '../../anyOf.ts';
import { callStarts, joinedLines, programOf } from './shell.ts';

/** Where a step may clear: a folder for the while, or what the restore itself is aimed at. */
const OWN = String.raw`(?!["']?(?:\/?(?:var\/)?tmp\b|~\/\.cache\b|\$\(mktemp|\$\{?\w*(?:tmp|temp|work|scratch|stag|target)))`;

/**
 * In lower case, what a text must hold one of for a closer look at the pattern beside it. What lies between a
 * command and its option is bounded: unbounded, a text of the same word over and over takes the square of its length.
 */
const DESTRUCTIVE: readonly (readonly [readonly string[], RegExp])[] = [
  [
    ['drop'],
    /\bdrop\s+(?:database|table|schema|tablespace|owned|collection|keyspace)\b(?:\s+if\s+exists\b)?(?:\s*\\?["`][^;"`\n]{0,99}["`]|[^;'"\n]*)/iu,
  ],
  [['dropdb'], /\bdropdb\b[^;|&\n]*/u],
  [['truncate'], /\btruncate\s+(?:table\s+)?[a-z_][\w.]*/iu],
  [['truncate'], /\btruncate\s+(?:-s|--size)[= ]?0\b[^;|&\n]*/u],
  [['delete'], /\bdelete\s+from\s+[\w."]+\s*(?=;|'|"|$)/imu],
  [['drop', 'deletemany'], /\bdropDatabase\s*\(|\bdb\.[\w.]+\.(?:drop\s*\(|deleteMany\s*\(\s*\{\s*\})/u],
  [['flush'], /\b(?:flushall|flushdb)\b/iu],
  [
    ['rm'],
    new RegExp(
      String.raw`\brm\s+(?:-[\w-]{0,30}\s+){0,9}(?:-[a-z]{0,20}r[a-z]{0,20}|--recursive)\s+(?:-[\w-]{0,30}\s+){0,9}${OWN}["']?[/~$][^\s;|&]*`,
      'iu',
    ),
  ],
  [
    ['find'],
    new RegExp(
      String.raw`\bfind\s+${OWN}["']?[/~$][^;|&\n]{0,999}\s-(?:delete\b|exec\s+(?:sudo\s+)?rm\b)[^;|&\n]*`,
      'iu',
    ),
  ],
  [['shred'], /\bshred\s+[^;|&\n]+/u],
  [['s3'], /\baws\s+s3\s+(?:rb\b[^;|&\n]*|rm\b[^;|&\n]{0,999}--recursive|sync\b[^;|&\n]{0,999}--delete)/u],
  [
    ['aws'],
    /\baws\s+(?:--[\w-]+(?:=\S+|\s+(?!-)\S+)?\s+){0,9}[\w-]+\s+(?:delete-(?:db-(?:instance|cluster|snapshot|cluster-snapshot)|table|backup|bucket|objects?|stack|volume|snapshot|recovery-point|backup-vault|file-system|replication-group|cache-cluster|cluster|secret)|terminate-instances|schedule-key-deletion)(?=\s|$)/u,
  ],
  [['rsync'], /\brsync\b[^;|&\n]{0,999}\s--del(?:ete(?:-\w+)*)?(?=\s)[^;|&\n]*/u],
  [['terraform'], /\bterraform\s+(?:destroy\b|apply\b[^;|&\n]{0,999}-destroy)/u],
  [['kubectl'], /\bkubectl\s+(?:[^;|&\n]{0,999}\s)?delete\s+(?!(?:pods?|po|jobs?)(?![\w-]))[^;|&\n]+/u],
  [['helm'], /\bhelm\s+(?:uninstall|delete)\b[^;|&\n]*/u],
  [['volume'], /\b(?:docker|podman)\s+(?:volume\s+(?:rm|prune)\b[^;|&\n]*|system\s+prune\b[^;|&\n]{0,999}--volumes)/u],
  [['down'], /\b(?:docker|podman)(?:\s+|-)compose\b[^;|&\n]{0,300}\sdown\b[^;|&\n]{0,300}\s(?:-v|--volumes)\b/u],
  [['pg_restore'], /\bpg_restore\b(?![^;|&\n]{0,999}\$\{?TARGET)[^;|&\n]{0,999}\s(?:--clean|-c)\b/u],
  [['mongorestore'], /\bmongorestore\b(?![^;|&\n]{0,999}\$\{?TARGET)[^;|&\n]{0,999}\s--drop\b/u],
  [['mkfs', 'wipefs', 'blkdiscard'], /\b(?:mkfs(?:\.\w+)?|wipefs|blkdiscard)\s[^;|&\n]+/u],
  [['of=/dev/'], /\bdd\b[^;|&\n]{0,999}\bof=\/dev\/(?!null\b)\w+/u],
  [
    ['zfs', 'zpool', 'lvremove', 'vgremove'],
    /\b(?:zfs\s+(?:destroy|rollback)|zpool\s+destroy|[lv][vg]remove)\s[^;|&\n]+/u,
  ],
  [['restic', 'borg'], /\b(?:restic\b[^;|&\n]{0,300}\s(?:forget|prune)|borg\s+(?:delete|prune))\b[^;|&\n]*/u],
  [['pgbackrest'], /\bpgbackrest\b[^;|&\n]{0,999}\s(?:stanza-delete|expire)\b/u],
  [['velero', 'wal-g', 'barman'], /\b(?:velero\s+(?:[\w-]+\s+)?|wal-g\s+|barman\s+)delete\b[^;|&\n]*/u],
  [
    ['gcloud'],
    /\bgcloud\s+(?:sql\s+(?:instances|databases|backups)|compute\s+(?:disks|snapshots|instances))\s+delete\b/u,
  ],
  [['gs://'], /\b(?:gsutil\s+(?:-m\s+)?|gcloud\s+storage\s+)rm\s+(?:-[rR]\b|--recursive)/u],
  [['mc ', 'rclone'], /\b(?:mc\s+rm\b[^;|&\n]{0,999}--recursive|rclone\s+(?:delete|purge)\s[^;|&\n]+)/u],
  [['curl'], /\bcurl\b[^;|&\n]{0,999}\s(?:-X\s?|--request[= ]\s?)["']?DELETE\b/u],
  [['etcdctl', 'rabbitmqctl'], /\b(?:etcdctl\b[^;|&\n]{0,300}\sdel|rabbitmqctl\s+(?:force_)?reset)\b[^;|&\n]*/u],
  [['az '], /\baz\s+[\w-]+(?:\s+[\w-]+){0,9}\s+delete\b/u],
];

/** A cheap look first. */
const WORDS = anyOf(DESTRUCTIVE.flatMap(([words]) => words));
/** What a drill, a dry run or the restore itself made may go: it bears the name of a scratch thing. */
const MADE = /\b\w*(?:scratch|[_-]tmp|temp_|sandbox|drill_)\w*|[_-]restored\b|\brestored[_-]|\$\{?TARGET/iu;
/** The same of a place that is named by itself. */
const OWN_PLACE = new RegExp(`^${OWN.replace('(?!', '(?:')}`, 'iu');
/** Variables that hold a temporary place. */
const TEMPORARY = /(?<![\w$])([A-Za-z_]\w{0,63})=["']?(?:\$\(\s*mktemp\b|\/(?:var\/)?tmp\b)/gu;
/** Programs that read or write a text and do nothing that it says. */
const READS: ReadonlySet<string> = new Set(['grep', 'egrep', 'fgrep', 'zgrep', 'rg', 'sed', 'awk', 'logger']);
const WRITES: ReadonlySet<string> = new Set(['echo', 'printf']);

/** The first thing in a text that destroys, as written; undefined where there is none. `low` is the text in lower case. */
export function destroys(text: string, low = text.toLowerCase()): string | undefined {
  if (!WORDS.test(low)) return undefined;
  const joined = joinedLines(text);
  for (const [words, pattern] of DESTRUCTIVE) {
    if (!words.some((word) => low.includes(word)) || !pattern.test(joined)) continue;
    const isTalk = talkIn(joined);
    for (const found of joined.matchAll(new RegExp(pattern, `${pattern.flags}g`))) {
      if (!isMade(found, joined) && !isTalk(found.index)) return found[0].trim();
    }
  }
  return undefined;
}

/** Where rsync copies to stands last; what it copies from may have any name. */
function targetOf(command: string): string | undefined {
  if (!command.startsWith('rsync')) return undefined;
  const whole = command.replace(/\$\([^()]*\)/gu, (inside) => inside.replace(/\s+/gu, '_'));
  const words = whole.trim().split(/\s+/u);
  return words.filter((word) => !/^\d?>/u.test(word)).at(-1);
}

/** Whether what is destroyed was made for the while. */
function isMade(found: RegExpMatchArray, text: string): boolean {
  const where = targetOf(found[0]);
  if (where !== undefined && OWN_PLACE.test(where)) return true;
  const place = where ?? found[0];
  if (MADE.test(place)) return true;
  if (!place.includes('$')) return false;
  return [...text.matchAll(TEMPORARY)].some(([, name = '']) => new RegExp(`\\$\\{?${name}\\b`, 'u').test(place));
}

/** Whether the words at an index are only looked for or shown: not where they are piped on to what may do them. Asked in order. */
function talkIn(text: string): (index: number) => boolean {
  const startOf = callStarts(text);
  let last = -1;
  let isTalk = false;
  return (index) => {
    const start = startOf(index);
    if (start === last) return isTalk;
    last = start;
    const call = text.slice(start);
    const program = programOf(call.trimStart());
    isTalk = READS.has(program) || (WRITES.has(program) && !/^[^;&\n]*\|(?!\|)/u.test(call));
    return isTalk;
  };
}
