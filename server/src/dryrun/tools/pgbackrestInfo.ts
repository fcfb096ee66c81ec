/** Finds a backup of pgbackrest: what `info` says of the stanza, and which of its backups fits the plan. */
import { join, resolve } from 'node:path';
import type { BackupPlan, FoundBackup, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asText } from '../../core/references/read.ts';
import { parseDuration } from '../../core/values/duration.ts';
import type { EnginePorts } from '../ports.ts';
import { lastWords, runTool } from '../tool.ts';
import { makeFolder } from '../writeFile.ts';
import { refuseConfiguration } from './pgbackrestReach.ts';

interface Info {
  readonly name?: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly archive?: readonly { readonly id?: string; readonly max?: string | null }[];
  readonly db?: readonly { readonly id?: number; readonly version?: string; readonly 'system-id'?: number }[];
  readonly backup?: readonly {
    readonly label: string;
    readonly error?: boolean | null;
    readonly archive?: { readonly start?: string | null; readonly stop?: string | null };
    readonly backrest?: { readonly version?: string };
    readonly database?: { readonly id?: number };
    readonly info?: { readonly size?: number; readonly repository?: { readonly size?: number } };
    readonly timestamp: { readonly start: number; readonly stop: number };
  }[];
}

/** What `FoundBackup.handle` is here. */
export interface Handle {
  readonly program: string;
  readonly base: readonly string[];
  readonly label: string;
  readonly start?: string;
  readonly stop?: string;
  readonly max?: string;
  /** ISO 8601, for a point in time. */
  readonly target?: string;
}

/** The backup that the plan asks for, from what pgbackrest says of its repository. */
export async function locate(ports: EnginePorts, run: RunContext, backup: BackupPlan): Promise<FoundBackup> {
  const program = await ports.processes.find('pgbackrest');
  if (program === undefined)
    throw new StageFault('inconclusive', 'pgbackrest is not on PATH; install it.', {
      sandbox: true,
      code: 'no-binaries',
    });
  const stanza = asText(backup.settings['stanza']);
  if (stanza === undefined) throw new StageFault('failed', `Backup "${backup.name}" says no stanza: set "in.stanza".`);
  const config = asText(backup.settings['config']);
  const file = config === undefined ? undefined : resolve(run.plan.folder, config);
  if (file !== undefined) await refuseConfiguration(ports, run.plan.root, file);
  const base = [
    ...(file === undefined ? [] : [`--config=${file}`]),
    `--stanza=${stanza}`,
    `--lock-path=${join(run.folder, 'lock')}`,
    '--log-level-file=off',
    '--log-level-console=warn',
  ];
  await makeFolder(ports, run, join(run.folder, 'lock'));
  const said = await runTool(
    ports,
    run,
    program,
    [...base.filter((each) => !each.startsWith('--lock-path')), 'info', '--output=json'],
    { stage: 'locate', quiet: true, asSelf: true, keepBytes: 32 * 1024 * 1024, timeoutMs: 120_000 },
  );
  if (said.code !== 0)
    throw new StageFault('inconclusive', `pgbackrest can't read the repository of "${stanza}": ${lastWords(said)}`, {
      output: said.stderr,
    });
  const all = JSON.parse(said.stdout.trim() === '' ? '[]' : said.stdout) as readonly Info[];
  const info = all.find((each) => each.name === stanza);
  const backups = (info?.backup ?? []).filter((each) => each.error !== true);
  // A missing stanza exits 0 with a status code of its own.
  if (!info || backups.length === 0)
    throw new StageFault(
      'failed',
      `No backup "${backup.name}" was found: pgbackrest says of stanza "${stanza}": ${info?.status?.message ?? 'there is no such stanza'}.`,
      { code: 'no-backup' },
    );
  const target = targetOf(ports, run);
  const sorted = [...backups].sort((left, right) => right.timestamp.stop - left.timestamp.stop);
  const before = target === undefined ? run.plan.beforeMs : Date.parse(target);
  const fitting =
    run.plan.backupId !== undefined
      ? sorted.filter((each) => each.label === run.plan.backupId)
      : sorted.filter((each) => before === undefined || each.timestamp.stop * 1000 <= before);
  const chosen = fitting[run.plan.scenario === 'newest-missing' ? 1 : 0];
  if (!chosen)
    throw new StageFault(
      'failed',
      `No backup of stanza "${stanza}" fits: ${backups.length} are there, the newest is ${sorted[0]?.label ?? 'none'}.`,
      { code: 'no-backup' },
    );
  const version = info.db?.find((each) => each.id === chosen.database?.id)?.version ?? info.db?.at(-1)?.version;
  const max = info.archive?.at(-1)?.max ?? undefined;
  const time = chosen.timestamp.stop * 1000;
  const size = chosen.info?.repository?.size ?? chosen.info?.size;
  return {
    plan: backup,
    record: {
      name: backup.name,
      tool: 'pgbackrest',
      id: chosen.label,
      uri: `pgbackrest:${stanza}/${chosen.label}`,
      time: new Date(time).toISOString(),
      timeFrom: 'tool',
      ageMs: Math.max(0, ports.clock.now() - time),
      ...(size === undefined ? {} : { bytes: size }),
      ...(version === undefined ? {} : { sourceVersion: version }),
      ...(chosen.backrest?.version === undefined ? {} : { toolVersion: `pgbackrest ${chosen.backrest.version}` }),
      format: 'physical',
    },
    handle: {
      program,
      base,
      label: chosen.label,
      ...(chosen.archive?.start == null ? {} : { start: chosen.archive.start }),
      ...(chosen.archive?.stop == null ? {} : { stop: chosen.archive.stop }),
      ...(max === undefined ? {} : { max }),
      ...(target === undefined ? {} : { target }),
    } satisfies Handle,
  };
}

function targetOf(ports: EnginePorts, run: RunContext): string | undefined {
  const { pointInTime } = run.plan;
  if (!pointInTime) return undefined;
  const at = asText(pointInTime['at']);
  const ago = parseDuration(asText(pointInTime['ago']) ?? '')?.ms;
  const ms = at === undefined ? (ago === undefined ? Number.NaN : ports.clock.now() - ago) : Date.parse(at);
  if (Number.isNaN(ms))
    throw new StageFault(
      'failed',
      'The point in time of the dry run can\'t be read; set "ago" to a duration or "at" to a time with a zone.',
    );
  return new Date(ms).toISOString();
}
