/** AWS Backup's own restore: a job is started, waited for to its end, and told in the provider's words. */
import type { FetchedBackup, RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asText } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import type { CloudHandle } from '../sandboxes/cloud.ts';
import type { ClientSettings } from './client.ts';
import { startRestoreJob } from './mutations.ts';
import { pause } from './pause.ts';

const FIRST_POLL_MS = 200;
const POLL_MS = 10_000;
const ENDED = new Set(['COMPLETED', 'ABORTED', 'FAILED']);

interface JobState {
  readonly status: string;
  /** Nothing comes of it any more. */
  readonly ended: boolean;
  readonly why?: string;
}

/** Restores the recovery point as `name`. The job is written down too: it may make its resource after we stopped waiting. */
export async function restoreByJob(
  ports: EnginePorts,
  run: RunContext,
  fetched: FetchedBackup,
  handle: CloudHandle,
  service: 'rds' | 'dynamodb',
  name: string,
): Promise<void> {
  const { plan: backup, record } = fetched.found;
  const role = run.plan.role?.arn;
  if (role === undefined)
    throw new StageFault(
      'failed',
      'AWS Backup restores with a role, and the runbook names none with an ARN: set restore.role to it.',
    );
  const job = await startRestoreJob(
    handle.settings,
    {
      name,
      service,
      role,
      point: record.id,
      vault: asText(backup.settings['vault']) ?? '',
      ...(handle.instanceClass === undefined ? {} : { instanceClass: handle.instanceClass }),
      ...(handle.subnetGroup === undefined ? {} : { subnetGroup: handle.subnetGroup }),
      ...(handle.securityGroups === undefined ? {} : { securityGroups: handle.securityGroups }),
    },
    run.signal,
  );
  await run.made({ kind: 'cloud', service, id: name, access: { ...handle.access, job } });
  const state = await jobEnded(ports, handle.settings, job, run.signal);
  if (state.status === 'COMPLETED') return;
  throw new StageFault(
    'failed',
    `AWS Backup could not restore ${record.id}: its job ended as ${state.status}${state.why === undefined ? '' : ` ("${state.why}")`}.`,
  );
}

/** Waits for the end of a job, no longer than `until`; rejects with the signal's reason. */
export async function jobEnded(
  ports: EnginePorts,
  settings: ClientSettings,
  job: string,
  signal: AbortSignal,
  until = Infinity,
): Promise<JobState> {
  const { BackupClient, DescribeRestoreJobCommand } = await import('@aws-sdk/client-backup');
  const client = new BackupClient(settings);
  try {
    for (let wait = FIRST_POLL_MS; ; wait = Math.min(POLL_MS, wait * 2)) {
      signal.throwIfAborted();
      const answer = await client.send(new DescribeRestoreJobCommand({ RestoreJobId: job }), { abortSignal: signal });
      const status = answer.Status ?? 'unknown';
      const ended = ENDED.has(status);
      if (ended || ports.clock.now() > until)
        return { status, ended, ...(answer.StatusMessage === undefined ? {} : { why: answer.StatusMessage }) };
      await pause(ports, wait, signal);
    }
  } finally {
    client.destroy();
  }
}
