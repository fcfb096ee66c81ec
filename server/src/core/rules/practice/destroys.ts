/** Which commands destroy something that can't be had back. */

import { anyOf } from '../anyOf.ts';
import { joinedLines } from './joinedLines.ts';

/** In lower case, what a text must hold one of for a closer look at the pattern beside it. */
const DESTRUCTIVE: readonly (readonly [readonly string[], RegExp])[] = [
  [['drop'], /\bdrop\s+(?:database|table|schema|tablespace|owned|collection|keyspace)\b[^;'"\n]*/iu],
  [['dropdb'], /\bdropdb\b[^;|&\n]*/u],
  [['truncate'], /\btruncate\s+(?:table\s+)?[a-z_][\w.]*/iu],
  [['delete'], /\bdelete\s+from\s+[\w."]+\s*(?=;|'|"|$)/imu],
  [['dropdatabase'], /\bdropDatabase\s*\(/u],
  [['flush'], /\b(?:flushall|flushdb)\b/iu],
  [
    ['rm'],
    /\brm\s+(?:-[a-zA-Z]*[rR][a-zA-Z]*\s+)+(?!(?:\/?tmp\b|\$TMP|"?\$\{?TMP|\.\/|[a-z]+\.(?:dump|sql|gz))|-)["']?[/~$][^\s;|&]*/u,
  ],
  [['s3'], /\baws\s+s3\s+(?:rb\b[^;|&\n]*|rm\b[^;|&\n]*--recursive|sync\b[^;|&\n]*--delete)/u],
  [
    ['aws'],
    /\baws\s+\S+\s+(?:delete-(?:db-instance|db-cluster|table|bucket|objects?|stack|volume|snapshot|db-snapshot|recovery-point|file-system)|terminate-instances)\b/u,
  ],
  [['rsync'], /\brsync\b(?![^;|&\n]*(?:\$\{?TARGET|\s\/?tmp\/))[^;|&\n]*\s--del(?:ete(?:-\w+)*)?(?=\s)[^;|&\n]*/u],
  [['terraform'], /\bterraform\s+(?:destroy\b|apply\b[^;|&\n]*-destroy)/u],
  [['kubectl'], /\bkubectl\s+(?:[^;|&\n]*\s)?delete\s+(?!pod\b)[^;|&\n]+/u],
  [['helm'], /\bhelm\s+(?:uninstall|delete)\b[^;|&\n]*/u],
  [['pg_restore'], /\bpg_restore\b(?![^;|&\n]*\$\{?TARGET)[^;|&\n]*\s(?:--clean|-c)\b/u],
  [['mongorestore'], /\bmongorestore\b(?![^;|&\n]*\$\{?TARGET)[^;|&\n]*\s--drop\b/u],
  [['mkfs', 'wipefs', 'blkdiscard'], /\b(?:mkfs(?:\.\w+)?|wipefs|blkdiscard)\s[^;|&\n]+/u],
  [['of=/dev/'], /\bdd\b[^;|&\n]*\bof=\/dev\/\w+/u],
  [['gcloud'], /\bgcloud\s+sql\s+(?:instances|databases)\s+delete\b/u],
  [['gsutil'], /\bgsutil\s+(?:-m\s+)?rm\s+-r\b/u],
  [['az'], /\baz\s+[\w-]+(?:\s+[\w-]+)*\s+delete\b/u],
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
