/** The lock of the journal: of two that see the same dead holder, one alone goes on. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { withLock, type LockPorts } from '../../server/src/evidence/lock.ts';
import { createClock } from '../../server/src/platform/clock.ts';
import { createFiles } from '../../server/src/platform/files.ts';
import { createProcesses } from '../../server/src/platform/processes.ts';

const DEAD = { pid: 2 ** 30, startToken: 'gone' };

/** What one writer has come to: it holds the lock, or waits for another's. */
function turn(): { readonly come: Promise<void>; readonly tell: () => void } {
  let tell = (): void => undefined;
  const come = new Promise<void>((resolve) => (tell = resolve));
  return { come, tell };
}

describe('the lock of the journal', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp('/tmp/drillbook-lock-')));
  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  // The slower of the two has looked (once, or again as the one who may remove it) and goes on only after the other.
  for (const [look, when] of [
    [1, 'before it may remove it'],
    [2, 'when it may remove it'],
  ] as const) {
    it(`is never held by two, where one looks at the dead holder and is slow ${when}`, async () => {
      const lock = path.join(folder, 'lock');
      await writeFile(lock, JSON.stringify(DEAD));
      const quick = turn();
      const slow = turn();
      const slowLooks = turn();
      const processes = createProcesses();
      const clock = createClock();
      const portsOf = (own: typeof quick, isAlive: LockPorts['processes']['isAlive']): LockPorts => ({
        files: createFiles(),
        clock: { ...clock, after: (ms, then) => (own.tell(), clock.after(ms, then)) },
        processes: { ...processes, isAlive },
      });
      let looks = 0;
      const slowly: LockPorts['processes']['isAlive'] = async (pid, token) => {
        const isAlive = await processes.isAlive(pid, token);
        looks += 1;
        if (looks !== look) return isAlive;
        slowLooks.tell();
        await quick.come;
        return isAlive;
      };
      let inside = 0;
      let most = 0;
      const work = (own: typeof quick, other: typeof quick) => async (): Promise<void> => {
        most = Math.max(most, (inside += 1));
        own.tell();
        await other.come;
        inside -= 1;
      };
      const first = withLock(portsOf(slow, slowly), lock, work(slow, quick));
      await slowLooks.come;
      await Promise.all([
        first,
        withLock(
          portsOf(quick, (pid, token) => processes.isAlive(pid, token)),
          lock,
          work(quick, slow),
        ),
      ]);
      assert.equal(most, 1, 'both held the lock at once');
      assert.ok(looks >= look);
    });
  }
});
