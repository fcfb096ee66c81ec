/** The stage *drift*: how the runbook stood against what is live when the run began. It changes no result above level 1. */
import { untilAborted } from '../../core/recovery/stages.ts';
import type { Run } from './run.ts';

export async function lookForDrift(run: Run): Promise<void> {
  const { stages, signal, request } = run;
  const { drift, clock, redact } = run.to;
  if (!drift) {
    stages.skip('drift', 'live infrastructure is not looked at here');
    return;
  }
  stages.start('drift');
  try {
    const found = await untilAborted(clock, signal, drift(request.entry, request.workspace, signal));
    run.got.drift = {
      state: 'compared',
      ...found,
      findings: found.findings.map((each) => ({ ...each, message: redact(each.message) })),
    };
    const words = `${found.factsCompared} facts compared, ${found.findings.length} findings, ${found.unchecked} not checked`;
    stages.finish('drift', found.unchecked > 0 && found.factsCompared === 0 ? 'inconclusive' : 'passed', words);
  } catch (error) {
    signal.throwIfAborted();
    stages.finish(
      'drift',
      'inconclusive',
      `Drift could not be looked for: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
