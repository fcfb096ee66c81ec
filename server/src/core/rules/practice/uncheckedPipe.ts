/** A pipe whose first half may fail unseen: the shell reports the status of the last program only. */
import { opinion, spanOf } from '../say.ts';
import { commandsOf } from './commands.ts';
import { programOf } from './shell.ts';

/** Programs that write what is restored; where they break off, what follows sees a short but tidy input. */
const PRODUCERS = [
  'aws',
  'gsutil',
  'gcloud',
  'az',
  'curl',
  'wget',
  'ssh',
  'cat',
  'gunzip',
  'gzip',
  'zcat',
  'pigz',
  'zstd',
  'zstdcat',
  'lz4',
  'xz',
  'bzip2',
  'gpg',
  'age',
  'openssl',
  'restic',
  'pg_dump',
  'mysqldump',
  'mariadb-dump',
  'tar',
  'mc',
  'rclone',
  'pg_restore',
];
const READERS =
  /\|\s*(?:sudo\s+)?(?:gunzip|gzip|zcat|pigz|zstd|lz4|xz|gpg|age|openssl|psql|pg_restore|mysql|mariadb|mongorestore|tar|mbstream|xbstream|sqlite3|redis-cli|dd|kubectl|docker)\b/u;

/** A text in place breaks off nowhere. */
const TEXT = /^cat\s*<</u;

export const uncheckedPipe = opinion(
  { id: 'practice/unchecked-pipe', title: 'A pipe hides the failure of its first half.' },
  (view, say) => {
    for (const command of commandsOf(view)) {
      if (command.key === 'rollback' || !command.text.includes('|') || command.text.includes('pipefail')) continue;
      const pipe = command
        .simple()
        .find((each) => READERS.test(each) && PRODUCERS.includes(programOf(each)) && !TEXT.test(each));
      if (pipe === undefined) continue;
      const first = programOf(pipe);
      say(
        command.path,
        `${command.title} pipes ${first} on without pipefail, so a download or an archive that breaks off looks whole: start it with set -o pipefail.`,
        {
          ...spanOf(view.entry, command.path, first),
        },
      );
    }
  },
);
