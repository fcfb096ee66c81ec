/** Which commands destroy something that can't be had back. */

import { anyOf } from '../anyOf.ts';
import { joinedLines } from './joinedLines.ts';

/**
 * In lower case, what a text must hold one of for a closer look at the pattern beside it. What lies between a
 * command and its option is bounded: unbounded, a text of the same word over and over takes the square of its length.
 */
const DESTRUCTIVE: readonly (readonly [readonly string[], RegExp])[] = [
  [['drop'], /\bdrop\s+(?:database|table|schema|tablespace|owned|collection|keyspace)\b[^;'"\n]*/iu],
  [['dropdb'], /\bdropdb\b[^;|&\n]*/u],
  [['truncate'], /\btruncate\s+(?:table\s+)?[a-z_][\w.]*/iu],
  [['delete'], /\bdelete\s+from\s+[\w."]+\s*(?=;|'|"|$)/imu],
  [['dropdatabase'], /\bdropDatabase\s*\(/u],
  [['flush'], /\b(?:flushall|flushdb)\b/iu],
  [
    ['rm'],
    /\brm\s+(?:-[a-zA-Z]{0,20}[rR][a-zA-Z]{0,20}\s+){1,9}(?!(?:\/?tmp\b|\$TMP|"?\$\{?TMP|\.\/|[a-z]+\.(?:dump|sql|gz))|-)["']?[/~$][^\s;|&]*/u,
  ],
  [['s3'], /\baws\s+s3\s+(?:rb\b[^;|&\n]*|rm\b[^;|&\n]{0,999}--recursive|sync\b[^;|&\n]{0,999}--delete)/u],
  [
    ['aws'],
    /\baws\s+\S+\s+(?:delete-(?:db-instance|db-cluster|table|bucket|objects?|stack|volume|snapshot|db-snapshot|recovery-point|file-system)|terminate-instances)\b/u,
  ],
  [
    ['rsync'],
    /\brsync\b(?![^;|&\n]{0,999}(?:\$\{?TARGET|\s\/?tmp\/))[^;|&\n]{0,999}\s--del(?:ete(?:-\w+)*)?(?=\s)[^;|&\n]*/u,
  ],
  [['terraform'], /\bterraform\s+(?:destroy\b|apply\b[^;|&\n]{0,999}-destroy)/u],
  [['kubectl'], /\bkubectl\s+(?:[^;|&\n]{0,999}\s)?delete\s+(?!pod\b)[^;|&\n]+/u],
  [['helm'], /\bhelm\s+(?:uninstall|delete)\b[^;|&\n]*/u],
  [['pg_restore'], /\bpg_restore\b(?![^;|&\n]{0,999}\$\{?TARGET)[^;|&\n]{0,999}\s(?:--clean|-c)\b/u],
  [['mongorestore'], /\bmongorestore\b(?![^;|&\n]{0,999}\$\{?TARGET)[^;|&\n]{0,999}\s--drop\b/u],
  [['mkfs', 'wipefs', 'blkdiscard'], /\b(?:mkfs(?:\.\w+)?|wipefs|blkdiscard)\s[^;|&\n]+/u],
  [['of=/dev/'], /\bdd\b[^;|&\n]{0,999}\bof=\/dev\/\w+/u],
  [['gcloud'], /\bgcloud\s+sql\s+(?:instances|databases)\s+delete\b/u],
  [['gsutil'], /\bgsutil\s+(?:-m\s+)?rm\s+-r\b/u],
  [['az'], /\baz\s+[\w-]+(?:\s+[\w-]+){0,9}\s+delete\b/u],
];

/** A cheap look first. */
const WORDS = anyOf(DESTRUCTIVE.flatMap(([words]) => words));

/** The first thing in a text that destroys, as written; undefined where there is none. `low` is the text in lower case. */
export function destroys(text: string, low = text.toLowerCase()): string | undefined {
  if (!WORDS.test(low)) return undefined;
  const joined = joinedLines(text);
  for (const [words, pattern] of DESTRUCTIVE) {
    if (!words.some((word) => low.includes(word))) continue;
    const found = pattern.exec(joined);
    // What a drill or a dry run made itself may go: it bears the name of a scratch thing.
    if (found && !/\b\w*(?:scratch|_tmp|temp_|sandbox|drill_)\w*/iu.test(found[0])) return found[0].trim();
  }
  return undefined;
}
