/** Which commands destroy something that can't be had back. */

import { holdsAny } from './commands.ts';

const DESTRUCTIVE: readonly RegExp[] = [
  /\bdrop\s+(?:database|table|schema|tablespace|owned|collection|keyspace)\b[^;'"\n]*/iu,
  /\bdropdb\b[^;|&\n]*/u,
  /\btruncate\s+(?:table\s+)?[a-z_][\w.]*/iu,
  /\bdelete\s+from\s+[\w."]+\s*(?=;|'|"|$)/imu,
  /\bdropDatabase\s*\(/u,
  /\b(?:flushall|flushdb)\b/iu,
  /\brm\s+(?:-[a-zA-Z]*[rR][a-zA-Z]*\s+)+(?!(?:\/?tmp\b|\$TMP|"?\$\{?TMP|\.\/|[a-z]+\.(?:dump|sql|gz))|-)["']?[/~$][^\s;|&]*/u,
  /\baws\s+s3\s+(?:rb\b[^;|&\n]*|rm\b[^;|&\n]*--recursive|sync\b[^;|&\n]*--delete)/u,
  /\baws\s+\S+\s+(?:delete-(?:db-instance|db-cluster|table|bucket|objects?|stack|volume|snapshot|db-snapshot|recovery-point|file-system)|terminate-instances)\b/u,
  /\bterraform\s+(?:destroy\b|apply\b[^;|&\n]*-destroy)/u,
  /\bkubectl\s+(?:[^;|&\n]*\s)?delete\s+(?!pod\b)[^;|&\n]+/u,
  /\bhelm\s+(?:uninstall|delete)\b[^;|&\n]*/u,
  /\bpg_restore\b(?![^;|&\n]*\$\{?TARGET)[^;|&\n]*\s(?:--clean|-c)\b/u,
  /\bmongorestore\b(?![^;|&\n]*\$\{?TARGET)[^;|&\n]*\s--drop\b/u,
  /\b(?:mkfs(?:\.\w+)?|wipefs|blkdiscard)\s[^;|&\n]+/u,
  /\bdd\b[^;|&\n]*\bof=\/dev\/\w+/u,
  /\bgcloud\s+sql\s+(?:instances|databases)\s+delete\b/u,
  /\bgsutil\s+(?:-m\s+)?rm\s+-r\b/u,
  /\baz\s+[\w-]+(?:\s+[\w-]+)*\s+delete\b/u,
];

/** A cheap look first: without one of these words nothing below fits. */
const WORDS = [
  'drop',
  'truncate',
  'delete',
  'flush',
  'rm ',
  ' rb',
  '--delete',
  'destroy',
  'uninstall',
  'terminate',
  '--clean',
  ' -c',
  'mkfs',
  'wipefs',
  'blkdiscard',
  'dd ',
];

/** The first thing in a text that destroys, as written; undefined where there is none. */
export function destroys(text: string): string | undefined {
  if (!holdsAny(text.toLowerCase(), WORDS)) return undefined;
  const joined = text.replace(/\\\n\s*/gu, ' ');
  for (const pattern of DESTRUCTIVE) {
    const found = pattern.exec(joined);
    // What a drill or a dry run made itself may go: it bears the name of a scratch thing.
    if (found && !/\b\w*(?:scratch|_tmp|temp_|sandbox|drill_)\w*/iu.test(found[0])) return found[0].trim();
  }
  return undefined;
}
