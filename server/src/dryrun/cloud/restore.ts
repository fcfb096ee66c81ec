/** The provider's own restore: made under a name of the run's, waited for, judged by its facts, and removed again. */
import { randomBytes } from 'node:crypto';
import type {
  AccountAccess,
  BackupPlan,
  FetchedBackup,
  Made,
  RestoreOutcome,
  RolePlan,
  RunContext,
  RunningSandbox,
} from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { CheckRecord } from '../../core/recovery/record.ts';
import type { EnginePorts } from '../ports.ts';
import type { CloudHandle } from '../sandboxes/cloud.ts';
import { openAws } from '../stores/aws.ts';
import { awsFault, nameOf } from '../stores/awsFault.ts';
import { clientSettings, type ClientSettings } from './client.ts';
import { instanceFacts, instancesOfRun, tableFacts, tablesOfRun, type CloudFacts } from './facts.ts';
import { pause } from './pause.ts';
import { jobEnded, restoreByJob } from './restoreJob.ts';
import { deleteInstance, deleteTable, ownName, restoreInstance, restoreTable, runOf } from './mutations.ts';

const POLL_MS = 5000;
const FIRST_POLL_MS = 200;
/** An instance takes minutes to go; what isn't gone by then is left to the next run, which looks again. */
const GONE_WITHIN_MS = 15 * 60_000;

/** The tool whose resource and price a backup's are: a recovery point of AWS Backup is restored as what it is of. */
export function likeTool(backup: BackupPlan): string {
  if (backup.tool !== 'aws-backup') return backup.tool;
  const kind = backup.of?.kind;
  if (kind === 'aws/rds-instance') return 'rds-snapshot';
  if (kind === 'aws/dynamodb-table') return 'dynamodb-pitr';
  throw new StageFault(
    'inconclusive',
    `A recovery point of ${kind ?? 'an unknown resource'} can't be restored at level 4; those of aws/rds-instance and aws/dynamodb-table can.`,
    { code: 'unsupported' },
  );
}

/** Restores what was found into the provider's sandbox. */
export async function restoreByProvider(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  sandbox: RunningSandbox,
): Promise<RestoreOutcome> {
  const handle = sandbox.handle as CloudHandle;
  const { plan: backup, record } = fetched.found;
  const name = ownName(run.folder.slice(-10), randomBytes(3).toString('hex'));
  const service = likeTool(backup) === 'dynamodb-pitr' ? 'dynamodb' : 'rds';
  // Written down first: a run that is killed right after the call leaves a name to delete.
  await run.made({ kind: 'cloud', service, id: name, access: handle.access });
  try {
    if (backup.tool === 'aws-backup') await restoreByJob(ports, run, fetched, handle, service, name);
    else if (service === 'rds')
      await restoreInstance(
        handle.settings,
        {
          name,
          snapshot: record.id,
          ...(handle.instanceClass === undefined ? {} : { instanceClass: handle.instanceClass }),
          ...(handle.subnetGroup === undefined ? {} : { subnetGroup: handle.subnetGroup }),
          ...(handle.securityGroups === undefined ? {} : { securityGroups: handle.securityGroups }),
        },
        run.signal,
      );
    else
      await restoreTable(
        handle.settings,
        {
          name,
          source: backup.of?.id ?? '',
          ...(run.plan.beforeMs === undefined ? {} : { atMs: run.plan.beforeMs - 1000 }),
        },
        run.signal,
      );
  } catch (error) {
    run.signal.throwIfAborted();
    throw restoreFault(error, record.id);
  }
  run.output('restore', `${record.id} is being restored as ${name}.\n`);
  const facts = await ready(ports, run, service, handle.settings, name);
  handle.facts.push(...(service === 'rds' ? instanceChecks(fetched, facts) : tableChecks(facts, handle.source)));
  const bytes =
    service === 'rds'
      ? (facts.bytes ?? 0)
      : (facts.items ?? 0) > 0
        ? Math.max(1, facts.bytes ?? 0, handle.source?.bytes ?? 0)
        : 0;
  return {
    restoredBytes: bytes,
    message: `the provider restored ${record.id} as ${name}: ${facts.status}${facts.items === undefined ? '' : `, at least ${facts.items} items`}`,
  };
}

/** The provider said no: the backup's fault only where it says so. */
function restoreFault(error: unknown, what: string): StageFault {
  const name = nameOf(error);
  const text = error instanceof Error ? error.message.split('\n')[0] : '';
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/u.test(name))
    return new StageFault(
      'failed',
      `The provider let the role not restore ${what} (${name}): with it this runbook can't restore.`,
    );
  if (
    /SnapshotNotFound|InvalidDBSnapshotState|PointInTimeRecoveryUnavailable|InvalidRestore|KMSKey|TableNotFound/u.test(
      name,
    )
  )
    return new StageFault('failed', `The provider could not restore ${what}: ${name}, ${text}`);
  if (/SubnetGroup|SecurityGroup|Quota|LimitExceeded|InsufficientDBInstanceCapacity|VPC/iu.test(name))
    return new StageFault('inconclusive', `The provider's sandbox could not be made for ${what}: ${name}, ${text}`);
  return awsFault(error, `the restore of ${what}`);
}

async function ready(
  ports: EnginePorts,
  run: RunContext,
  service: string,
  settings: ClientSettings,
  name: string,
): Promise<CloudFacts> {
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(POLL_MS, wait * 2)) {
    run.signal.throwIfAborted();
    let facts: CloudFacts | undefined;
    try {
      facts = await (service === 'rds' ? instanceFacts : tableFacts)(settings, name, run.signal);
    } catch (error) {
      run.signal.throwIfAborted();
      throw awsFault(error, name);
    }
    if (facts?.ready === true) return facts;
    if (facts?.broken === true)
      throw new StageFault('failed', `The provider's restore ended as "${facts.status}" instead of available.`);
    await pause(ports, wait, run.signal);
  }
}

function instanceChecks(fetched: FetchedBackup, facts: CloudFacts): readonly CheckRecord[] {
  const { record, plan } = fetched.found;
  const version = record.sourceVersion ?? plan.of?.version;
  return [
    fact(
      'restored engine version',
      version ?? 'any',
      facts.version ?? null,
      version === undefined || facts.version === version || facts.version?.startsWith(`${version}.`) === true,
    ),
    fact(
      'restored storage is encrypted',
      record.encryption === undefined ? 'as the snapshot' : 'true',
      facts.encrypted ?? null,
      record.encryption === undefined || facts.encrypted === true,
    ),
    fact(
      'restored storage has its size',
      `>=${record.bytes ?? 0}`,
      facts.bytes ?? null,
      (facts.bytes ?? 0) >= (record.bytes ?? 0),
    ),
    fact('not publicly accessible', 'false', facts.public ?? null, facts.public === false),
  ];
}

function tableChecks(facts: CloudFacts, source: CloudFacts | undefined): readonly CheckRecord[] {
  const hadItems = (source?.items ?? 0) > 0;
  return [
    fact(
      'restored key is the table’s',
      'true',
      facts.key === source?.key,
      source === undefined || facts.key === source.key,
    ),
    fact('items came back', hadItems ? '>=1' : '>=0', facts.items ?? null, !hadItems || (facts.items ?? 0) > 0),
  ];
}

function fact(name: string, expected: string, actual: number | boolean | string | null, holds: boolean): CheckRecord {
  // A version is an answer of the provider's, not a value of a row.
  return {
    name,
    state: holds ? 'passed' : 'failed',
    expected,
    actual,
    durationMs: 0,
    ...(holds ? {} : { message: `The provider says ${String(actual)}, not ${expected}.` }),
  };
}

/** Deletes what a run restored and looks until it is gone, and for anything else of the same run; a sentence where it isn't. */
export async function removeFromCloud(
  ports: EnginePorts,
  made: Extract<Made, { kind: 'cloud' }>,
): Promise<string | undefined> {
  const id = runOf(made.id);
  const { account, role, job } = made.access as { account?: AccountAccess; role?: RolePlan; job?: string };
  const signal = new AbortController().signal;
  const settings = await clientSettings(await openAws(ports, account ?? {}, role, false, signal));
  const facts = made.service === 'rds' ? instanceFacts : tableFacts;
  const remove = made.service === 'rds' ? deleteInstance : deleteTable;
  const ofRun = made.service === 'rds' ? instancesOfRun : tablesOfRun;
  const until = ports.clock.now() + GONE_WITHIN_MS;
  // A job that is still under way makes its resource later, and nothing can stop it.
  if (job !== undefined) {
    const { status, ended } = await jobEnded(ports, settings, job, signal, until);
    if (!ended) return `its restore job is still ${status}; the next dry run, or --reap, looks again`;
  }
  let refused = '';
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(POLL_MS, wait * 2)) {
    const there = await facts(settings, made.id);
    if (!there) break;
    if (!/^deleting/iu.test(there.status))
      await remove(settings, made.id).catch((error: unknown) => {
        // While it is being made it can't be deleted yet; and it may be gone since we looked.
        refused = ` (${nameOf(error)})`;
      });
    if (ports.clock.now() > until) return `still ${there.status}${refused}; the next dry run, or --reap, looks again`;
    await pause(ports, wait, signal);
  }
  const leaked = await ofRun(settings, id);
  return leaked.length === 0 ? undefined : `of the same run there is still: ${leaked.join(', ')}`;
}
