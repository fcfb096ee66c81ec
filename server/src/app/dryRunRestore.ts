/** The use case *dry-run a restore*: every stage, torn down and recorded whatever happens, saying no more than was done. */
import { planDryRun } from '../core/recovery/dryRunPlan.ts';
import type { RestorePlan } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import { portable } from '../core/recovery/portable.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { createStages } from '../core/recovery/stages.ts';
import { check } from './dryRun/check.ts';
import type { DryRunDependencies, DryRunRequest } from './dryRun/dependencies.ts';
import { fetchAndProvision } from './dryRun/fetchAndProvision.ts';
import { locate } from './dryRun/locate.ts';
import { lookForDrift } from './dryRun/lookForDrift.ts';
import { measure } from './dryRun/measure.ts';
import { recordOf } from './dryRun/record.ts';
import { resolve } from './dryRun/resolve.ts';
import { restore } from './dryRun/restore.ts';
import { resultOf, roleOf } from './dryRun/result.ts';
import { nothingGathered, timeNow, type Run } from './dryRun/run.ts';
import { tearDown } from './dryRun/tearDown.ts';

/** The request can't be planned: wrong name, nothing to restore. No record is made of it. */
export class DryRunUsageError extends Error {}

const CANCELLED = 'cancelled';

/**
 * Runs a dry run to its end and returns the evidence record as it stands in the journal. Rejects with a DryRunUsageError
 * where there is nothing to run, and where the record could not be written; every other outcome is in the record.
 */
export async function dryRunRestore(request: DryRunRequest, dependencies: DryRunDependencies): Promise<EvidenceRecord> {
  const planned = planDryRun(request.entry, request.workspace, request);
  if ('problem' in planned) throw new DryRunUsageError(planned.problem);
  const { plan } = planned;
  const stop = new AbortController();
  const run = begin(request, dependencies, plan, stop.signal);
  const callOff = dependencies.clock.after(plan.timeoutMs, () => stop.abort(tooLong(plan)));
  let fault: StageFault | undefined;
  try {
    await work(run);
  } catch (error) {
    fault = faultOf(stop.signal.aborted ? stop.signal.reason : error, request.signal.aborted);
    run.stages.failOpen(fault, isCancelled(request, fault));
  } finally {
    callOff();
  }
  const judged = measure(run);
  await tearDown(run, true);
  run.stages.start('record');
  run.stages.finish('record', 'passed', 'written to the journal');
  const role = roleOf(run);
  const ending = { fault, cancelled: isCancelled(request, fault), overObjective: judged.overObjective };
  const outcome = resultOf(run, role, ending);
  const kept = await dependencies.keep(portable(recordOf(run, judged, role, outcome), request.root));
  request.onEvent?.({ event: 'result', result: outcome.result, evidence: kept.file, at: timeNow(run) });
  return kept.record;
}

function begin(request: DryRunRequest, to: DryRunDependencies, plan: RestorePlan, stopped: AbortSignal): Run {
  const signal = AbortSignal.any([request.signal, stopped]);
  return {
    request,
    to,
    plan,
    signal,
    stages: createStages(to.clock, to.redact, (event) => request.onEvent?.(event), signal),
    startedAt: to.clock.now(),
    notes: [],
    engines: [],
    got: nothingGathered(),
  };
}

/** The stages in their order, as far as the level goes. */
async function work(run: Run): Promise<void> {
  const { plan, got, to } = run;
  await resolve(run);
  if (plan.level < 1) return;
  // Evidence that can't be read is nothing to compare with; `drillbook evidence verify` says why.
  got.previous = await to.last?.(plan.runbook, plan.dryRun).catch(() => undefined);
  await lookForDrift(run);
  await locate(run);
  if (plan.level < 2) return;
  for (;;) {
    got.attempts += 1;
    try {
      await attempt(run);
      return;
    } catch (error) {
      if (!(error instanceof StageFault) || !error.sandbox || got.attempts > 1 || run.signal.aborted) throw error;
      run.notes.push({
        severity: 'warning',
        code: 'retried',
        message: to.redact(`The sandbox failed and was made once more: ${error.message}`),
      });
      run.stages.failOpen(error, false);
      await tearDown(run, false);
      got.lease = await to.leases.begin(plan.runbook, run.request.root, plan.steps.length > 0);
    }
  }
}

/** What a fault of the sandbox lets begin again. */
async function attempt(run: Run): Promise<void> {
  const began = run.to.clock.now();
  const restoring = run.plan.level >= 3;
  const sandbox = await fetchAndProvision(run, restoring);
  if (!sandbox) {
    run.got.level = 2;
    return;
  }
  await restore(run, sandbox, began);
  await check(run, sandbox);
}

function tooLong({ timeoutMs }: RestorePlan): StageFault {
  const minutes = Math.round(timeoutMs / 60_000);
  return new StageFault('failed', `The run took longer than its timeout of ${minutes} min and was stopped.`, {
    code: 'timeout',
  });
}

function faultOf(reason: unknown, cancelled: boolean): StageFault {
  if (reason instanceof StageFault) return reason;
  if (cancelled) return new StageFault('inconclusive', CANCELLED);
  return new StageFault(
    'inconclusive',
    `Drillbook itself failed: ${reason instanceof Error ? reason.message : String(reason)}`,
    { output: reason instanceof Error ? (reason.stack ?? '') : '' },
  );
}

/** The person stopped it, and nothing had gone wrong before that. */
function isCancelled(request: DryRunRequest, fault: StageFault | undefined): boolean {
  return request.signal.aborted && (fault === undefined || fault.message === CANCELLED);
}
