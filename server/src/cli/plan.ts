/** `drillbook plan`: what comes back in which order, the critical path, and the RTO of the whole against each objective. */
import { planMermaid, recoveryPlanOf, type PlannedRunbook, type RecoveryPlan } from '../core/recovery/plan.ts';
import { Failure, UsageError, type Command, type CommandContext, type ExitStatus } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import { ENVIRONMENT } from './options.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { paint, spokenDuration, table, type Paint } from './style.ts';
import { selectWorkspaces } from './workspace.ts';

const FORMATS = ['text', 'json', 'markdown', 'mermaid'] as const;
const HOW: Readonly<Record<PlannedRunbook['how'], string>> = {
  measured: 'measured',
  steps: 'by its steps',
  objective: 'its RTO, never measured',
  unknown: 'nothing says',
};

export const command: Command = {
  name: 'plan',
  summary: 'Recovery order, critical path and RTO of the whole',
  operands: '[PATH…]',
  count: [0, Infinity],
  options: [
    { name: 'format', value: 'FORMAT[=FILE]', multiple: true, help: 'text, json, markdown or mermaid' },
    ENVIRONMENT,
  ],
  details:
    'How long a runbook takes is what its last passed dry run measured, with what people do added; else what its steps say; else its RTO. Status 1: something comes back after its objective, or there is a circle; 3: a figure is missing.',
  examples: [
    'drillbook plan',
    'drillbook plan --format mermaid',
    'drillbook plan runbooks/shop --format markdown=plan.md',
  ],
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, FORMATS, 'text');
  const [selection, ...others] = await selectWorkspaces(context, context.operands);
  if (selection === undefined || others.length > 0)
    throw new Failure('the paths belong to several workspaces; ask for one at a time.');
  const runbooks = selection.entries.filter((entry) => entry.kind === 'Runbook');
  if (runbooks.length === 0) throw new UsageError('there is no runbook to plan with.', 'plan');
  const plan = recoveryPlanOf(selection.workspace, runbooks, await readEvidence(context, selection.root));
  await writeOutputs(context, outputs, (format, toTerminal) => {
    switch (format) {
      case 'json':
        return `${JSON.stringify({ version: 1, ...plan }, undefined, 2)}\n`;
      case 'mermaid':
        return planMermaid(plan, spokenDuration);
      case 'markdown':
        return planMarkdown(plan);
      case 'text':
        return planText(paint(toTerminal && context.terminal.color), plan, context.terminal.columns);
    }
  });
  if (plan.cycles.length > 0 || plan.runbooks.some((each) => each.verdict === 'late')) return 1;
  return plan.missing.length > 0 || plan.wholeMs === undefined ? 3 : 0;
}

function spoken(ms: number | undefined): string {
  return ms === undefined ? 'unknown' : spokenDuration(ms);
}

function verdictOf(each: PlannedRunbook): string {
  if (each.verdict === 'unknown') return each.rtoMs === undefined ? 'no objective' : 'unknown';
  return each.verdict === 'late' ? 'late' : 'in time';
}

function headline(plan: RecoveryPlan): string {
  const path = plan.criticalPath.length > 1 ? ` by way of ${plan.criticalPath.join(' → ')}` : '';
  if (plan.wholeMs !== undefined) return `The whole is back after ${spoken(plan.wholeMs)}${path}.`;
  const known = path === '' ? '' : `; the longest way that is known is ${plan.criticalPath.join(' → ')}`;
  return `How long the whole takes is unknown${known}.`;
}

function troubles(plan: RecoveryPlan): string[] {
  return [
    ...plan.cycles.map((cycle) => `These wait for each other: ${cycle.join(' → ')}.`),
    ...(plan.missing.length === 0 ? [] : [`Depended on, but not there: ${plan.missing.join(', ')}.`]),
  ];
}

function planText(style: Paint, plan: RecoveryPlan, columns: number): string {
  const head = ['wave', 'runbook', 'after', 'takes', '', 'back after', 'RTO', ''].map(style.dim);
  const rows = plan.runbooks.map((each) => [
    String(each.wave),
    each.critical ? style.bold(`${each.name} ●`) : each.name,
    each.dependsOn.join(', '),
    spoken(each.takesMs),
    style.dim(HOW[each.how]),
    spoken(each.backMs),
    spoken(each.rtoMs),
    each.verdict === 'late'
      ? style.error('late')
      : each.verdict === 'in-time'
        ? style.good('in time')
        : style.warning(verdictOf(each)),
  ]);
  return [
    ...table([head, ...rows], columns),
    '',
    plan.criticalPath.length === 0 ? headline(plan) : `${headline(plan)} ${style.dim('(● critical path)')}`,
    ...troubles(plan).map((each) => style.error(each)),
    '',
  ].join('\n');
}

function planMarkdown(plan: RecoveryPlan): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = plan.runbooks.map(
    (each) =>
      `| ${each.wave} | ${cell(each.name)}${each.critical ? ' ●' : ''} | ${cell(each.dependsOn.join(', '))} | ${spoken(each.takesMs)} (${HOW[each.how]}) | ${spoken(each.backMs)} | ${spoken(each.rtoMs)} | ${verdictOf(each)} |`,
  );
  return [
    '# Recovery plan',
    '',
    headline(plan),
    ...troubles(plan).flatMap((each) => ['', each]),
    '',
    '| wave | runbook | after | takes | back after | RTO | |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '```mermaid',
    planMermaid(plan, spokenDuration).trimEnd(),
    '```',
    '',
  ].join('\n');
}
