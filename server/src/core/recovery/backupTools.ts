/** What is known of backup tools by their names: who makes their backups, and what they need to be restored into. */

/** Backups that the provider makes and restores: they may leave out where they lie, and level 4 is theirs. */
export const PROVIDER_TOOLS: ReadonlySet<string> = new Set([
  'rds-snapshot',
  'aws-backup',
  'dynamodb-pitr',
  'ebs-snapshot',
]);

/** Tools whose backups need no sandbox of their own to be restored into: a folder does. */
export const FOLDER_TOOLS: ReadonlySet<string> = new Set(['files', 'sqlite', 'restic', 'command', 'borg', 'kopia']);
