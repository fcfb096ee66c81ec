/** The dry runs that a runbook declares, with their last result from evidence: for lenses, the Test Explorer and the confirmation. */
import type { EvidenceEntry, EvidenceSummary } from '../core/rules/rule.ts';
import { cloudCost } from '../core/recovery/cloudCost.ts';
import { planDryRun } from '../core/recovery/dryRunPlan.ts';
import type { BackupPlan, RestorePlan } from '../core/recovery/engine.ts';
import { asMap, asText, asTexts, type PlainMap } from '../core/references/read.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import type { DryRunPlan } from '../protocol.ts';
import { counted } from './words.ts';

/** Keys of a backup of tool `command`. */
const COMMANDS = ['find', 'verify', 'restore'];
/** Of a command in a confirmation. */
const LONGEST_COMMAND = 500;

export interface DeclaredDryRun {
  readonly name: string;
  /** The level that the lens starts: 3 where there is a sandbox, else 1. */
  readonly level: number;
  readonly scenarios: readonly string[];
  readonly last: EvidenceEntry | undefined;
}

/** In order of the document; never throws on half-typed ones. */
export function dryRunsOf(entry: Entry, workspace: Workspace, evidence: EvidenceSummary): readonly DeclaredDryRun[] {
  const runs = asMap(asMap(entry.document.value)['dryRuns']);
  return Object.entries(runs).map(([name, run]) => ({
    name,
    level: levelOf(entry, workspace, name),
    scenarios: asTexts(asMap(run)['scenarios']),
    last: lastRun(evidence, entry.name, name),
  }));
}

/** The newest record of a dry run without a scenario (a scenario fails on purpose); its scenario's where one is named. */
export function lastRun(
  evidence: EvidenceSummary,
  runbook: string | undefined,
  dryRun: string,
  scenario?: string,
): EvidenceEntry | undefined {
  return evidence.entries
    .filter((each) => each.runbook === runbook && each.dryRun === dryRun && each.scenario === scenario)
    .reduce<EvidenceEntry | undefined>(
      (newest, each) => (newest && newest.startedAt >= each.startedAt ? newest : each),
      undefined,
    );
}

function levelOf(entry: Entry, workspace: Workspace, name: string): number {
  const made = planDryRun(entry, workspace, { name, root: '/' });
  return 'plan' in made ? made.plan.level : 1;
}

/**
 * What a person confirms: what is read from where and restored into what; `bytes` is the size of the backup, where the
 * evidence knows it.
 */
export function confirmationOf(plan: RestorePlan, bytes?: number): DryRunPlan {
  const restores = plan.level >= 3;
  return {
    runbook: plan.runbook,
    name: plan.dryRun,
    level: plan.level,
    proves: plan.proves,
    reads: plan.level === 0 ? [] : plan.backups.map(readOf),
    restoresInto: restores ? sandboxOf(plan) : 'nothing: this level restores nothing',
    checks: restores ? plan.checks.length : 0,
    notes: notesOf(plan),
    ...(plan.level >= 4 ? { estimate: estimateOf(plan, bytes) } : {}),
  };
}

/** What a restore by the provider is estimated to cost; what decides it and isn't known yet is said. */
function estimateOf(plan: RestorePlan, bytes: number | undefined): string {
  const tool = plan.backups[0]?.tool ?? '';
  const instanceClass = asText(plan.sandbox.raw['class']);
  const instance = tool !== 'dynamodb-pitr';
  if (bytes === undefined || (instance && instanceClass === undefined)) {
    const lacking = bytes === undefined ? 'the size of the backup' : 'the class of the instance';
    return `What it costs depends on ${lacking}, which is looked up before anything is made; where it comes to more than you allow, nothing is made.`;
  }
  const cost = cloudCost(
    { tool, bytes, forMs: plan.timeoutMs, ...(instanceClass === undefined ? {} : { instanceClass }) },
    plan.prices,
  );
  return 'unknown' in cost
    ? `${cost.unknown} AWS Pricing is asked for it before anything is made.`
    : `Estimated to cost at most ${cost.amount} ${cost.currency} (${cost.how}).`;
}

function readOf(backup: BackupPlan): string {
  const { location } = backup;
  const tool = `backup "${backup.name}" (${backup.tool})`;
  switch (location.kind) {
    case 'bucket':
      return `${tool} from s3://${location.bucket}/${location.prefix}`;
    case 'folder':
      return `${tool} from the folder ${location.folder}`;
    case 'own': {
      const { repository, stanza, vault } = backup.settings;
      const where = [repository, stanza, vault].find((each) => typeof each === 'string');
      return where === undefined ? `${tool} from where the tool keeps it` : `${tool} from ${where}`;
    }
  }
}

function sandboxOf(plan: RestorePlan): string {
  const { kind, engine, version, use } = plan.sandbox;
  const what = [engine, version].filter((part) => part !== undefined).join(' ');
  if (plan.level >= 4) return 'an isolated restore made by the provider; it is deleted afterwards';
  if (use !== undefined)
    return `sandbox "${use}" of the environment (${what}); what is made there is dropped afterwards`;
  if (kind === 'files') return 'a temporary folder with a quota, removed afterwards';
  if (kind === 'container') return `a container with ${what}, removed afterwards`;
  if (kind === 'server') return `a new database on a server named for this (${what}), dropped afterwards`;
  return `a private ${what} server in a temporary folder, removed afterwards`;
}

/** The commands that a person agrees to, each on a line; what is cut off is said. */
function commandsIn(map: PlainMap, ...keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const text = asText(map[key])
      ?.trim()
      .replace(/\s*\n\s*/gu, ' ⏎ ');
    if (text === undefined || text === '') return [];
    const more = text.length - LONGEST_COMMAND;
    return [`(${key}): ${more > 0 ? `${text.slice(0, LONGEST_COMMAND)}… and ${more} more characters` : text}`];
  });
}

/** What only a restore has: where it may go, and what its time is measured against. */
function measuredNotes({ manualSteps, restoreIn, rto }: RestorePlan): string[] {
  const notes: string[] = [];
  if (manualSteps === 1) notes.push('1 manual step is not carried out and stays untimed.');
  if (manualSteps > 1) notes.push(`${manualSteps} manual steps are not carried out and stay untimed.`);
  if (restoreIn) notes.push(`The data class lets its data be restored in: ${restoreIn.join(', ')}.`);
  if (rto !== undefined) notes.push(`Time is measured against the RTO of ${rto}.`);
  return notes;
}

function notesOf(plan: RestorePlan): string[] {
  const notes: string[] = [];
  if (plan.role) notes.push(`Reads with the restore role ${plan.role.arn ?? plan.role.name}.`);
  if (plan.backupId !== undefined) notes.push(`Chooses backup ${plan.backupId} instead of the newest.`);
  if (plan.beforeMs !== undefined)
    notes.push(`Chooses the newest backup before ${new Date(plan.beforeMs).toISOString()}.`);
  if (plan.scenario !== undefined) notes.push(`Plays the scenario ${plan.scenario}.`);
  if (plan.steps.length > 0) notes.push(`Runs the runbook's own ${counted(plan.steps.length, 'step')} in the sandbox.`);
  notes.push(
    ...plan.steps.flatMap((step) => commandsIn(step, 'run', 'verify', 'rollback').map((each) => `Runs ${each}`)),
  );
  for (const { name, tool, raw } of plan.level === 0 ? [] : plan.backups)
    if (tool === 'command')
      notes.push(...commandsIn(asMap(raw['command']), ...COMMANDS).map((each) => `Runs for backup "${name}" ${each}`));
  if (plan.level >= 3) notes.push(...measuredNotes(plan));
  if (plan.maxCost) notes.push(`May cost up to ${plan.maxCost.amount} ${plan.maxCost.currency}.`);
  return notes;
}
