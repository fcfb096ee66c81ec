/** A database is backed up and its version is not expected: an upgrade, the commonest way to break a restore, goes unseen. */
import { at, listOf } from '../read.ts';
import { opinion } from '../say.ts';

const VERSIONED = [
  'aws/rds-instance',
  'aws/rds-cluster',
  'database/postgres',
  'database/mysql',
  'database/mariadb',
  'database/mongodb',
  'database/redis',
  'gcp/cloudsql-instance',
  'azure/postgres-server',
  'azure/mysql-server',
];

export const versionNotDeclared = opinion(
  { id: 'practice/version-not-declared', title: 'The version of a backed-up database is not declared.' },
  (view, say) => {
    for (const of of new Set(view.groups.map((group) => group.of))) {
      const source = view.resources.get(of ?? '');
      if (!source || !VERSIONED.includes(source.kind) || source.expect['version'] !== undefined) continue;
      if (listOf(at(view.class?.value, 'require', source.kind)).includes('version')) continue; // policy/require says it
      say(
        [...source.path, 'expect'],
        `Resource ${source.name} is backed up and does not expect a version, so an upgrade that breaks the restore goes unseen: add version under expect.`,
        { at: 'key' },
      );
    }
  },
);
