/** `drillbook drift`: the static check and the comparison with what is live. */
import { finishFindings } from '../app/checkWorkspace.ts';
import { detectDrift, driftRequests, planDrift } from '../app/detectDrift.ts';
import type { PlannedCall } from '../core/drift/observation.ts';
import type { Recorded } from '../live/recording.ts';
import type { Command, CommandContext, ExitStatus } from './command.ts';
import { durationOption } from './durations.ts';
import { readEvidence } from './evidenceSummary.ts';
import { runFindings, type LivePart } from './findings.ts';
import { environmentSources, openLookup } from './live.ts';
import { FINDING_OPTIONS } from './options.ts';
import { permissionsText } from './permissions.ts';
import { recording, replay, writeRecording } from './recording.ts';
import { counted, paint, table } from './style.ts';
import { selectWorkspaces } from './workspace.ts';

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
  if (values.flag('plan') || values.flag('permissions')) return await printPlan(context);
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

async function printPlan(context: CommandContext): Promise<ExitStatus> {
  const selections = await selectWorkspaces(context, context.operands);
  const asJson = context.values.list('format').some((each) => each === 'json');
  if (context.values.flag('permissions')) {
    const { permissionsFor } = await import('../live/permissions.ts');
    const parts = selections.map(({ workspace, entries }) =>
      permissionsFor(driftRequests(workspace, entries), environmentSources(workspace)),
    );
    const all = { aws: parts.flatMap((part) => part.aws), databases: parts.flatMap((part) => part.databases) };
    await context.terminal.out(permissionsText(all, asJson));
    return 0;
  }
  const calls: PlannedCall[] = [];
  for (const selection of selections) {
    const lookup = await openLookup(context, selection);
    calls.push(...planDrift(selection.workspace, selection.entries, lookup));
  }
  const sumOf = (some: readonly PlannedCall[]): number => some.reduce((sum, call) => sum + call.count, 0);
  const total = sumOf(calls.filter((call) => call.onlyIf === undefined));
  const again = sumOf(calls) - total;
  if (asJson) {
    await context.terminal.out(`${JSON.stringify({ version: 1, total, mostIfAbsent: again, calls }, undefined, 2)}\n`);
    return 0;
  }
  const style = paint(context.terminal.color);
  const rows = calls
    .filter((call) => call.onlyIf === undefined)
    .map((call) => [
      style.name(call.call),
      [call.account, call.region].filter((each) => each !== undefined).join(' '),
      `${call.count}×`,
      call.serves.length > 3
        ? `${call.serves.slice(0, 3).join(', ')} and ${call.serves.length - 3} more`
        : call.serves.join(', '),
    ]);
  const lines = rows.length === 0 ? ['Nothing to look up.'] : table(rows, context.terminal.columns);
  const more =
    again === 0
      ? ''
      : `; at most ${counted(again, 'call')} more, since what seems missing is looked for elsewhere and asked about again`;
  const sum = `${counted(total, 'call')}, pages not counted${more}. None was made.`;
  await context.terminal.out(`${[...lines, '', sum].join('\n')}\n`);
  return 0;
}
