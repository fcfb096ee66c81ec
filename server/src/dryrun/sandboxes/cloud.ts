/** The provider itself as the sandbox (level 4): paid for, so the price is known and agreed to before anything is made. */
import type { CheckPlan, FoundBackup, RunContext, RunningSandbox } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { expectationOf } from '../../core/recovery/judge.ts';
import type { CheckRecord } from '../../core/recovery/record.ts';
import { cloudCost, cloudPricesLacking, type CloudUse } from '../../core/recovery/cloudCost.ts';
import type { AskedPrices } from '../../core/recovery/prices.ts';
import { asText, asTexts } from '../../core/references/read.ts';
import { clientSettings, type ClientSettings } from '../cloud/client.ts';
import { askPrices } from '../cloud/pricing.ts';
import { instanceFacts, tableFacts, type CloudFacts } from '../cloud/facts.ts';
import { likeTool } from '../cloud/restore.ts';
import type { EnginePorts } from '../ports.ts';
import { openAws } from '../stores/aws.ts';
import { awsFault } from '../stores/awsFault.ts';
import type { Sandbox } from './sandbox.ts';

export interface CloudHandle {
  readonly settings: ClientSettings;
  /** How the account is reached again for deleting: no secret in it. */
  readonly access: NonNullable<import('../../core/recovery/engine.ts').Made & { kind: 'cloud' }>['access'];
  readonly source: CloudFacts | undefined;
  readonly instanceClass?: string;
  readonly subnetGroup?: string;
  readonly securityGroups?: readonly string[];
  /** Facts of what was restored, judged. */
  readonly facts: CheckRecord[];
}

async function provision(ports: EnginePorts, run: RunContext, found: readonly FoundBackup[]): Promise<RunningSandbox> {
  const { plan } = run;
  const { raw } = plan.sandbox;
  const [only, ...others] = found;
  const of = only?.plan.of;
  if (!only || !of || others.length > 0)
    throw new StageFault('inconclusive', 'Level 4 restores one backup of one resource; name one.', {
      code: 'unsupported',
    });
  if (plan.steps.length > 0)
    throw new StageFault('inconclusive', "The runbook's own steps can't be run at level 4; run them at level 3.", {
      code: 'unsupported',
    });
  const subnetGroup = asText(raw['subnetGroup']);
  const groups = asTexts(raw['securityGroups']);
  const elsewhere = plan.sandbox.access;
  const tool = likeTool(only.plan);
  if (tool === 'rds-snapshot' && subnetGroup === undefined && asText(raw['account']) === undefined)
    throw new StageFault(
      'failed',
      'Level 4 restores into an isolated account or network, and the sandbox names neither: give a sandbox of kind cloud in the environment an "account", or a "subnetGroup" and "securityGroups".',
      { code: 'refused' },
    );
  if (tool === 'dynamodb-pitr' && elsewhere?.id !== undefined && elsewhere.id !== of.access?.id)
    throw new StageFault('failed', 'DynamoDB restores a point in time only within the account of the table.', {
      code: 'refused',
    });
  const own = of.access ?? {};
  const target = elsewhere ?? own;
  const role = elsewhere === undefined ? plan.role : undefined;
  const settings = await clientSettings(await openAws(ports, target, role, false, run.signal));
  let source: CloudFacts | undefined;
  try {
    const there =
      elsewhere === undefined
        ? settings
        : await clientSettings(await openAws(ports, own, plan.role, false, run.signal));
    source =
      tool === 'dynamodb-pitr'
        ? await tableFacts(there, of.id, run.signal)
        : await instanceFacts(there, of.id, run.signal);
  } catch (error) {
    run.signal.throwIfAborted();
    throw awsFault(error, of.id);
  }
  const instanceClass = asText(raw['class']) ?? source?.instanceClass;
  const engine = source?.engine;
  const use: CloudUse = {
    tool,
    bytes: Math.max(only.record.bytes ?? 0, source?.bytes ?? 0),
    forMs: plan.timeoutMs,
    ...(instanceClass === undefined ? {} : { instanceClass }),
    ...(engine === undefined ? {} : { engine }),
  };
  const lacking = cloudPricesLacking(use, plan.prices);
  await agreeOnCost(run, use, lacking.length === 0 ? undefined : await askPrices(ports, run, target, lacking));
  const handle: CloudHandle = {
    settings,
    access: { account: { ...target }, ...(role === undefined ? {} : { role: { ...role } }) },
    source,
    facts: [],
    ...(instanceClass === undefined ? {} : { instanceClass }),
    ...(subnetGroup === undefined ? {} : { subnetGroup }),
    ...(groups.length === 0 ? {} : { securityGroups: groups }),
  };
  return {
    kind: 'cloud',
    engine: source?.engine ?? tool,
    ...(only.record.sourceVersion === undefined ? {} : { version: only.record.sourceVersion }),
    address: `account ${target.alias ?? target.id ?? 'of the caller'}, ${settings.region}${subnetGroup === undefined ? '' : `, subnet group ${subnetGroup}`}, not publicly accessible`,
    handle,
  };
}

/** Refuses what is not known to stay below `--max-cost`, and says what it will come to before it is made. */
async function agreeOnCost(run: RunContext, use: CloudUse, asked: AskedPrices | undefined): Promise<void> {
  const { maxCost, prices } = run.plan;
  const refuse = (why: string): StageFault => new StageFault('failed', why, { code: 'refused' });
  if (!maxCost) throw refuse('Level 4 costs money: say the most with --max-cost, such as --max-cost "20 USD".');
  const cost = cloudCost(use, prices, asked);
  if ('unknown' in cost) throw refuse(cost.unknown);
  const words = `The restore costs at most ${cost.amount} ${cost.currency} (${cost.how})`;
  run.output('provision', `${words}.\n`);
  if (cost.currency !== maxCost.currency)
    throw refuse(
      `${words}, which can't be held against the ${maxCost.amount} ${maxCost.currency} allowed: give --max-cost in ${cost.currency}.`,
    );
  if (cost.amount > maxCost.amount)
    throw refuse(`${words}: more than the ${maxCost.amount} ${maxCost.currency} that --max-cost allows.`);
  if (run.confirmCost !== undefined && !(await run.confirmCost(`${words}.`)))
    throw refuse(`${words}, and that was not agreed to: nothing was made.`);
  run.note({
    severity: 'information',
    code: 'cloud-cost',
    message: `${words}, of ${maxCost.amount} ${maxCost.currency} allowed.`,
  });
}

/** The provider gives no way in for a query from here: what it says of the restore is checked by the facts instead. */
function check(_ports: EnginePorts, _run: RunContext, _sandbox: RunningSandbox, plan: CheckPlan): Promise<CheckRecord> {
  return Promise.resolve({
    name: plan.name,
    state: 'inconclusive',
    expected: expectationOf(plan.raw),
    durationMs: 0,
    message:
      'What the provider restored is cut off from here, so this was not asked; run it at level 3, or leave it out of the dry run at level 4.',
  });
}

export const cloud: Sandbox = {
  kind: 'cloud',
  provision,
  check,
  facts: (sandbox) => (sandbox.handle as CloudHandle).facts,
};
