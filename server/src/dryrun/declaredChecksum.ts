/** A checksum that the runbook promises must be kept somewhere and be compared: one that is not is unknown, and unknown does not pass. */
import type { BackupPlan, FetchedBackup, FoundBackup, RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { ETAG } from './stores/objectChecksum.ts';
import type { ChecksumRecord, CheckRecord } from '../core/recovery/record.ts';

/** Level 1 reads no bytes: that the checksum is kept is all that it can look at. */
export function checksumFound(run: RunContext, found: FoundBackup): FoundBackup {
  if (run.plan.level === 1 && wants(found) && !isKept(found.plan, found.record.checksum))
    throw unknown(complaint(found.plan, found.record.id, undefined));
  return found;
}

/** At level 2 the bytes were read and nothing follows; from level 3 on the restore goes on, and a check says it. */
export function checksumCompared(run: RunContext, fetched: FetchedBackup): FetchedBackup {
  const why = missing(fetched);
  if (run.plan.level === 2 && why !== undefined) throw unknown(why);
  if (why !== undefined) run.note({ severity: 'warning', code: 'checksum-unknown', message: why });
  return fetched;
}

/** One inconclusive check for each promise that could not be held to. */
export function checksumChecks(fetched: readonly FetchedBackup[]): readonly CheckRecord[] {
  return fetched.flatMap((each) => {
    const message = missing(each);
    if (message === undefined) return [];
    const name = `checksum of ${each.found.plan.name}`;
    return [{ name, state: 'inconclusive', expected: each.found.plan.checksum ?? '', durationMs: 0, message }];
  });
}

function missing({ found, record }: FetchedBackup): string | undefined {
  const isCompared = record.checksum?.state === 'matched' && isKept(found.plan, record.checksum);
  if (!wants(found) || isCompared) return undefined;
  return complaint(found.plan, record.id, record.checksum);
}

/** The tag that a store makes by itself is no checksum that somebody keeps, unless it is the very one that the runbook names. */
function isKept(plan: BackupPlan, checksum: ChecksumRecord | undefined): boolean {
  return checksum !== undefined && (checksum.source !== ETAG || plan.checksum === checksum.algorithm);
}

/** Tools with a repository of their own verify it themselves, and a folder's files are summed one by one. */
function wants({ plan, handle }: FoundBackup): boolean {
  const isOne =
    typeof handle === 'object' && handle !== null && 'members' in handle && Array.isArray(handle.members)
      ? handle.members.length === 1
      : false;
  return isOne && plan.checksum !== undefined && plan.checksum !== 'none';
}

function complaint(plan: BackupPlan, id: string, checksum: ChecksumRecord | undefined): string {
  const why =
    checksum?.state === 'unknown'
      ? `what is kept (${checksum.source ?? 'a checksum'}) can't be compared`
      : 'none is kept beside it or with the object';
  return `The runbook promises a ${plan.checksum ?? ''} checksum for "${id}", but ${why}: write one beside the backup when it is made, or take the promise out.`;
}

function unknown(message: string): StageFault {
  return new StageFault('inconclusive', message, { code: 'checksum-unknown' });
}
