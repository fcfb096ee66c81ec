/** First backups, steps and dry runs by what is restored: dumps, files, tables, snapshots, the team's own commands. */
import { dataOf, numberOf, textOf, wordOf } from '../rules/read.ts';
import type { ScaffoldLive } from './scaffoldLive.ts';

const ANNOUNCE = {
  id: 'announce',
  manual: 'Tell the incident channel that the restore begins, and stop what writes to the database.',
  approval: 'incident-commander',
  effort: '10m',
};
const CUTOVER = {
  id: 'cutover',
  manual: 'Point the application at the restored database, and look whether it works.',
  effort: '15m',
};

/** The parts of a runbook that depend on what is restored. */
export interface Plan {
  readonly resources: Readonly<Record<string, unknown>>;
  readonly backups: Readonly<Record<string, unknown>>;
  readonly steps: readonly unknown[];
  readonly dryRuns: Readonly<Record<string, unknown>>;
}

/** How a first runbook backs up and restores what was found; Postgres where nothing was. */
export function planFor(live: ScaffoldLive | undefined): Plan {
  const facts = dataOf(live?.facts);
  const engine =
    live?.kind.startsWith('database/') === true
      ? live.kind.slice('database/'.length)
      : (textOf(facts['engine']) ?? 'postgres');
  const version = live && facts['version'] !== undefined ? majorOf(live, wordOf(facts['version']) ?? '15') : '15';
  if (live?.kind === 'aws/s3-bucket') return filesPlan(live);
  if (live?.kind === 'aws/dynamodb-table') return tablePlan(numberOf(facts['recoveryDays']));
  // What the provider makes is there; that anybody dumps it as well is not seen from here.
  if (live?.kind.startsWith('aws/rds-') === true)
    return snapshotPlan(live.kind === 'aws/rds-cluster', numberOf(facts['backupRetentionDays']));
  if (/mongo|redis/u.test(engine)) return commandPlan(engine, version);
  if (/maria/u.test(engine)) return dumpPlan('mariadb-dump', 'mariadb', version, live !== undefined);
  if (/mysql/u.test(engine)) return dumpPlan('mysqldump', 'mysql', version, live !== undefined);
  return dumpPlan('pg_dump', 'postgres', version, live !== undefined);
}

/** Engines without a tool of our own: the team's commands find and restore. */
function commandPlan(engine: string, version: string): Plan {
  const mongo = engine === 'mongodb';
  return {
    resources: {},
    backups: {
      nightly: {
        of: 'source',
        tool: 'command',
        command: {
          find: './find-newest-backup.sh',
          restore: mongo
            ? 'mongorestore --uri "$TARGET" --archive="$BACKUP" --stopOnError'
            : './restore-rdb.sh "$BACKUP" "$TARGET"',
        },
        schedule: '0 2 * * *',
        retention: '35d',
      },
    },
    steps: [
      ANNOUNCE,
      {
        id: 'load',
        run: mongo
          ? 'mongorestore --uri "$TARGET" --archive=backup.archive --stopOnError'
          : './restore-rdb.sh backup.rdb "$TARGET"',
        timeout: '1h',
        verify: mongo
          ? 'mongosh "$TARGET" --eval "quit(db.getCollectionNames().length > 0 ? 0 : 1)"'
          : 'test "$(redis-cli -u "$TARGET" dbsize)" -gt 0',
      },
      CUTOVER,
    ],
    dryRuns: { newest: { backup: 'nightly', sandbox: { engine, version }, level: 1 } },
  };
}

/** What RDS keeps of its own: any moment of the last days, made into a new instance or a new cluster. */
function snapshotPlan(isCluster: boolean, days = 7): Plan {
  const what = isCluster ? 'cluster' : 'instance';
  const settings = 'security groups, parameter group and option group';
  return {
    resources: {},
    backups: {
      snapshots: { of: 'source', tool: 'rds-snapshot', continuous: { lag: '<=5m', window: `${days > 0 ? days : 7}d` } },
    },
    steps: [
      ANNOUNCE,
      {
        id: 'restore',
        run: isCluster
          ? 'aws rds restore-db-cluster-to-point-in-time --source-db-cluster-identifier "$SOURCE" --db-cluster-identifier "$TARGET" --use-latest-restorable-time'
          : 'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier "$SOURCE" --target-db-instance-identifier "$TARGET" --use-latest-restorable-time',
        timeout: '3h',
        verify: `aws rds wait db-${what}-available --db-${what}-identifier "$TARGET"`,
      },
      {
        id: 'settings',
        manual: isCluster
          ? `Add an instance to the cluster, and set again what the restore leaves behind: ${settings}.`
          : `Set again what the restore leaves behind: ${settings}.`,
        effort: '30m',
      },
      CUTOVER,
    ],
    dryRuns: { newest: { backup: 'snapshots' } },
  };
}

function dumpPlan(tool: string, engine: string, version: string, hasSource: boolean): Plan {
  const load =
    engine === 'postgres'
      ? 'pg_restore --exit-on-error --dbname "$TARGET" backup.dump && vacuumdb --analyze-in-stages --dbname "$TARGET"'
      : 'mysql --defaults-extra-file="$TARGET" < backup.sql';
  const verify =
    engine === 'postgres'
      ? 'psql "$TARGET" -v ON_ERROR_STOP=1 -c "select 1 / count(*) from information_schema.tables where table_schema = \'public\'"'
      : 'mysql --defaults-extra-file="$TARGET" -e "show tables"';
  const file = engine === 'postgres' ? '*.dump' : '*.sql*';
  return {
    resources: hasSource ? {} : { source: { kind: `database/${engine}`, id: 'main', expect: { version } } },
    backups: {
      nightly: {
        of: 'source',
        tool,
        in: { folder: './backups', match: file },
        schedule: '0 2 * * *',
        retention: '35d',
        checksum: 'sha256',
      },
    },
    steps: [ANNOUNCE, { id: 'load', run: load, timeout: '1h', verify }, CUTOVER],
    dryRuns: {
      newest: {
        backup: 'nightly',
        sandbox: { engine, version },
        checks: [
          engine === 'postgres'
            ? {
                name: 'tables came back',
                query: "select count(*) from information_schema.tables where table_schema = 'public'",
                expect: '>=1',
              }
            : {
                name: 'tables came back',
                query: 'select count(*) from information_schema.tables where table_schema = database()',
                expect: '>=1',
              },
        ],
      },
    },
  };
}

function filesPlan(live: ScaffoldLive): Plan {
  const vault = {
    kind: 'aws/s3-bucket',
    id: `${live.id}-backup`,
    ...(live.region === undefined ? {} : { region: live.region }),
    expect: { versioning: 'enabled', publicAccess: 'blocked' },
  };
  return {
    resources: { vault },
    backups: {
      nightly: {
        of: 'source',
        tool: 'files',
        in: { bucket: 'vault', prefix: `${live.id}/`, match: '*.tar.gz' },
        schedule: '0 2 * * *',
        retention: '35d',
        checksum: 'sha256',
      },
    },
    steps: [
      {
        id: 'announce',
        manual: 'Tell the incident channel that the restore begins.',
        approval: 'incident-commander',
        effort: '10m',
      },
      {
        id: 'copy',
        run: 'aws s3 cp --recursive ./restored "s3://$TARGET_BUCKET/"',
        timeout: '2h',
        verify: 'aws s3 ls --summarize --recursive "s3://$TARGET_BUCKET/"',
      },
    ],
    dryRuns: {
      newest: {
        backup: 'nightly',
        sandbox: { engine: 'files' },
        checks: [{ name: 'files came back', files: '**/*', count: '>=1' }],
      },
    },
  };
}

function tablePlan(days = 35): Plan {
  return {
    resources: {},
    backups: {
      pitr: { of: 'source', tool: 'dynamodb-pitr', continuous: { lag: '<=5m', window: `${days > 0 ? days : 35}d` } },
    },
    steps: [
      {
        id: 'restore',
        run: 'aws dynamodb restore-table-to-point-in-time --source-table-name "$SOURCE" --target-table-name "$TARGET" --use-latest-restorable-time',
        timeout: '3h',
        verify: 'aws dynamodb wait table-exists --table-name "$TARGET"',
      },
      {
        id: 'settings',
        manual: 'Set again what the restore leaves behind: TTL, streams, auto scaling, alarms and tags.',
        effort: '30m',
      },
      { id: 'cutover', manual: 'Point the application at the restored table.', effort: '15m' },
    ],
    dryRuns: { newest: { backup: 'pitr' } },
  };
}

/** The part of a version that a restore depends on: minor upgrades are no drift worth a call at night. */
export function majorOf(live: ScaffoldLive, version: string): string {
  const engine = textOf(live.facts['engine']) ?? live.kind;
  const segments = /mysql|mariadb|mongo/u.test(engine) ? 2 : 1;
  return version.split('.').slice(0, segments).join('.');
}
