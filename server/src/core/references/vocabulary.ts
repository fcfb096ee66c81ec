/** What an expression may name, with types and one line each: the evaluator, completion and hover read it. */

/** A member at the end of a path. */
export interface Member {
  readonly name: string;
  readonly type: 'string' | 'time';
  readonly title: string;
  /** Known only while a dry run or a restore runs. */
  readonly runtime?: boolean;
}

/** The first name of a path. */
export interface Root {
  readonly name: string;
  readonly title: string;
  /** How the whole path goes on. */
  readonly shape: string;
}

export const ROOTS: readonly Root[] = [
  { name: 'vars', title: 'A variable of the environment.', shape: 'vars.NAME' },
  { name: 'resources', title: 'A resource of this runbook.', shape: 'resources.NAME.id' },
  { name: 'backups', title: 'The newest backup of one of this runbook’s backups.', shape: 'backups.NAME.latest.uri' },
  { name: 'environment', title: 'The environment that the runbook is for.', shape: 'environment.name' },
];

export const RESOURCE_MEMBERS: readonly Member[] = [
  { name: 'id', type: 'string', title: 'The id as the provider knows it.' },
  { name: 'region', type: 'string', title: 'The region that it is declared in.' },
  { name: 'account', type: 'string', title: 'The id of the account that it is declared in.' },
  { name: 'arn', type: 'string', title: 'The Amazon resource name, made of kind, id, region and account.' },
];

export const BACKUP_MEMBERS: readonly Member[] = [
  { name: 'uri', type: 'string', title: 'Where the newest backup lies, as a URI.', runtime: true },
  { name: 'key', type: 'string', title: 'Its key in the bucket, or its path in the folder.', runtime: true },
  {
    name: 'versionId',
    type: 'string',
    title: 'The version of the object, where the bucket keeps versions.',
    runtime: true,
  },
  { name: 'time', type: 'time', title: 'When it was taken, ISO 8601.', runtime: true },
];

export const ENVIRONMENT_MEMBERS: readonly Member[] = [
  { name: 'name', type: 'string', title: 'The name of the environment.' },
];
