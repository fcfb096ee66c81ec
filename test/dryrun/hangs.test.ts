/** A stage that hangs and hears no signal can't keep a cancelled run from its teardown. */
import assert from 'node:assert/strict';
import { createEngine } from '../../server/src/dryrun/engine.ts';
import type { RestoreEngine } from '../../server/src/core/recovery/engine.ts';
import { folderRunbook, makeBench } from '../support/dryRun.ts';

const never = async (): Promise<never> => await new Promise<never>(() => undefined);

describe('a stage that hangs', function () {
  this.timeout(30_000);
  const stages: readonly (readonly [string, keyof RestoreEngine])[] = [
    ['locate', 'locate'],
    ['fetch+verify', 'fetch'],
    ['provision', 'provision'],
    ['drift', 'check'],
  ];
  for (const [stage, method] of stages) {
    it(`in ${stage} is torn down and recorded when the run is cancelled`, async () => {
      const bench = await makeBench();
      try {
        await bench.write('backups/data.bin', 'data');
        await bench.write('a.runbook.yaml', folderRunbook({ tool: 'files', sandbox: '{ engine: files }' }));
        const cancel = new AbortController();
        const { engine } = createEngine(bench.ports);
        const { record } = await bench.run({
          signal: cancel.signal,
          onEvent: (event) => {
            if (event.event === 'stage' && event.stage === stage && event.state === 'started') cancel.abort();
          },
          dependencies: {
            engine: { ...engine, [method]: never },
            ...(stage === 'drift' ? { drift: never } : {}),
          },
        });
        assert.equal(record.result, 'cancelled', record.summary);
        assert.equal(record.teardown.proven, true);
        assert.deepEqual(await bench.left(), []);
      } finally {
        await bench.remove();
      }
    });
  }
});
