/** The restore engine: the tools and sandboxes behind the port that the use case knows. */
import { basename } from 'node:path';
import type { BackupPlan, Made, RestoreEngine, RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { removeMade, type Cleaners } from './cleanup.ts';
import { askPrices } from './cloud/pricing.ts';
import { removeFromCloud } from './cloud/restore.ts';
import { checksumChecks, checksumCompared, checksumFound } from './declaredChecksum.ts';
import { orOtherKey } from './decrypt.ts';
import { removeContainer } from './containers/engine.ts';
import { createLeases } from './leases.ts';
import { refuseProduction, refuseSameServer } from './production.ts';
import type { EnginePorts } from './ports.ts';
import { watched } from './quota.ts';
import { locateInScenario } from './scenarios.ts';
import { holdsRows } from './rows.ts';
import { sandboxNamed } from './sandboxes/table.ts';
import { dropDatabase } from './sandboxes/server.ts';
import type { Store } from './stores/store.ts';
import { compareShape } from './shape.ts';
import { serverRoom } from './serverRoom.ts';
import { runSteps } from './steps.ts';
import { toolNamed } from './tools/table.ts';

/** Builds the engine and the leases over the machine's ports. */
export function createEngine(ports: EnginePorts): {
  readonly engine: RestoreEngine;
  readonly leases: ReturnType<typeof createLeases>;
} {
  const cleaners: Cleaners = {
    database: async (made) => await dropDatabase(ports, made),
    container: async (made) => await removeContainer(ports, made),
    cloud: async (made) => await removeFromCloud(ports, made),
  };
  const engine: RestoreEngine = {
    refuse: (plan) => Promise.resolve(refuseProduction(plan)),
    locate: async (run, backup) =>
      checksumFound(run, await locateInScenario(ports, run, toolNamed(backup.tool), backup)),
    prices: async (run, wanted) => {
      const bucket = run.plan.backups.map((each) => each.location).find((each) => each.kind === 'bucket');
      if (!bucket) return { found: {}, unknown: {} };
      const { access, region } = bucket;
      return await askPrices(ports, run, { ...access, ...(region === undefined ? {} : { region }) }, wanted);
    },
    fetch: async (run, found, restoring) =>
      checksumCompared(
        run,
        await watched(
          ports,
          run,
          async (inner) =>
            await toolNamed(found.plan.tool).fetch(ports, inner, found, restoring).catch(orOtherKey(found.plan)),
        ),
      ),
    provision: async (run, found) => {
      fitting(
        run,
        found.map((each) => each.plan),
      );
      const chosen = sandboxNamed(run.plan.sandbox.kind);
      const sandbox = await chosen.provision(ports, chosen.hasServer ? await serverRoom(ports, run) : run, found);
      await refuseSameServer(ports, run, sandbox);
      return sandbox;
    },
    restore: async (run, fetched, sandbox) =>
      await watched(
        ports,
        run,
        async (inner) => await toolNamed(fetched.found.plan.tool).restore(ports, inner, fetched, sandbox),
      ),
    steps: async (run, fetched, sandbox) =>
      await watched(ports, run, async (inner) => await runSteps(ports, inner, fetched, sandbox)),
    holdsRows: async (run, sandbox) => (sandbox.kind === 'cloud' ? undefined : await holdsRows(run, sandbox)),
    shape: async (run, sandbox, fetched, last) =>
      sandbox.kind === 'cloud' ? undefined : await compareShape(run, sandbox, fetched, last),
    check: async (run, sandbox, fetched) => {
      const made = [...checksumChecks(fetched), ...(sandboxNamed(run.plan.sandbox.kind).facts?.(sandbox) ?? [])];
      for (const check of run.plan.checks) {
        run.signal.throwIfAborted();
        made.push(await sandboxNamed(run.plan.sandbox.kind).check(ports, run, sandbox, check, fetched));
      }
      return made;
    },
    teardown: async (run, sandbox, made, found) => {
      for (const each of found) closeHandle(each.handle);
      if (sandbox)
        await sandboxNamed(run.plan.sandbox.kind)
          .stop?.(ports, run, sandbox)
          .catch(() => undefined);
      return await removeMade(ports, cleaners, runId(made), made);
    },
  };
  return { engine, leases: createLeases(ports, cleaners) };
}

/** A tool's backup needs a sandbox of its engine. */
function fitting(run: RunContext, backups: readonly BackupPlan[]): void {
  const { engine, kind } = run.plan.sandbox;
  for (const backup of backups) {
    const tool = toolNamed(backup.tool);
    if (tool.bringsServer === true && (kind === 'server' || kind === 'container'))
      throw new StageFault(
        'inconclusive',
        `A physical backup of ${backup.tool} starts a server of its own and can't be restored into a sandbox of kind ${kind}; use the private ${engine}.`,
        { code: 'unsupported' },
      );
    if (!tool.engines.includes(engine))
      throw new StageFault(
        'failed',
        `A backup of ${backup.tool} can't be restored into a ${engine} sandbox; it needs: ${tool.engines.join(' or ')}.`,
      );
  }
}

/** The run's id is the end of its folder's name. */
function runId(made: readonly Made[]): string {
  const folder = made.find((thing) => thing.kind === 'folder');
  return folder ? basename(folder.path).replace(/^dbk-/u, '') : '';
}

/** Closes the clients that a found backup holds. */
function closeHandle(handle: unknown): void {
  const store =
    typeof handle === 'object' && handle !== null && 'store' in handle ? (handle.store as Store) : undefined;
  store?.close();
}
