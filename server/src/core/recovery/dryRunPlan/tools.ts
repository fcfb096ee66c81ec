/** What the planning of a dry run knows of backup tools. */

/** Backups that the provider makes and restores: they may leave out where they lie, and level 4 is theirs. */
export const PROVIDER_TOOLS: ReadonlySet<string> = new Set([
  'rds-snapshot',
  'aws-backup',
  'dynamodb-pitr',
  'ebs-snapshot',
]);

/** Tools whose backups need no sandbox of their own to be restored into: a folder does. */
export const FOLDER_TOOLS: ReadonlySet<string> = new Set(['files', 'sqlite', 'restic', 'command', 'borg', 'kopia']);
