/** Restore compatibility, tool by engine: pairs that can't work are findings before anyone tries. */
import type { Finding } from '../finding.ts';
import type { Entry } from '../workspace.ts';
import { catalogueRow } from '../rules/catalogue.ts';
import { entriesOf, field, shown, textOf } from './expected.ts';
import { compareVersions, majorOf, parseVersion, type Version } from './version.ts';
import type { DriftContext } from './kinds/kind.ts';

/** How a tool's backups travel between versions. */
export type Travel =
  /** Logical: into the same or a newer major. */
  | 'same-or-newer'
  /** Physical: into the same major only. */
  | 'same-major';

/** One row a tool: which engines it is for, and how its backups travel. Sources: each tool's own manual. */
const TOOL_TRAVEL: Readonly<Record<string, { readonly engine: Family; readonly travel: Travel }>> = {
  pg_dump: { engine: 'postgres', travel: 'same-or-newer' },
  pg_basebackup: { engine: 'postgres', travel: 'same-major' },
  pgbackrest: { engine: 'postgres', travel: 'same-major' },
  'wal-g': { engine: 'postgres', travel: 'same-major' },
  barman: { engine: 'postgres', travel: 'same-major' },
  mysqldump: { engine: 'mysql', travel: 'same-or-newer' },
  'mariadb-dump': { engine: 'mysql', travel: 'same-or-newer' },
  'mariadb-backup': { engine: 'mysql', travel: 'same-major' },
  xtrabackup: { engine: 'mysql', travel: 'same-major' },
  mongodump: { engine: 'mongodb', travel: 'same-major' },
  'redis-rdb': { engine: 'redis', travel: 'same-or-newer' },
};

/** What a team's own commands say of the tool behind `tool: command`: the names of programs, and of Redis' file. */
const NAMED_IN_COMMANDS: readonly (readonly [RegExp, tool: string])[] = [
  [/\bwal-g\b/, 'wal-g'],
  [/\bbarman\b/, 'barman'],
  [/\bpg_basebackup\b/, 'pg_basebackup'],
  [/\bpgbackrest\b/, 'pgbackrest'],
  [/\bpg_(?:restore|dump)\b/, 'pg_dump'],
  [/\b(?:xtrabackup|xbstream)\b/, 'xtrabackup'],
  [/\b(?:mariadb-backup|mariabackup)\b/, 'mariadb-backup'],
  [/\bmongo(?:restore|dump)\b/, 'mongodump'],
  [/\.rdb\b|--rdb\b/, 'redis-rdb'],
];

/** The tool whose backups these commands restore; undefined where they name none, or several, of those that back `engine` up. */
export function toolOf(commands: readonly string[], engine: string): string | undefined {
  const text = commands.join('\n');
  const named = NAMED_IN_COMMANDS.filter(
    ([pattern, tool]) => TOOL_TRAVEL[tool]?.engine === familyOf(engine) && pattern.test(text),
  );
  return named.length === 1 ? named[0]?.[1] : undefined;
}

type Family = 'postgres' | 'mysql' | 'mongodb' | 'redis';

/** `aurora-postgresql` is a Postgres, MariaDB a MySQL, as far as backups travel. */
function familyOf(engine: string): Family | undefined {
  if (/postgres/i.test(engine)) return 'postgres';
  if (/mysql|mariadb/i.test(engine)) return 'mysql';
  if (/mongo|docdb/i.test(engine)) return 'mongodb';
  return /redis|valkey/i.test(engine) ? 'redis' : undefined;
}

export interface Pair {
  readonly tool: string;
  readonly from: {
    readonly engine: string;
    readonly version: string;
    /** MongoDB's feature-compatibility version, where it was asked for. */
    readonly compatibility?: string | undefined;
  };
  readonly into: { readonly engine: string; readonly version: string };
}

/** Why this pair can't work, or undefined where it can or isn't known. */
export function incompatibility({ tool, from, into }: Pair): string | undefined {
  const row = TOOL_TRAVEL[tool];
  if (!row) return undefined;
  const [source, target] = [familyOf(from.engine), familyOf(into.engine)];
  if (source === undefined || target === undefined) return undefined;
  if (row.engine !== source) return `${tool} doesn't back up ${from.engine}`;
  if (source !== target) return `a ${tool} of ${from.engine} can't be restored into ${into.engine}`;
  const physicalCrossing = row.travel === 'same-major' && /mariadb/i.test(from.engine) !== /mariadb/i.test(into.engine);
  if (physicalCrossing) return `a ${tool} of ${from.engine} can't be restored into ${into.engine}`;
  const older = parseVersion(majorOf(from.version, from.engine) ?? '');
  const newer = parseVersion(majorOf(into.version, into.engine) ?? '');
  // MySQL and MariaDB count their versions apart.
  if (!older || !newer || /mariadb/i.test(from.engine) !== /mariadb/i.test(into.engine)) return undefined;
  const order = compareVersions(newer, truncated(older.text, into.version, into.engine) ?? older);
  if (row.travel === 'same-major' && order !== 0) {
    if (source === 'mongodb' && majorOf(from.compatibility ?? '', 'mongodb') === newer.text) return undefined;
    if (source === 'mongodb')
      return `a ${tool} is only sure to load into the same major (or feature-compatibility version) as ${older.text}, not into ${newer.text}`;
    return `${tool} copies the server's files, which only ${from.engine} ${older.text} can read, not ${newer.text}`;
  }
  const between =
    source === 'mysql' && !/mariadb/i.test(from.engine) && order > 0 ? hopBetween(older, newer) : undefined;
  if (between !== undefined)
    return `a ${tool} of ${from.engine} ${older.text} goes to ${between} first: MySQL is upgraded one LTS series at a time, not straight to ${newer.text}`;
  if (row.travel === 'same-or-newer' && order < 0) {
    return `a ${tool} of ${from.engine} ${older.text} is not made to be restored into the older ${newer.text}`;
  }
  return undefined;
}

/** MySQL's long-term series, in order. Source: MySQL 8.4 manual, "Upgrade Paths". */
const MYSQL_SERIES = ['5.6', '5.7', '8.0', '8.4', '9.7'];

/** The series that an upgrade must not leave out; undefined where the two are neighbours, or aren't MySQL's. */
function hopBetween(older: Version, newer: Version): string | undefined {
  if (newer.segments.length < 2) return undefined;
  return MYSQL_SERIES.find((series) => {
    const version = parseVersion(series);
    return version && compareVersions(version, older) > 0 && compareVersions(version, newer) < 0;
  });
}

/** Where only the first segment of the target is named (`8`), no more than that is compared. */
function truncated(source: string, target: string, engine: string): ReturnType<typeof parseVersion> {
  const segments = parseVersion(majorOf(target, engine) ?? '')?.segments.length ?? 0;
  return parseVersion(source.split('.').slice(0, Math.max(1, segments)).join('.'));
}

/** Dry runs whose sandbox can't take the backup of what runs live. */
export function compatibilityFindings(entry: Entry, context: DriftContext): readonly Finding[] {
  return entriesOf(field(entry.document.value, 'dryRuns')).flatMap(([name, dryRun]): Finding[] => {
    const backup = context.backups.find((each) => each.name === textOf(field(dryRun, 'backup')));
    const source = backup?.of === undefined ? undefined : context.observations.get(backup.of);
    if (!backup?.tool || backup.of === undefined || source?.state !== 'found') return [];
    const fact = (key: string): string | undefined => {
      const found = source.facts[key];
      return found && 'value' in found ? textOf(found.value) : undefined;
    };
    const [engine, version] = [fact('engine'), fact('version')];
    const sandbox = field(dryRun, 'sandbox');
    const used = field(context.environment, 'sandboxes', textOf(field(sandbox, 'use')) ?? '');
    const into = {
      engine: textOf(field(sandbox, 'engine') ?? field(used, 'engine')),
      version: textOf(field(sandbox, 'version') ?? field(used, 'version')),
    };
    if (engine === undefined || version === undefined || into.engine === undefined || into.version === undefined)
      return [];
    const commands = field(entry.document.value, 'backups', backup.name, 'command');
    const tool =
      backup.tool === 'command'
        ? toolOf(
            entriesOf(commands).flatMap(([, text]) => textOf(text) ?? []),
            engine,
          )
        : backup.tool;
    if (tool === undefined) return [];
    const why = incompatibility({
      tool,
      from: { engine, version, compatibility: fact('setting:featureCompatibilityVersion') },
      into: { engine: into.engine, version: into.version },
    });
    if (why === undefined) return [];
    const resource = context.resources.get(backup.of);
    const code = 'drift/incompatible-restore';
    return [
      {
        code,
        severity: context.severities?.[code] ?? catalogueRow(code).severity,
        message: `${resource?.id ?? backup.of} runs ${engine} ${version}: ${why}.`,
        file: context.file,
        document: context.document,
        path:
          field(sandbox, 'version') === undefined
            ? ['dryRuns', name, 'sandbox']
            : ['dryRuns', name, 'sandbox', 'version'],
        ...(resource
          ? {
              resource: {
                kind: resource.kind,
                id: resource.id,
                ...(source.region === undefined ? {} : { region: source.region }),
                ...(source.account === undefined ? {} : { account: source.account }),
              },
            }
          : {}),
        expected: shown(field(sandbox, 'version') ?? into.version),
        actual: version,
        observedAt: source.at,
        data: { source: source.source, live: majorOf(version, engine) },
      },
    ];
  });
}
