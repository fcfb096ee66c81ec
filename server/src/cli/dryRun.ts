/** `drillbook dry-run`: restores a real backup into a sandbox, checks it, measures it, tears it down and keeps the evidence. */
import { planDryRun, type PlanRequest } from '../core/recovery/dryRunPlan.ts';
import { portable } from '../core/recovery/portable.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { parseMoney } from '../core/values/money.ts';
import { confirmationOf } from '../language/dryRuns.ts';
import type { DryRunEvent } from '../protocol.ts';
import { UsageError, type Command, type CommandContext, type ExitStatus } from './command.ts';
import { canAsk } from './dryRunPeople.ts';
import { showProgress } from './dryRunProgress.ts';
import { findTargets, type Target } from './dryRunTarget.ts';
import { tellMachines } from './dryRunTold.ts';
import { notifyAddress } from './notify.ts';
import { parseOutputs, writeOutputs, type Output } from './outputs.ts';
import { counted, paint } from './style.ts';

const FORMATS = ['text', 'json', 'markdown', 'html'] as const;
type Format = (typeof FORMATS)[number];

export const command: Command = {
  name: 'dry-run',
  summary: 'Restore a real backup into a sandbox and prove it',
  operands: 'RUNBOOK[#NAME]',
  count: [0, 1],
  options: [
    {
      name: 'level',
      value: '0..4',
      choices: ['0', '1', '2', '3', '4'],
      help: 'How far to go: 0 static, 1 preflight, 2 verified, 3 restored, 4 cloud sandbox',
    },
    { name: 'backup', value: 'ID', help: 'This backup instead of the newest' },
    { name: 'before', value: 'TIME', help: 'The newest backup before this time (ISO 8601)' },
    { name: 'scenario', value: 'NAME', help: 'Play one of the runbook’s scenarios, such as newest-corrupt' },
    { name: 'yes', short: 'y', help: 'The plan is confirmed: for where no one can be asked' },
    { name: 'all', help: 'Every dry run of every runbook' },
    {
      name: 'due',
      help: 'Those whose cadence is due, whose last run failed, or whose runbook changed since the last pass; with their scenarios, and any that failed last or was never played',
    },
    { name: 'max-cost', value: 'MONEY', help: 'The most that level 4 may cost, such as "20 USD"; level 4 needs it' },
    {
      name: 'events',
      help: 'One JSON object a line on stdout while it runs; with --format json the record as the last',
    },
    {
      name: 'format',
      value: 'FORMAT[=FILE]',
      multiple: true,
      help: 'text, json (the evidence record; a list of them with --all and --due), markdown or html (the report)',
    },
    {
      name: 'metrics',
      value: 'FILE',
      help: 'Write the last results as OpenMetrics, for a textfile collector; with --all and --due of every dry run',
    },
    {
      name: 'notify',
      value: 'URL',
      help: 'POST what did not pass as JSON, and with --all and --due what is overdue; signed where DRILLBOOK_NOTIFY_SECRET is set',
    },
    { name: 'reap', help: 'Remove what killed runs left behind; alone, or before the run' },
    { name: 'no-fetch', help: 'Don’t fetch database binaries where the machine has none' },
    { name: 'environment', value: 'NAME', help: 'This environment instead of the runbook’s' },
    { name: 'allow-host', value: 'HOST', multiple: true, help: 'A host that secrets may be sent to, besides loopback' },
  ],
  details:
    'RUNBOOK is a file, or a name in the workspace; #NAME is one of its dryRuns (default: the first). Status 0: passed; 1: failed; 3: inconclusive or cancelled. Nothing touches production, and nothing stays behind but evidence.',
  examples: [
    'drillbook dry-run orders-db --yes',
    'drillbook dry-run runbooks/orders.runbook.yaml#orders --level 1',
    'drillbook dry-run --due --yes --metrics /var/lib/node_exporter/drillbook.prom',
  ],
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { values } = context;
  const outputs = parseOutputs(context, FORMATS, 'text');
  const hook = await notifyAddress(context);
  const request = requestOf(context);
  if (values.flag('reap')) {
    const removed = await reap(context);
    if (context.operands.length === 0 && !values.flag('all') && !values.flag('due')) {
      await context.terminal.out(`${removed}\n`);
      return 0;
    }
    context.terminal.note(removed);
  }
  const targets = await findTargets(context);
  const isMany = values.flag('all') || values.flag('due');
  // Of several runs one list is made: of many documents behind each other, or in one file, a reader gets none or the last. Markdown goes on behind a rule.
  const lists = isMany
    ? outputs.filter((each) =>
        each.file === undefined
          ? each.format === 'json' && !values.flag('events')
          : each.format === 'json' || each.format === 'markdown',
      )
    : [];
  const saysText = !values.flag('events') && outputs.some((each) => each.format === 'text' && each.file === undefined);
  const say = async (text: string): Promise<void> => {
    if (saysText) await context.terminal.out(`${text}\n`);
    else context.terminal.note(text);
  };
  if (targets.length === 0) {
    await writeOutputs(context, lists, (format) => (format === 'json' ? '[]\n' : 'No dry run was to be made.\n'));
    await tellMachines(context, hook, []);
    await say(values.flag('due') ? 'No dry run is due.' : 'No runbook has a dry run.');
    return 0;
  }
  const page = outputs.find((each) => each.format !== 'json' && each.file !== undefined && !lists.includes(each));
  if (targets.length > 1 && page !== undefined) {
    throw new UsageError(
      `one file can't hold the ${page.format} of ${targets.length} dry runs; the report of each is written under .drillbook/reports.`,
      'dry-run',
    );
  }
  const plannable = isMany ? whatCanBePlanned(context, targets, request) : targets;
  await confirm(context, plannable, request);
  const records: EvidenceRecord[] = [];
  const pages: string[] = [];
  for (const target of plannable) {
    if (context.signal.aborted) break;
    const single = outputs.filter((each) => !lists.includes(each));
    const record = await runTarget(context, target, request, single);
    records.push(record);
    if (lists.some((each) => each.format === 'markdown')) {
      const { renderPage } = await import('./reportPage.ts');
      pages.push(await renderPage(context, target.selection.root, record, 'markdown'));
    }
  }
  await writeOutputs(context, lists, (format) =>
    format === 'json' ? `${JSON.stringify(records, undefined, 2)}\n` : pages.join('\n---\n\n'),
  );
  await tellMachines(context, hook, records);
  if (targets.length > 1) await say(together(records, targets.length));
  if (records.some((record) => record.result === 'failed')) return 1;
  return records.length === targets.length && records.every((record) => record.result === 'passed') ? 0 : 3;
}

function requestOf(context: CommandContext): Omit<PlanRequest, 'root' | 'last'> {
  const { values, dependencies } = context;
  const before = values.text('before');
  const beforeMs = before === undefined ? undefined : Date.parse(before);
  if (beforeMs !== undefined && Number.isNaN(beforeMs))
    throw new UsageError(`--before is a time such as 2026-11-20T10:00:00Z, not "${before ?? ''}".`);
  const level = values.text('level');
  const maxCost = values.text('max-cost');
  if (maxCost !== undefined && parseMoney(maxCost) === undefined)
    throw new UsageError(`--max-cost is an amount of money such as "20 USD", not "${maxCost}".`, 'dry-run');
  if (level === '4' && maxCost === undefined) {
    throw new UsageError('level 4 costs money: say the most with --max-cost, such as --max-cost "20 USD".');
  }
  return {
    trusted: dependencies.trusted,
    ...optional('level', level === undefined ? undefined : Number(level)),
    ...optional('beforeMs', beforeMs),
    ...optional('backup', values.text('backup')),
    ...optional('scenario', values.text('scenario')),
    ...optional('environment', values.text('environment')),
    ...optional('maxCost', maxCost),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, Value>>);
}

/** Removes what killed runs left, and says what that was. */
async function reap(context: CommandContext): Promise<string> {
  const { createEngine } = await import('../dryrun/engine.ts');
  const { enginePorts } = await import('./dryRunEngine.ts');
  const removed = await createEngine(await enginePorts(context)).leases.reap();
  return removed.length === 0 ? 'Nothing was left behind.' : removed.join('\n');
}

/** Of several dry runs, those that can be planned: one that can't is told, and keeps the others from nothing. */
function whatCanBePlanned(
  context: CommandContext,
  targets: readonly Target[],
  request: Omit<PlanRequest, 'root' | 'last'>,
): readonly Target[] {
  return targets.filter((target) => {
    const planned = planDryRun(target.entry, target.selection.workspace, planRequest(target, request));
    if (!('problem' in planned)) return true;
    context.terminal.note(`Not run: ${planned.problem}`);
    return false;
  });
}

/** Says what would be read and made; a restore needs a yes. */
async function confirm(
  context: CommandContext,
  targets: readonly Target[],
  request: Omit<PlanRequest, 'root' | 'last'>,
): Promise<void> {
  const style = paint(context.terminal.noteColor);
  let restores = false;
  for (const target of targets) {
    const planned = planDryRun(target.entry, target.selection.workspace, planRequest(target, request));
    if ('problem' in planned) throw new UsageError(planned.problem, 'dry-run');
    const asked = canAsk(context) && planned.plan.steps.length > 0;
    const plan = confirmationOf(asked ? { ...planned.plan, manualSteps: 0 } : planned.plan);
    const { manualSteps } = planned.plan;
    restores ||= plan.level >= 3;
    context.terminal.note(
      [
        `${style.bold(`${plan.runbook}#${plan.name}`)}  level ${plan.level}, proves ${plan.proves}`,
        ...plan.reads.map((each) => `  reads ${each}`),
        `  restores into ${plan.restoresInto}`,
        ...(plan.checks > 0 ? [`  runs ${counted(plan.checks, 'check')}`] : []),
        ...plan.notes.map((each) => style.dim(`  ${each}`)),
        ...(asked && manualSteps > 0 ? [style.dim(`  Asks you about ${counted(manualSteps, 'manual step')}.`)] : []),
      ].join('\n'),
    );
  }
  if (!restores || context.values.flag('yes')) return;
  const answer = await context.terminal.ask('Start it? [y/N] ');
  if (answer === undefined) {
    throw new UsageError(
      'a restore has to be confirmed, and no one can be asked here: give --yes once the plan above is what you want.',
      'dry-run',
    );
  }
  if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('not confirmed; nothing was started.', 'dry-run');
}

function planRequest(target: Target, request: Omit<PlanRequest, 'root' | 'last'>): PlanRequest {
  return {
    ...request,
    root: target.selection.root,
    ...optional('name', target.name),
    ...optional('scenario', target.scenario ?? request.scenario),
  };
}

async function runTarget(
  context: CommandContext,
  target: Target,
  request: Omit<PlanRequest, 'root' | 'last'>,
  outputs: readonly Output<Format>[],
): Promise<EvidenceRecord> {
  const { runOne, inRoot } = await import('./dryRunEngine.ts');
  const { writeReport, renderRun } = await import('./dryRunReport.ts');
  const asEvents = context.values.flag('events');
  const show = showProgress(context.terminal);
  const emit = (event: DryRunEvent): void => void context.terminal.out(`${JSON.stringify(event)}\n`);
  const own = { ...optional('name', target.name), ...optional('scenario', target.scenario ?? request.scenario) };
  const outcome = await runOne(context, target, { ...request, ...own }, (event) => {
    // The result is told once its report is written.
    if (event.event === 'result') return;
    if (asEvents) emit(portable(event, target.selection.root));
    else show(event);
  });
  const { record } = outcome;
  const report = await writeReport(context, target, record);
  const evidence = outcome.evidence === undefined ? undefined : inRoot(target, outcome.evidence);
  if (asEvents) {
    emit({
      event: 'result',
      result: record.result,
      at: record.finishedAt,
      ...optional('evidence', evidence),
      ...optional('report', report),
    });
  }
  // Events are lines: the record follows as the last of them, and no text or page for people.
  const wanted = asEvents ? outputs.filter((output) => output.file !== undefined) : outputs;
  if (asEvents && outputs.some((output) => output.format === 'json' && output.file === undefined))
    await context.terminal.out(`${JSON.stringify(record)}\n`);
  await writeOutputs(
    context,
    wanted,
    async (format, toTerminal) => await renderRun(context, target, record, { format, toTerminal, evidence, report }),
  );
  return record;
}

function together(records: readonly EvidenceRecord[], asked: number): string {
  const of = (result: string): number => records.filter((record) => record.result === result).length;
  const rest = asked - of('passed') - of('failed');
  return `${of('passed')} passed, ${of('failed')} failed${rest > 0 ? `, ${rest} inconclusive or not run` : ''}.`;
}
