/** A dry run decided before it starts: from the documents and the request to what is read, restored, checked and promised. */
import { accountNamed, environmentOf } from '../references/environment.ts';
import { policyOf } from '../references/policy.ts';
import { asMap, asText, asTexts, dig, type PlainMap } from '../references/read.ts';
import type { SecretReference } from '../ports.ts';
import { largestGapMs, parseCron } from '../values/cron.ts';
import { parseDuration } from '../values/duration.ts';
import { parseMoney } from '../values/money.ts';
import type { Entry, Workspace } from '../workspace.ts';
import type {
  AccountAccess,
  BackupLocation,
  BackupPlan,
  CheckPlan,
  NamedServer,
  RestorePlan,
  RolePlan,
  SandboxPlan,
} from './engine.ts';
import { substitute } from './substitute.ts';

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
const PROVIDER_TOOLS = new Set(['rds-snapshot', 'aws-backup', 'dynamodb-pitr', 'ebs-snapshot']);
const FILE_TOOLS = new Set(['files', 'restic', 'command', 'borg', 'kopia']);

/** Plans the dry run that `request` asks of the runbook `entry`. Pure; never throws, whatever the documents hold. */
export function planDryRun(entry: Entry, workspace: Workspace, request: PlanRequest): PlanResult {
  const runbook = asMap(entry.document.value);
  const runs = asMap(runbook['dryRuns']);
  const names = Object.keys(runs);
  const name = request.name ?? names[0];
  const title = entry.name ?? entry.file;
  if (name === undefined) return problem(`Runbook "${title}" has no dry run: add one under "dryRuns".`);
  if (!Object.hasOwn(runs, name))
    return problem(`Runbook "${title}" has no dry run "${name}"; it has: ${names.join(', ') || 'none'}.`);
  const run = asMap(runs[name]);
  if (request.scenario !== undefined && !SCENARIOS.includes(request.scenario)) {
    return problem(`There is no scenario "${request.scenario}"; there are: ${SCENARIOS.join(', ')}.`);
  }
  const environment = chosenEnvironment(entry, workspace, request.environment);
  if (request.environment !== undefined && !environment)
    return problem(`The workspace has no environment "${request.environment}".`);
  const scope = { environment, runbook };
  const backupNames = run['backups'] === undefined ? asTexts(run['backup']) : asTexts(run['backups']);
  const declared = asMap(runbook['backups']);
  const only = Object.keys(declared);
  const wanted = backupNames.length > 0 ? backupNames : only.length === 1 ? only : [];
  if (wanted.length === 0)
    return problem(
      `Dry run "${name}" of "${title}" names no backup: set "backup" to one of ${only.join(', ') || 'those you declare under "backups"'}.`,
    );
  const folder = folderOf(request.root, entry.file);
  const backups: BackupPlan[] = [];
  for (const each of wanted) {
    const made = planBackup(each, declared, scope, folder);
    if (typeof made === 'string') return problem(made);
    backups.push(made);
  }
  const first = backups[0];
  if (!first) return problem(`Dry run "${name}" of "${title}" names no backup.`);
  const sandbox = planSandbox(run, first, environment, request.level ?? run['level']);
  if (typeof sandbox === 'string') return problem(sandbox);
  const restore = asMap(runbook['restore']);
  const policy = policyOf(entry, workspace);
  const inherited = asMap(policy?.class);
  const budget = { ...asMap(inherited['budget']), ...asMap(restore['budget']) };
  const rpoMs = duration(restore['rpo'] ?? inherited['rpo']);
  const rto = asText(restore['rto'] ?? inherited['rto']);
  const rtoMs = duration(rto);
  const effortMs = duration(budget['effort']);
  const cost = money(budget['cost']);
  const maxCost = money(request.maxCost);
  const role = planRole(restore, scope);
  const stepList = Array.isArray(restore['steps']) ? restore['steps'].map(asMap) : [];
  const dataClass = asText(runbook['dataClass']);
  const restoreIn = inherited['restoreIn'] === undefined ? undefined : asTexts(inherited['restoreIn']);
  const runsSteps = run['steps'] === true;
  const timeout = duration(run['timeout']);
  const declaredLevel = typeof run['level'] === 'number' ? run['level'] : undefined;
  const level =
    request.level ??
    declaredLevel ??
    (run['sandbox'] === undefined && !FILE_TOOLS.has(first.tool) && first.tool !== 'sqlite' ? 1 : 3);
  return {
    plan: {
      runbook: title,
      ...given('title', asText(dig(runbook, 'metadata', 'title'))),
      dryRun: name,
      level,
      proves: runsSteps ? 'runbook' : 'backup',
      ...given('scenario', request.scenario),
      ...given('dataClass', dataClass),
      ...given('environment', environment?.name),
      backups,
      ...given('role', role),
      sandbox,
      checks: planChecks(run),
      steps: runsSteps ? stepList : [],
      allSteps: stepList,
      manualSteps: stepList.filter((step) => step['manual'] !== undefined).length,
      ...given('rpoMs', rpoMs),
      ...given('rtoMs', rtoMs),
      ...given('rto', rto),
      ...given('effortMs', effortMs),
      ...given('cost', cost),
      prices: asMap(dig(environment?.document.value, 'prices')),
      ...given('restoreIn', restoreIn),
      named: namedServers(entry, workspace, environment),
      ...given('backupId', request.backup),
      ...given('beforeMs', request.beforeMs),
      ...given('pointInTime', run['pointInTime'] === undefined ? undefined : asMap(run['pointInTime'])),
      folder,
      timeoutMs: timeout ?? Math.max(4 * HOUR, (rtoMs ?? 0) * 3),
      trusted: request.trusted ?? true,
      ...given('maxCost', maxCost),
      ...given('last', request.last),
      raw: run,
    },
  };
}

interface Scope {
  readonly environment: Entry | undefined;
  readonly runbook: PlainMap;
}

function planBackup(name: string, declared: PlainMap, scope: Scope, folder: string): BackupPlan | string {
  if (!Object.hasOwn(declared, name))
    return `There is no backup "${name}" under "backups"; there are: ${Object.keys(declared).join(', ') || 'none'}.`;
  let raw = asMap(declared[name]);
  for (let hops = 0; raw['copyOf'] !== undefined && hops < 10; hops++) {
    const source = asMap(declared[asText(raw['copyOf']) ?? '']);
    const { copyOf: _copyOf, in: _in, schedule: _schedule, ...rest } = source;
    raw = {
      ...rest,
      ...raw,
      copyOf: source['copyOf'],
      ...(raw['in'] === undefined ? { in: source['in'] } : {}),
      intervalFrom: source['schedule'],
    };
  }
  const tool = asText(raw['tool']);
  if (tool === undefined) return `Backup "${name}" says no tool: set "tool", for example pg_dump.`;
  const settings = asMap(substitute(raw['in'], scopeOf(scope)));
  const location = planLocation(name, tool, settings, scope, folder);
  if (typeof location === 'string') return location;
  const decrypt = asMap(raw['decrypt']);
  const schedule = asText(raw['schedule'] ?? raw['intervalFrom']);
  const intervalMs = schedule === undefined ? duration(dig(raw, 'continuous', 'lag')) : cronGap(schedule);
  return {
    name,
    tool,
    ...given('database', asText(raw['database'])),
    location,
    ...given('match', asText(settings['match'])),
    ...given('time', asText(settings['time'])),
    settings,
    ...given('checksum', asText(raw['checksum'])),
    ...given(
      'decrypt',
      raw['decrypt'] === undefined ? undefined : { with: asText(decrypt['with']) ?? '', key: secret(decrypt['key']) },
    ),
    ...given('intervalMs', intervalMs),
    ...given('takesMs', duration(raw['takes'])),
    ...given('of', planSource(asText(raw['of']), scope)),
    raw,
  };
}

function planSource(name: string | undefined, scope: Scope): BackupPlan['of'] {
  const resource = name === undefined ? undefined : asMap(dig(scope.runbook, 'resources', name));
  const kind = asText(resource?.['kind']);
  const id = asText(substitute(resource?.['id'], scopeOf(scope)));
  if (!resource || kind === undefined || id === undefined) return undefined;
  return {
    kind,
    id,
    ...given('region', asText(substitute(resource['region'], scopeOf(scope)))),
    access: accessOf(
      scope.environment,
      asText(substitute(resource['account'], scopeOf(scope))),
      asText(substitute(resource['region'], scopeOf(scope))),
    ),
    ...given('version', asText(dig(resource, 'expect', 'version'))),
  };
}

function planLocation(
  name: string,
  tool: string,
  settings: PlainMap,
  scope: Scope,
  folder: string,
): BackupLocation | string {
  const bucketName = asText(settings['bucket']);
  if (bucketName !== undefined) {
    const resource = dig(scope.runbook, 'resources', bucketName);
    if (resource === undefined)
      return `Backup "${name}" lies in bucket "${bucketName}", which is no resource of the runbook.`;
    const id = asText(substitute(dig(resource, 'id'), scopeOf(scope)));
    if (id === undefined) return `Resource "${bucketName}" has no id.`;
    const region = asText(substitute(dig(resource, 'region'), scopeOf(scope)));
    const account = asText(substitute(dig(resource, 'account'), scopeOf(scope)));
    return {
      kind: 'bucket',
      bucket: id,
      prefix: asText(settings['prefix']) ?? '',
      ...given('region', region),
      access: accessOf(scope.environment, account, region),
    };
  }
  const path = asText(settings['folder']);
  if (path !== undefined) return { kind: 'folder', folder: resolvePath(folder, path) };
  if (PROVIDER_TOOLS.has(tool) || Object.keys(settings).length > 0 || tool === 'command') return { kind: 'own' };
  return `Backup "${name}" does not say where it lies: set "in" to a bucket or a folder.`;
}

/** Where calls into the account that a resource names go. */
export function accessOf(
  environment: Entry | undefined,
  account: string | undefined,
  region: string | undefined,
): AccountAccess {
  const value = asMap(environment?.document.value);
  const aws = asMap(value['aws']);
  const found = environment ? accountNamed(environment, account, 'aws') : undefined;
  const own = asMap(found?.value);
  return {
    ...given('alias', found?.alias ?? account),
    ...given('id', found?.id ?? (account !== undefined && /^\d{12}$/u.test(account) ? account : undefined)),
    ...given('profile', asText(own['profile'])),
    ...given('assumeRole', asText(own['assumeRole'])),
    ...given('endpoint', asText(own['endpoint']) ?? asText(aws['endpoint'])),
    ...given('region', region ?? asTexts(aws['regions'])[0]),
  };
}

function planRole(restore: PlainMap, scope: Scope): RolePlan | undefined {
  const name = asText(restore['role']);
  if (name === undefined) return undefined;
  const resource = asMap(dig(scope.runbook, 'resources', name));
  const id = asText(substitute(resource['id'], scopeOf(scope)));
  if (id === undefined) return { name };
  if (id.startsWith('arn:')) return { name, arn: id };
  const account = accessOf(scope.environment, asText(substitute(resource['account'], scopeOf(scope))), undefined).id;
  return account === undefined ? { name } : { name, arn: `arn:aws:iam::${account}:role/${id.replace(/^\//u, '')}` };
}

function planSandbox(
  run: PlainMap,
  backup: BackupPlan,
  environment: Entry | undefined,
  level: unknown,
): SandboxPlan | string {
  if (level === 4 && PROVIDER_TOOLS.has(backup.tool)) return planCloud(run, environment);
  const raw = asMap(run['sandbox']);
  const use = asText(raw['use']) ?? (typeof run['sandbox'] === 'string' ? run['sandbox'] : undefined);
  if (use !== undefined) {
    const named = dig(environment?.document.value, 'sandboxes', use);
    if (named === undefined) {
      const known = Object.keys(asMap(dig(environment?.document.value, 'sandboxes')));
      return `The environment ${environment?.name === undefined ? '' : `"${environment.name}" `}has no sandbox "${use}"; it has: ${known.join(', ') || 'none'}.`;
    }
    const settings: PlainMap = { ...asMap(named), ...raw };
    const engine = asText(settings['engine']) ?? engineOf(backup.tool);
    return {
      kind: asText(settings['kind']) ?? engine,
      engine,
      ...given('version', asText(settings['version'])),
      use,
      raw: settings,
    };
  }
  const engine = asText(raw['engine']) ?? engineOf(backup.tool);
  return { kind: asText(raw['kind']) ?? engine, engine, ...given('version', asText(raw['version'])), raw };
}

/** The provider's own restore: where the dry run's sandbox, else the only one of kind cloud in the environment, says. */
function planCloud(run: PlainMap, environment: Entry | undefined): SandboxPlan | string {
  const raw = asMap(run['sandbox']);
  const declared = asMap(dig(environment?.document.value, 'sandboxes'));
  const clouds = Object.keys(declared).filter((each) => asText(dig(declared, each, 'kind')) === 'cloud');
  const use = asText(raw['use']) ?? (clouds.length === 1 ? clouds[0] : undefined);
  if (use !== undefined && !clouds.includes(use))
    return `Level 4 needs a sandbox of kind cloud, and "${use}" is none; the environment has: ${clouds.join(', ') || 'none'}.`;
  const settings: PlainMap = { ...(use === undefined ? {} : asMap(declared[use])), ...raw };
  const account = asText(settings['account']);
  if (account !== undefined && environment && !accountNamed(environment, account, 'aws'))
    return `Sandbox "${use ?? ''}" names the account "${account}", which the environment doesn't have.`;
  return {
    kind: 'cloud',
    engine: 'cloud',
    ...given('use', use),
    ...(account === undefined ? {} : { access: accessOf(environment, account, asText(settings['region'])) }),
    raw: settings,
  };
}

function engineOf(tool: string): string {
  if (/^pg|^postgres|barman|wal-g/u.test(tool)) return 'postgres';
  if (/^mariadb/u.test(tool)) return 'mariadb';
  if (/^mysql|^xtrabackup/u.test(tool)) return 'mysql';
  return tool === 'sqlite' ? 'sqlite' : 'files';
}

function planChecks(run: PlainMap): readonly CheckPlan[] {
  const list = Array.isArray(run['checks']) ? run['checks'] : [];
  return list.map((each, index) => {
    const raw = asMap(each);
    return { name: asText(raw['name']) ?? `check ${index + 1}`, raw };
  });
}

/** Every database server that a document or an environment names, with what is needed to ask who it is. */
function namedServers(entry: Entry, workspace: Workspace, own: Entry | undefined): readonly NamedServer[] {
  const found: NamedServer[] = [];
  const environments = workspace.byKind('Environment');
  const sorted = own ? [own, ...environments.filter((each) => each !== own)] : environments;
  for (const environment of sorted) {
    for (const [name, value] of Object.entries(asMap(dig(environment.document.value, 'databases')))) {
      const server = asMap(value);
      const port = asText(server['port']);
      const host = asText(server['host']) ?? hostOfUrl(asText(server['url']));
      if (host === undefined) continue;
      found.push({
        name: `${environment.name ?? environment.file}: databases.${name}`,
        engine: asText(server['engine']) ?? 'postgres',
        host,
        ...given('port', port === undefined ? undefined : Number(port)),
        ...given('user', asText(server['user'])),
        ...given('database', asText(server['database'])),
        ...given('password', server['password'] === undefined ? undefined : secret(server['password'])),
        ...given('tls', asText(server['tls'])),
      });
    }
  }
  for (const each of [entry, ...workspace.byKind('Runbook').filter((other) => other !== entry)]) {
    for (const text of texts(each.document.value)) {
      for (const url of text.matchAll(
        /\b(postgres(?:ql)?|mysql|mariadb):\/\/(?:[^\s/@'"]*@)?(\[[^\]]+\]|[^\s/:'"?]+)(?::(\d+))?/giu,
      )) {
        const host = url[2]?.replace(/^\[|\]$/gu, '');
        if (host === undefined || host.includes('$')) continue;
        const engine = /^postgres/iu.test(url[1] ?? '') ? 'postgres' : 'mysql';
        found.push({
          name: `a URL in ${each.file}`,
          engine,
          host,
          ...given('port', url[3] === undefined ? undefined : Number(url[3])),
        });
      }
      for (const endpoint of text.matchAll(/\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.rds\.amazonaws\.com(?:\.cn)?\b/giu)) {
        found.push({ name: `an endpoint in ${each.file}`, engine: 'postgres', host: endpoint[0] });
      }
    }
  }
  return found;
}

function texts(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  return Object.values(value).flatMap((each) => texts(each, depth + 1));
}

function hostOfUrl(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^[a-z+]+:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?]+)/iu.exec(url)?.[1];
}

function scopeOf(scope: Scope): Parameters<typeof substitute>[1] {
  const value = asMap(scope.environment?.document.value);
  return {
    vars: asMap(value['vars']),
    environment: scope.environment?.name,
    resources: asMap(scope.runbook['resources']),
  };
}

function chosenEnvironment(entry: Entry, workspace: Workspace, name: string | undefined): Entry | undefined {
  if (name === undefined) return environmentOf(entry, workspace);
  const found = workspace.resolve('Environment', name, entry.file);
  return found.state === 'found' ? found.entry : undefined;
}

/** `{ env }` or `{ file }`; a plain text is taken for a file's path, never for the secret. */
export function secret(value: unknown): SecretReference {
  const map = asMap(value);
  return {
    ...given('env', asText(map['env'])),
    ...given('file', asText(map['file']) ?? (typeof value === 'string' ? value : undefined)),
  };
}

function cronGap(schedule: string): number | undefined {
  const cron = parseCron(schedule);
  return cron ? largestGapMs(cron) : duration(schedule.replace(/^every\s+/iu, ''));
}

function duration(value: unknown): number | undefined {
  const text = asText(value)?.replace(/^\s*[<>]?=?\s*/u, '');
  return text === undefined ? undefined : parseDuration(text)?.ms;
}

function money(value: unknown): { readonly amount: number; readonly currency: string } | undefined {
  const text = asText(value);
  return text === undefined ? undefined : parseMoney(text);
}

function folderOf(root: string, file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? root : resolvePath(root, file.slice(0, slash));
}

/** `path` seen from `folder`, `.` and `..` taken out. Absolute paths stand as they are. */
export function resolvePath(folder: string, path: string): string {
  if (/^(?:\/|[A-Za-z]:[\\/])/u.test(path)) return path.length > 1 ? path.replace(/\/+$/u, '') : path;
  const parts = folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function problem(text: string): PlanResult {
  return { problem: text };
}
