/** `drift --plan` and `drift --permissions`: what would be called, and what must be granted for it; nothing is called. */
import { driftRequests, planDrift } from '../app/detectDrift.ts';
import type { PlannedCall } from '../core/drift/observation.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { environmentSources, openLookup } from './live.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { permissionsText } from './permissions.ts';
import { counted, paint, table } from './style.ts';
import { selectWorkspaces } from './workspace.ts';

const FORMATS = ['text', 'json'] as const;

/** The least that must be granted, an account and a database each. */
export async function printPermissions(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, FORMATS, 'text');
  const selections = await selectWorkspaces(context, context.operands);
  const { permissionsFor } = await import('../live/permissions.ts');
  const parts = selections.map(({ workspace, entries }) =>
    permissionsFor(driftRequests(workspace, entries), environmentSources(workspace)),
  );
  const all = { aws: parts.flatMap((part) => part.aws), databases: parts.flatMap((part) => part.databases) };
  await writeOutputs(context, outputs, (format) => permissionsText(all, format === 'json'));
  return 0;
}

/** The calls that would be made, and how many more where something seems absent. */
export async function printPlan(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, FORMATS, 'text');
  const calls: PlannedCall[] = [];
  for (const selection of await selectWorkspaces(context, context.operands)) {
    const lookup = await openLookup(context, selection);
    calls.push(...planDrift(selection.workspace, selection.entries, lookup));
  }
  const sumOf = (some: readonly PlannedCall[]): number => some.reduce((sum, call) => sum + call.count, 0);
  const total = sumOf(calls.filter((call) => call.onlyIf === undefined));
  const again = sumOf(calls) - total;
  await writeOutputs(context, outputs, (format, toTerminal) =>
    format === 'json'
      ? `${JSON.stringify({ version: 1, total, mostIfAbsent: again, calls }, undefined, 2)}\n`
      : planText(context, calls, total, again, toTerminal),
  );
  return 0;
}

function planText(
  { terminal }: CommandContext,
  calls: readonly PlannedCall[],
  total: number,
  again: number,
  toTerminal: boolean,
): string {
  const style = paint(toTerminal && terminal.color);
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
  const lines = rows.length === 0 ? ['Nothing to look up.'] : table(rows, terminal.columns);
  const more =
    again === 0
      ? ''
      : `; at most ${counted(again, 'call')} more, since what seems missing is looked for elsewhere and asked about again`;
  const sum = `${counted(total, 'call')}, pages not counted${more}. None was made.`;
  return `${[...lines, '', sum].join('\n')}\n`;
}
