/** `drillbook coverage`: live data stores that no runbook covers, as a percentage and a list. */
import * as path from 'node:path';
import { coverage, COVERAGE_FORMATS, coverageStatus, renderCoverage } from '../app/coverage.ts';
import { writeBaseline } from '../core/recovery/coverageBaseline.ts';
import { Failure, type Command, type CommandContext, type ExitStatus } from './command.ts';
import { durationOption } from './durations.ts';
import { readEvidence } from './evidenceSummary.ts';
import { ALLOW_HOST, ENVIRONMENT } from './options.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { selectWorkspaces } from './workspace.ts';

const DEFAULT_DEADLINE_MS = 120_000;
const BASELINE_DAYS = 90;

export const command: Command = {
  name: 'coverage',
  summary: 'Live data stores that no runbook covers',
  operands: '[PATH]',
  count: [0, 1],
  options: [
    { name: 'format', value: 'FORMAT[=FILE]', multiple: true, help: 'text, json or markdown' },
    { name: 'baseline', value: 'FILE', help: 'Accept the gaps that this file lists, each until its end date' },
    { name: 'write-baseline', value: 'FILE', help: 'Write the gaps of this run as a baseline that ends in 90 days' },
    { name: 'deadline', value: 'DURATION', help: 'Stop listing after this long (default 2m); gaps are named' },
    ENVIRONMENT,
    ALLOW_HOST,
  ],
  details:
    'Covered means: a backup is declared and a dry run has passed. Status 1: something is not covered; 3: something could not be listed.',
  examples: ['drillbook coverage', 'drillbook coverage --baseline coverage.json --format markdown'],
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { dependencies, values } = context;
  const outputs = parseOutputs(context, COVERAGE_FORMATS, 'text');
  const deadlineMs = durationOption(context, 'deadline') ?? DEFAULT_DEADLINE_MS;
  const [selection] = await selectWorkspaces(context, context.operands);
  if (selection === undefined) throw new Failure('there is no workspace here.');
  const { createInventory } = await import('../live/inventory.ts');
  const { bothInventories, createTerraformInventory } = await import('../live/terraform/inventory.ts');
  const live = createInventory({
    secrets: dependencies.secrets,
    clock: dependencies.clock,
    log: dependencies.log,
    allowedHosts: await dependencies.approvedHosts(values.list('allow-host')),
    trusted: () => dependencies.trusted,
  });
  const { clock, files } = dependencies;
  const inventory = bothInventories(live, createTerraformInventory({ clock, files, root: selection.root }));
  const name = values.text('environment');
  const environments = selection.workspace
    .byKind('Environment')
    .filter((entry) => name === undefined || entry.name === name);
  if (environments.length === 0)
    throw new Failure('the workspace has no environment, so there is nowhere to look; drillbook init writes one.');
  const file = values.text('baseline');
  context.terminal.transient('Listing what is live…');
  const report = await coverage(selection.workspace, {
    inventory,
    environments,
    evidence: await readEvidence(context, selection.root),
    now: dependencies.clock.now(),
    signal: context.signal,
    deadlineMs,
    ...(file === undefined ? {} : { baseline: await readBaseline(context, file) }),
  });
  const write = values.text('write-baseline');
  if (write !== undefined) {
    const until = new Date(dependencies.clock.now() + BASELINE_DAYS * 86_400_000).toISOString().slice(0, 10);
    const gaps = report.rows.filter((row) => ['uncovered', 'no-backup', 'untested'].includes(row.state));
    await dependencies.files.writeAtomic(
      path.resolve(context.cwd, write),
      writeBaseline(gaps, until, 'known when coverage was first measured'),
    );
    context.terminal.note(`Wrote ${write}: ${gaps.length} gaps accepted until ${until}. Give each its reason.`);
  }
  await writeOutputs(context, outputs, (format) => renderCoverage(report, format));
  return coverageStatus(report);
}

async function readBaseline(context: CommandContext, file: string): Promise<string> {
  try {
    return await context.dependencies.files.readText(path.resolve(context.cwd, file));
  } catch (error) {
    throw new Failure(`the baseline ${file} can't be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
