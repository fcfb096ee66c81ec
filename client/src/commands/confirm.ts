/** Asks before a dry run: what is read from where, and what it is restored into. */
import * as vscode from 'vscode';
import type { DryRunPlan } from '../../../server/src/protocol.ts';
import { count } from '../words.ts';
import { LEVELS } from './levels.ts';

/** The word on the button; the browser tests look for it. */
export const START = 'Start dry run';

/** The plan in lines for a dialog. */
function describePlan(plan: DryRunPlan): string {
  const reads = plan.level === 0 ? [] : plan.reads;
  return [
    `Level ${plan.level}: ${provesOf(plan)}`,
    '',
    'Reads:',
    ...(reads.length > 0 ? reads.map((source) => `  • ${source}`) : ['  • nothing but the documents']),
    '',
    `Restores into: ${plan.restoresInto}`,
    ...(plan.level < 3
      ? []
      : [`Then runs ${count(plan.checks, 'check')} on the restored data and removes the sandbox.`]),
    ...(plan.estimate === undefined ? [] : ['', plan.estimate]),
    ...(plan.notes.length > 0 ? ['', ...plan.notes] : []),
  ].join('\n');
}

/** What a pass would prove, and no more: below level 3 nothing was restored. */
function provesOf(plan: DryRunPlan): string {
  if (plan.level < 3) return LEVELS.find(({ level }) => level === plan.level)?.does ?? 'restores nothing.';
  return plan.proves === 'runbook'
    ? 'proves that the runbook’s own steps bring the data back.'
    : 'proves that the backup can be restored.';
}

/** A modal question over one plan or several; true where the person agreed. */
export async function confirmPlans(plans: readonly DryRunPlan[]): Promise<boolean> {
  const only = plans.length === 1 ? plans[0] : undefined;
  const title =
    only === undefined
      ? `Start ${plans.length} dry runs, one after another?`
      : `Start the dry run ‘${only.name}’ of ${only.runbook}?`;
  const detail =
    only === undefined
      ? plans.map((plan) => `${plan.runbook} · ${plan.name}\n${describePlan(plan)}`).join('\n\n')
      : describePlan(only);
  const choice = await vscode.window.showInformationMessage(title, { modal: true, detail }, START);
  return choice === START;
}

/** Says that a dry run needs trust, with the way to it; true where the workspace is trusted. */
export async function needsTrust(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage workspace trust';
  const choice = await vscode.window.showWarningMessage(
    `${what} reads your infrastructure and starts processes, so it needs a trusted workspace.`,
    manage,
  );
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
