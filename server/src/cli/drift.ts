/** `drillbook drift`: the static check and the comparison with what is live. */
import { finishFindings } from '../app/checkWorkspace.ts';
import { detectDrift } from '../app/detectDrift.ts';
import type { Recorded } from '../live/recording.ts';
import type { Command, CommandContext, ExitStatus } from './command.ts';
import { durationOption } from './durations.ts';
import { readEvidence } from './evidenceSummary.ts';
import { runFindings, type LivePart } from './findings.ts';
import { printPermissions, printPlan } from './driftPlan.ts';
import { openLookup } from './live.ts';
import { FINDING_OPTIONS } from './options.ts';
import { recording, replay, writeRecording } from './recording.ts';
import { counted } from './style.ts';

const DEFAULT_DEADLINE_MS = 60_000;

export const command: Command = {
  name: 'drift',
  summary: 'Check, and compare with live infrastructure',
  operands: '[PATH…]',
  count: [0, Infinity],
  options: [
    ...FINDING_OPTIONS,
    { name: 'plan', help: 'Print the calls that would be made, and make none' },
    {
      name: 'permissions',
      help: 'Print the least read-only permissions that the look-ups, and the estimates of dry runs, need',
    },
    { name: 'record', value: 'FILE', help: 'Save what was observed, without secrets' },
    { name: 'observations', value: 'FILE', help: 'Compare with saved observations; no call, no credentials' },
    { name: 'max-age', value: 'DURATION', help: 'Take answers of the cache, or of a recording, up to this age' },
    { name: 'deadline', value: 'DURATION', help: 'Stop looking after this long (default 60s); gaps are named' },
  ],
  details:
    'Only what a runbook declares is compared, and nothing is ever changed. What can’t be looked up is "not checked", with the cause and the permission to ask for.',
  examples: [
    'drillbook drift',
    'drillbook drift --plan',
    'drillbook drift --record observations.json',
    'drillbook drift --untrusted --observations observations.json --format markdown',
  ],
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { values } = context;
  const maxAgeMs = durationOption(context, 'max-age');
  const deadlineMs = durationOption(context, 'deadline') ?? DEFAULT_DEADLINE_MS;
  if (values.flag('permissions')) return await printPermissions(context);
  if (values.flag('plan')) return await printPlan(context);
  const recordTo = values.text('record');
  const observations = values.text('observations');
  const recorded: Recorded[] = [];
  return await runFindings(context, 'drift', async (selection, onSuppressed) => {
    const source =
      observations === undefined
        ? await openLookup(context, selection)
        : await replay(context, observations, values.text('max-age'));
    const lookup = recording(source);
    const runbooks = selection.entries.filter((entry) => entry.kind === 'Runbook').length;
    context.terminal.transient(`Comparing ${counted(runbooks, 'runbook')} with what is live…`);
    const drift = await detectDrift(selection.workspace, selection.entries, {
      lookup,
      now: context.dependencies.clock.now(),
      maxAgeMs: maxAgeMs ?? 0,
      signal: context.signal,
      deadlineMs,
      evidence: await readEvidence(context, selection.root),
    });
    if (recordTo !== undefined) {
      // What was named may lie in several workspaces: the file holds what was seen of all.
      recorded.push(...lookup.recorded());
      await writeRecording(context, recordTo, recorded);
    }
    return {
      findings: finishFindings(selection.workspace, drift.findings, {
        now: context.dependencies.clock.now(),
        onSuppressed,
        lookedAt: selection.entries,
      }),
      calls: drift.calls,
      factsCompared: drift.factsCompared,
      resources: drift.resources,
    } satisfies LivePart;
  });
}
