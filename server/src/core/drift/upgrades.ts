/** The versions that a runbook means its RDS databases to run once restored: a dry run's sandbox, or a step that upgrades. */
import type { Path, Span } from '../document/node.ts';
import { entriesOf, field, listOf, textOf } from './expected.ts';
import type { BackupUse, DriftResource } from './resource.ts';

/** Tools whose backups RDS itself makes and keeps. */
export const RDS_TOOLS: ReadonlySet<string> = new Set(['rds-snapshot', 'rds-automated', 'rds-pitr', 'aws-backup']);

/** The fact of what RDS upgrades the live version to; with `:VERSION` behind it, of that version. */
export const UPGRADES_FACT = 'upgradeTargets';

/** One version that a backup of a database is to become. */
export interface UpgradeUse {
  /** Name of the resource that is restored. */
  readonly of: string;
  readonly version: string;
  /** The engine, where it is named beside it. */
  readonly engine?: string;
  /** What it runs by then, where an earlier step upgraded it; undefined: what the backup holds. */
  readonly from?: string;
  /** A command that names a version to the letter; else any version that matches will do. */
  readonly exact: boolean;
  readonly path: Path;
  /** The version alone within the text at `path`, from the text's start in the source. */
  readonly span?: Span;
}

/** Where a piece of the text at a path stands in the source, from that text's start; undefined where it can't be told. */
export type PieceOf = (path: Path, start: number, end: number) => Span | undefined;

export function upgradeFact({ from }: Pick<UpgradeUse, 'from'>): string {
  return from === undefined ? UPGRADES_FACT : `${UPGRADES_FACT}:${from}`;
}

/** What a runbook wants the restored databases of AWS to run. */
export function upgradesOf(
  runbook: unknown,
  environment: unknown,
  backups: readonly BackupUse[],
  resources: ReadonlyMap<string, DriftResource>,
  pieceOf: PieceOf = () => undefined,
): readonly UpgradeUse[] {
  const restorable = [
    ...new Set(
      backups.flatMap(({ of, tool }) => {
        const kind = of === undefined ? undefined : resources.get(of)?.kind;
        const made = RDS_TOOLS.has(tool ?? '') && (kind === 'aws/rds-instance' || kind === 'aws/rds-cluster');
        return made && of !== undefined ? [of] : [];
      }),
    ),
  ];
  if (restorable.length === 0) return [];
  return [...bySandbox(runbook, environment, backups, restorable), ...bySteps(runbook, restorable, resources, pieceOf)];
}

function bySandbox(
  runbook: unknown,
  environment: unknown,
  backups: readonly BackupUse[],
  restorable: readonly string[],
): readonly UpgradeUse[] {
  return entriesOf(field(runbook, 'dryRuns')).flatMap(([name, dryRun]): UpgradeUse[] => {
    const backup = backups.find((each) => each.name === textOf(field(dryRun, 'backup')));
    const sandbox = field(dryRun, 'sandbox');
    const used = field(environment, 'sandboxes', textOf(field(sandbox, 'use')) ?? '');
    const version = textOf(field(sandbox, 'version') ?? field(used, 'version'));
    const engine = textOf(field(sandbox, 'engine') ?? field(used, 'engine'));
    if (backup?.of === undefined || !RDS_TOOLS.has(backup.tool ?? '') || !restorable.includes(backup.of)) return [];
    if (version === undefined) return [];
    const own = field(sandbox, 'version') !== undefined;
    return [
      {
        of: backup.of,
        version,
        ...(engine === undefined ? {} : { engine }),
        exact: false,
        path: ['dryRuns', name, 'sandbox', ...(own ? ['version'] : [])],
      },
    ];
  });
}

/** The commands of RDS that set a version, and what follows on their line. */
const UPGRADING =
  /\brds\s+(?:modify-db-(?:instance|cluster|snapshot)|restore-db-cluster-from-snapshot)\b((?:[^;&|\n\\]|\\\n|\\.)*)/g;
const NAMED = /--engine-version(?:\s+|=)["']?(\d[\w.-]*)/;

function bySteps(
  runbook: unknown,
  restorable: readonly string[],
  resources: ReadonlyMap<string, DriftResource>,
  pieceOf: PieceOf,
): readonly UpgradeUse[] {
  const now = new Map<string, string>();
  return listOf(field(runbook, 'restore', 'steps')).flatMap((step, index) =>
    ['run', 'manual'].flatMap((key) =>
      [...(textOf(field(step, key)) ?? '').matchAll(UPGRADING)].flatMap((command): UpgradeUse[] => {
        const { 0: whole, 1: rest = '', index: start } = command;
        const named = NAMED.exec(rest);
        const version = named?.[1];
        const of = targetOf(rest, restorable, resources);
        if (!named || version === undefined || of === undefined) return [];
        const from = now.get(of);
        now.set(of, version);
        const path = ['restore', 'steps', index, key];
        const end = start + whole.length - rest.length + named.index + named[0].length;
        const span = pieceOf(path, end - version.length, end);
        return [
          {
            of,
            version,
            ...(from === undefined ? {} : { from }),
            exact: true,
            path,
            ...(span ? { span } : {}),
          },
        ];
      }),
    ),
  );
}

/** Which of them a command means: the one that it names, or the only one there is. */
function targetOf(
  command: string,
  restorable: readonly string[],
  resources: ReadonlyMap<string, DriftResource>,
): string | undefined {
  const words = new Set(command.split(/[\s"'=]+/));
  const isNamed = (name: string): boolean =>
    command.includes(`resources.${name}.`) || words.has(resources.get(name)?.id ?? name);
  const named = restorable.find(isNamed);
  if (named !== undefined || restorable.length > 1) return named;
  // One that is restored by no backup may be meant all the same.
  return [...resources.keys()].some(isNamed) ? undefined : restorable[0];
}
