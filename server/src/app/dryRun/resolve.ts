/** The stage *resolve*: takes the runbook's lease, and refuses what must not run before anything is read or made. */
import type { RestorePlan } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { stopsWithoutKeyPerson } from '../../core/recovery/personAway.ts';
import type { Run } from './run.ts';

export async function resolve(run: Run): Promise<void> {
  const { plan, got } = run;
  await run.stages.run('resolve', async () => {
    if (!plan.trusted && plan.level > 0) {
      throw new StageFault('inconclusive', 'Nothing is looked up or restored in a workspace that is not trusted.', {
        code: 'unchecked/untrusted-workspace',
      });
    }
    // Taking one removes what killed runs left and tries out users: processes, where there are to be none.
    if (plan.trusted) got.lease = await run.to.leases.begin(plan.runbook, run.request.root, plan.steps.length > 0);
    const refused = (await run.to.engine.refuse(plan)) ?? refusedByPolicy(plan) ?? stoppedByScenario(run);
    if (refused !== undefined) throw new StageFault('failed', refused, { code: 'refused' });
    run.signal.throwIfAborted();
    return `${plan.dryRun}: ${plan.backups.map((each) => each.name).join(', ')} with ${[...new Set(plan.backups.map((each) => each.tool))].join(', ')}, level ${plan.level}`;
  });
  got.level = 0;
}

function stoppedByScenario({ plan, request }: Run): string | undefined {
  return plan.scenario === 'person-away' ? stopsWithoutKeyPerson(request.entry.document.value) : undefined;
}

/** Where real data may go is the policy's. */
function refusedByPolicy({ restoreIn, sandbox, dataClass, level }: RestorePlan): string | undefined {
  if (restoreIn === undefined || level < 2) return undefined;
  const local = !['server', 'container', 'kubernetes', 'cloud'].includes(sandbox.kind);
  if (
    restoreIn.includes(sandbox.kind) ||
    (local && restoreIn.some((each) => ['workstation', 'local', 'private'].includes(each)))
  )
    return undefined;
  return `The policy lets data of class "${dataClass ?? ''}" be restored only in: ${restoreIn.join(', ')}; this dry run would restore it on this machine (${sandbox.kind}). Use a sandbox of the environment, or let the policy name "workstation".`;
}
