/** The drill of a runbook that is under way, in the user's own cache folder and for them alone, until its record is kept. */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import type { BegunDrill, BegunDrills } from '../app/recordEvidence.ts';
import { redactDeep } from '../platform/cache.ts';
import { Failure, type CommandContext } from './command.ts';

/** Whose it is: of two at once, the second would write over what the first has kept. */
interface Kept extends BegunDrill {
  readonly pid: number;
  readonly startToken?: string;
}

/** @throws Failure on reading where another process is recording the same drill. */
export function begunDrills({ dependencies }: CommandContext, root: string, runbook: string): BegunDrills {
  const { files, machine, processes, secrets } = dependencies;
  const name = `${createHash('sha256').update(`${root}\n${runbook}`).digest('hex').slice(0, 32)}.json`;
  const file = path.join(machine.cacheFolder, 'drills', name);
  return {
    read: async () => {
      const kept = parsed(await files.readText(file).catch(() => ''));
      if (kept && kept.pid !== processes.ownPid && (await processes.isAlive(kept.pid, kept.startToken)))
        throw new Failure(`a drill of ${runbook} is being recorded by process ${kept.pid}: end that one first.`);
      return kept;
    },
    write: async (drill) => {
      const startToken = await processes.startToken(processes.ownPid);
      const kept: Kept = { ...drill, pid: processes.ownPid, ...(startToken === undefined ? {} : { startToken }) };
      await files.makeFolder(path.dirname(file));
      await files.writeAtomic(file, JSON.stringify(redactDeep(kept, secrets.redact)), 0o600);
    },
    remove: async () => await files.remove(file),
  };
}

/** What is half written or of another version is no drill to go on with. */
function parsed(text: string): Kept | undefined {
  try {
    const value = JSON.parse(text) as Partial<Kept>;
    const isWhole =
      value.version === 1 &&
      typeof value.pid === 'number' &&
      typeof value.startedAt === 'number' &&
      typeof value.savedAt === 'number' &&
      Array.isArray(value.people) &&
      Array.isArray(value.steps);
    return isWhole ? (value as Kept) : undefined;
  } catch {
    return undefined;
  }
}
