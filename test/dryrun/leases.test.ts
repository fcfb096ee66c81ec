/** The user that a run's steps get: nobody else's, though whoever has it may run nothing at the moment. */
import assert from 'node:assert/strict';
import { createLeases } from '../../server/src/dryrun/leases.ts';
import type { EnginePorts } from '../../server/src/dryrun/ports.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';

describe('the user of a run’s steps', function () {
  this.timeout(20_000);
  let bench: Bench;
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => await bench.remove());

  it('is none that is taken, by an account, a process or another run', async () => {
    const { processes } = bench.ports;
    const taken: (readonly number[])[] = [];
    const ports: EnginePorts = {
      ...bench.ports,
      processes: {
        ...processes,
        unusedOwner: async (others = []) => {
          taken.push(others);
          return await processes.unusedOwner(others);
        },
      },
    };
    const nothing = (): Promise<undefined> => Promise.resolve(undefined);
    const leases = createLeases(ports, { database: nothing, container: nothing, cloud: nothing });
    const one = await leases.begin('one', bench.root, true);
    const other = await leases.begin('other', bench.root, true);
    try {
      assert.deepEqual(taken, [[], [one.owner?.uid]]);
    } finally {
      for (const lease of [one, other]) {
        await ports.files.remove(lease.folder);
        await lease.end(false);
      }
    }
    const all = Array.from({ length: 65_536 }, (_, uid) => uid);
    assert.equal(await processes.unusedOwner(all), undefined);
  });
});
