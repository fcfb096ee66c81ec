/** A dry run decided before it starts: from the documents and the request to what is read, restored, checked and promised. */
import { environmentOf } from '../references/environment.ts';
import { policyOf } from '../references/policy.ts';
import { asMap, asText, asTexts, dig, type PlainMap } from '../references/read.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { FOLDER_TOOLS } from './backupTools.ts';
import { planRole } from './dryRunPlan/access.ts';
import { planBackup } from './dryRunPlan/backup.ts';
import { namedServers } from './dryRunPlan/namedServers.ts';
import { planSandbox } from './dryRunPlan/sandbox.ts';
import { duration, folderOf, given, money, substitutionScope, type Scope } from './dryRunPlan/values.ts';
import type { BackupPlan, CheckPlan, RestorePlan } from './engine.ts';

/** What is asked for. */
export interface PlanRequest {
  /** Name under `dryRuns`; the first where left out. */
  readonly name?: string;
  readonly level?: number;
  readonly scenario?: string;
  readonly backup?: string;
  /** Milliseconds since the epoch. */
  readonly beforeMs?: number;
  /** Name of an environment instead of the runbook's own. */
  readonly environment?: string;
  readonly maxCost?: string;
  readonly trusted?: boolean;
  /** Absolute path of the workspace's root. */
  readonly root: string;
  readonly last?: Readonly<Record<string, number>>;
}

/** Either the plan or the one sentence why there is none. */
export type PlanResult = { readonly plan: RestorePlan } | { readonly problem: string };

const HOUR = 3_600_000;
/** What can go wrong on purpose; a name that is not here would be recorded as played when it was not. */
const SCENARIOS = ['newest-corrupt', 'newest-missing', 'role-denied', 'person-away', 'slow-store'];

/** Plans the dry run that `request` asks of the runbook `entry`. Pure; never throws, whatever the documents hold. */
export function planDryRun(entry: Entry, workspace: Workspace, request: PlanRequest): PlanResult {
  const runbook = asMap(entry.document.value);
  const title = entry.name ?? entry.file;
  const chosen = chosenRun(runbook, title, request);
  if (typeof chosen === 'string') return problem(chosen);
  const { name, run } = chosen;
  const environment = chosenEnvironment(entry, workspace, request.environment);
  if (request.environment !== undefined && !environment)
    return problem(`The workspace has no environment "${request.environment}".`);
  const scope = { environment, runbook };
  const folder = folderOf(request.root, entry.file);
  const backups = plannedBackups(chosen, title, scope, folder);
  if (typeof backups === 'string') return problem(backups);
  const [first] = backups;
  const sandbox = planSandbox(run, first, environment, request.level ?? run['level']);
  if (typeof sandbox === 'string') return problem(sandbox);
  const restore = asMap(runbook['restore']);
  const promised = objectives(entry, workspace, restore);
  const stepList = Array.isArray(restore['steps']) ? restore['steps'].map(asMap) : [];
  const level = request.level ?? declaredLevel(run, first);
  // Below a restore nothing is carried out, and nothing is proven of the steps.
  const runsSteps = run['steps'] === true && level >= 3;
  return {
    plan: {
      runbook: title,
      ...given('title', asText(dig(runbook, 'metadata', 'title'))),
      dryRun: name,
      level,
      proves: runsSteps ? 'runbook' : 'backup',
      ...given('scenario', request.scenario),
      ...given('dataClass', asText(runbook['dataClass'])),
      ...given('environment', environment?.name),
      backups,
      ...given('role', planRole(restore, scope)),
      sandbox,
      checks: planChecks(run),
      steps: runsSteps ? stepList : [],
      allSteps: stepList,
      scope: substitutionScope(scope),
      manualSteps: stepList.filter((step) => step['manual'] !== undefined).length,
      ...promised,
      prices: asMap(dig(environment?.document.value, 'prices')),
      named: namedServers(entry, workspace, environment),
      ...given('backupId', request.backup),
      ...given('beforeMs', request.beforeMs),
      ...given('pointInTime', run['pointInTime'] === undefined ? undefined : asMap(run['pointInTime'])),
      folder,
      root: request.root,
      timeoutMs: duration(run['timeout']) ?? Math.max(4 * HOUR, (promised.rtoMs ?? 0) * 3),
      trusted: request.trusted ?? true,
      ...given('maxCost', money(request.maxCost)),
      ...given('last', request.last),
      raw: run,
    },
  };
}

interface ChosenRun {
  /** Name under `dryRuns`. */
  readonly name: string;
  readonly run: PlainMap;
}

/** The dry run that is meant, or the one sentence why there is none. */
function chosenRun(runbook: PlainMap, title: string, request: PlanRequest): ChosenRun | string {
  const runs = asMap(runbook['dryRuns']);
  const names = Object.keys(runs);
  const name = request.name ?? names[0];
  if (name === undefined) return `Runbook "${title}" has no dry run: add one under "dryRuns".`;
  if (!Object.hasOwn(runs, name))
    return `Runbook "${title}" has no dry run "${name}"; it has: ${names.join(', ') || 'none'}.`;
  if (request.scenario !== undefined && !SCENARIOS.includes(request.scenario))
    return `There is no scenario "${request.scenario}"; there are: ${SCENARIOS.join(', ')}.`;
  return { name, run: asMap(runs[name]) };
}

/** The backups that the dry run names, else the only one there is; or the one sentence why there is none. */
function plannedBackups(
  { name, run }: ChosenRun,
  title: string,
  scope: Scope,
  folder: string,
): readonly [BackupPlan, ...BackupPlan[]] | string {
  const named = run['backups'] === undefined ? asTexts(run['backup']) : asTexts(run['backups']);
  const declared = asMap(scope.runbook['backups']);
  const only = Object.keys(declared);
  const wanted = named.length > 0 ? named : only.length === 1 ? only : [];
  const backups: BackupPlan[] = [];
  for (const each of wanted) {
    const made = planBackup(each, declared, scope, folder);
    if (typeof made === 'string') return made;
    backups.push(made);
  }
  const [first, ...others] = backups;
  if (!first)
    return `Dry run "${name}" of "${title}" names no backup: set "backup" to one of ${only.join(', ') || 'those you declare under "backups"'}.`;
  return [first, ...others];
}

/** What the run says, else the farthest that it can go without a sandbox of its own. */
function declaredLevel(run: PlainMap, backup: BackupPlan): number {
  if (typeof run['level'] === 'number') return run['level'];
  return run['sandbox'] === undefined && !FOLDER_TOOLS.has(backup.tool) ? 1 : 3;
}

/** What the runbook promises, with what it leaves out inherited from its class. */
function objectives(
  entry: Entry,
  workspace: Workspace,
  restore: PlainMap,
): Pick<RestorePlan, 'rpoMs' | 'rto' | 'rtoMs' | 'effortMs' | 'cost' | 'restoreIn' | 'frameworks'> {
  const policy = policyOf(entry, workspace);
  const inherited = asMap(policy?.class);
  const budget = { ...asMap(inherited['budget']), ...asMap(restore['budget']) };
  const rto = asText(restore['rto'] ?? inherited['rto']);
  return {
    ...given('rpoMs', duration(restore['rpo'] ?? inherited['rpo'])),
    ...given('rtoMs', duration(rto)),
    ...given('rto', rto),
    ...given('effortMs', duration(budget['effort'])),
    ...given('cost', money(budget['cost'])),
    ...given('restoreIn', inherited['restoreIn'] === undefined ? undefined : asTexts(inherited['restoreIn'])),
    ...given('frameworks', frameworksOf(policy?.value)),
  };
}

/** Audit frameworks that evidence is mapped to; undefined where the policy names none. */
export function frameworksOf(policy: PlainMap | undefined): readonly string[] | undefined {
  return policy?.['controls'] === undefined ? undefined : asTexts(policy['controls']);
}

function planChecks(run: PlainMap): readonly CheckPlan[] {
  const list = Array.isArray(run['checks']) ? run['checks'] : [];
  return list.map((each, index) => {
    const raw = asMap(each);
    return { name: asText(raw['name']) ?? `check ${index + 1}`, raw };
  });
}

function chosenEnvironment(entry: Entry, workspace: Workspace, name: string | undefined): Entry | undefined {
  if (name === undefined) return environmentOf(entry, workspace);
  const found = workspace.resolve('Environment', name, entry.file);
  return found.state === 'found' ? found.entry : undefined;
}

function problem(text: string): PlanResult {
  return { problem: text };
}
