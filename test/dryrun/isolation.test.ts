/** The way out that the runbook's own steps have of their namespace, and what is said where there can be none. */
import assert from 'node:assert/strict';
import { chmod, copyFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { Gates, Processes } from '../../server/src/core/ports.ts';
import type { RunContext } from '../../server/src/core/recovery/engine.ts';
import { findLoopback } from '../../server/src/dryrun/isolation.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';

describe('the loopback of the runbook’s own steps', function () {
  this.timeout(20_000);
  let bench: Bench;
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => await bench.remove());

  const look = async (more: { processes?: Partial<Processes>; gates?: Partial<Gates> } = {}): Promise<string> => {
    const { ports } = bench;
    const owner = await ports.processes.unusedOwner();
    const run = { folder: '/tmp', owner } as unknown as RunContext;
    const gates = { ...ports.gates, ...more.gates } as Gates;
    const found = await findLoopback({ ...ports, processes: { ...ports.processes, ...more.processes } }, run, gates);
    return 'why' in found ? found.why : found.words;
  };
  const without = (name: string): Partial<Processes> => ({
    find: async (asked, folders) => (asked === name ? undefined : await bench.ports.processes.find(asked, folders)),
  });

  it('is there where everything is', async () => assert.match(await look(), /^no network: /u));

  for (const name of ['unshare', 'setpriv'])
    it(`says that ${name} is missing`, async () =>
      assert.match(
        await look({ processes: without(name) }),
        new RegExp(`${name} is not on this machine; install util-linux`, 'u'),
      ));

  it('says that their user can’t start Node', async () => {
    const command = path.join(bench.root, 'node');
    await copyFile('/bin/true', command);
    await chmod(command, 0o644);
    const relay = (): ReturnType<Gates['relay']> => ({ command, args: [], env: {} });
    assert.match(await look({ gates: { relay } }), /their user can't start \/\S+\/node; install Node where every/u);
  });

  it('says that nothing brings it up, or that namespaces are not allowed', async () => {
    const ending = (code: number): Partial<Processes> => ({
      run: () => Promise.resolve({ code, signal: null, stdout: '', stderr: '', timedOut: false }),
    });
    assert.match(await look({ processes: ending(97) }), /no program brings up the loopback/u);
    assert.match(await look({ processes: ending(1) }), /namespaces are not allowed/u);
  });
});
