/** Prepares a dry run: what it would do and, where the level costs money, what it may cost at most. Nothing is started. */
import * as vscode from 'vscode';
import { COMMANDS, type DryRunArguments, type DryRunPlan, type DryRunResponse } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { sendServerCommand } from './serverCommand.ts';

/** What would be run, the refusal why not, or undefined where the person took it back. */
export type Prepared = { readonly args: DryRunArguments; readonly plan: DryRunPlan } | Refused | undefined;

type Refused = Exclude<DryRunResponse, { readonly status: 'needs-confirmation' }>;

/** From this level on a provider is paid. */
const COSTS_FROM = 4;
const MONEY = /^\d[\d,_]*(\.\d+)?\s*[A-Z]{3}$/;

/** Why a text is no limit; undefined where it is one. */
function limitProblem(text: string): string | undefined {
  return MONEY.test(text.trim()) ? undefined : 'An amount and a currency, such as 20 USD.';
}

/** Asks the server for the plan, and the person for a limit where it costs money and none was given. */
export async function prepareDryRun(client: Client, args: DryRunArguments): Promise<Prepared> {
  const first = await planOf(client, args);
  if ('status' in first) return first;
  if (first.level < COSTS_FROM || args.maxCost !== undefined) return { args, plan: first };
  const maxCost = await vscode.window.showInputBox({
    title: `What may the level-${String(first.level)} dry run ‘${first.name}’ of ${first.runbook} cost at most?`,
    prompt: first.estimate ?? '',
    placeHolder: '20 USD',
    ignoreFocusOut: true,
    validateInput: limitProblem,
  });
  if (maxCost === undefined) return undefined;
  const limited = { ...args, maxCost: maxCost.trim() };
  const plan = await planOf(client, limited);
  return 'status' in plan ? plan : { args: limited, plan };
}

async function planOf(client: Client, args: DryRunArguments): Promise<DryRunPlan | Refused> {
  const { confirmed: _, ...unconfirmed } = args;
  const response = await sendServerCommand<DryRunResponse>(client, COMMANDS.dryRun, unconfirmed);
  return response.status === 'needs-confirmation' ? response.plan : response;
}
