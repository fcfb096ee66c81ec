/** First documents of a workspace: a policy, an environment and a runbook, as text; from live facts where there are some. */
import { stringify } from 'yaml';
import { wordOf } from '../rules/read.ts';
import type { ScaffoldLive } from './scaffoldLive.ts';
import { majorOf, planFor } from './scaffoldPlans.ts';

export type { ScaffoldLive } from './scaffoldLive.ts';

export interface ScaffoldOptions {
  /** Day of the documents, `2026-11-22`. */
  readonly today: string;
  /** Name of the runbook; default from the live id, else `my-service`. */
  readonly name?: string;
  readonly owner?: string;
  readonly live?: ScaffoldLive;
  /** Name of an environment that exists already: then none is written. */
  readonly environment?: string;
  /** A policy exists already. */
  readonly hasPolicy?: boolean;
  /** A class of it. */
  readonly dataClass?: string;
}

export interface ScaffoldFile {
  readonly file: string;
  readonly text: string;
}

const HEAD = 'apiVersion: drillbook/v1\n';
/** Tells other YAML editors which schema holds. */
const MODELINE = (kind: string): string =>
  `# yaml-language-server: $schema=https://raw.githubusercontent.com/drillbook/drillbook/main/schemas/${kind}.schema.json\n`;

/** The files to write, by path from the workspace root. Each is valid as it stands; what people must decide is said in comments. */
export function scaffold(options: ScaffoldOptions): readonly ScaffoldFile[] {
  const name = options.name === undefined ? dnsLabel(options.live?.id ?? 'my-service') : dnsLabel(options.name);
  const environment = options.environment ?? 'production';
  return [
    ...(options.hasPolicy === true ? [] : [{ file: 'recovery.policy.yaml', text: policyText() }]),
    ...(options.environment === undefined
      ? [{ file: `${environment}.environment.yaml`, text: environmentText(options.live) }]
      : []),
    { file: `runbooks/${name}.runbook.yaml`, text: runbookText(name, environment, options) },
  ];
}

/** `text` as a DNS label: what names of documents must be. */
export function dnsLabel(text: string): string {
  const last = text.startsWith('arn:') ? (text.split(/[:/]/u).at(-1) ?? text) : text;
  const label = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-+/u, '')
    .slice(0, 63)
    .replace(/-+$/u, '');
  return label === '' ? 'my-service' : label;
}

function policyText(): string {
  return `${MODELINE('policy')}${HEAD}kind: Policy
metadata: { name: recovery }
# What is asked of runbooks, by how much their data matter. Every key is a bound; a runbook that leaves it out inherits it.
classes:
  critical:
    recovery: scripted
    rpo: 1h
    rto: 4h
    budget: { effort: 2h, cost: 500 USD }
    verify:
      checksum: every-backup
      restoreTest: { every: 30d, level: 3 }
      drill: { every: 90d }
    backups: { copies: 2, immutable: true, encrypted: true, retention: 35d }
    restoreIn: [workstation, server, container]
    owners: 2
    reviewEvery: 180d
  internal:
    recovery: passive
    rpo: 1d
    rto: 2d
    verify:
      restoreTest: { every: 90d, level: 3 }
    backups: { copies: 1, retention: 14d }
    restoreIn: [workstation, server, container]
    owners: 2
    reviewEvery: 1y
  scratch: { ephemeral: true, why: can be made anew from its sources }
`;
}

function environmentText(live: ScaffoldLive | undefined): string {
  const aws = live?.kind.startsWith('aws/') === true || live === undefined;
  const account = live?.account !== undefined && /^\d{12}$/u.test(live.account) ? live.account : undefined;
  const head = `${MODELINE('environment')}${HEAD}kind: Environment\nmetadata: { name: production }\n`;
  if (!aws) {
    const engine = live.kind.split('/')[1] ?? 'postgres';
    return `${head}# Where "live" is. It holds no secret, only where to get one.\ndatabases:\n  ${dnsLabel(live.id)}:\n    engine: ${engine}\n    host: localhost\n    user: drillbook\n    password: { env: ${dnsLabel(live.id).replaceAll('-', '_').toUpperCase()}_PASSWORD }\n`;
  }
  const guard =
    account === undefined
      ? '  # account: "123456789012"   # a guard: look-ups as anyone else stay unknown\n'
      : `  account: ${JSON.stringify(account)}   # a guard: look-ups as anyone else stay unknown\n`;
  return `${head}# Where "live" is. It holds no secret: credentials come from the platform's own chain, or a profile.\naws:\n${guard}  regions: [${live?.region ?? 'eu-west-1'}]\n  # profile: production-readonly\n${live ? '' : MAIN_DATABASE}`;
}

const MAIN_DATABASE = `databases:
  main:
    engine: postgres
    host: localhost
    user: drillbook                      # may read, and nothing else
    password: { env: MAIN_PASSWORD }
`;

function runbookText(name: string, environment: string, options: ScaffoldOptions): string {
  const { live } = options;
  const owner = options.owner ?? 'the team';
  const resource = live ? resourceOf(live) : undefined;
  const source = live ? sourceFor(live) : undefined;
  const plan = planFor(live);
  const resources = { ...(resource ? { source: resource } : {}), ...plan.resources };
  return `${MODELINE('runbook')}${HEAD}kind: Runbook
metadata:
  name: ${name}
  title: ${quoted(`Restore ${live ? live.id : name}`)}
  owners:
    - { name: ${quoted(owner)} }   # name a second one: knowledge leaves with people
  reviewedOn: ${options.today}
environment: ${environment}
dataClass: ${options.dataClass ?? 'internal'}
recovery: scripted

# What this runbook relies on; drift is checked for each.${live ? ` The expectations are what was live at ${live.at}.` : ''}
resources:
${indent(stringify(resources, { lineWidth: 0 }), 2)}
# How it is backed up. ${source ?? 'Say what is true today, not what is planned: the findings tell the difference.'}
backups:
${indent(stringify(plan.backups, { lineWidth: 0 }), 2)}
restore:
  # rpo, rto and budget are inherited from the class; write them here to promise more.
  authority: incident-commander
  steps:
${indent(stringify(plan.steps, { lineWidth: 0 }), 4)}
# A restore that can be tried at any time: drillbook dry-run ${name}
dryRuns:
${indent(stringify(plan.dryRuns, { lineWidth: 0 }), 2)}`;
}

/** Which facts make expectations that a restore depends on; what a cloud fills in by itself is left out. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'aws/s3-bucket': ['versioning', 'objectLock', 'encryption', 'publicAccess'],
  'aws/rds-instance': ['engine', 'version', 'storageEncrypted', 'backupRetentionDays', 'multiAz', 'deletionProtection'],
  'aws/rds-cluster': ['engine', 'version', 'storageEncrypted', 'backupRetentionDays', 'deletionProtection'],
  'aws/dynamodb-table': ['pitr', 'recoveryDays', 'deletionProtection'],
  'database/postgres': ['version', 'databases', 'extensions'],
  'database/mysql': ['version', 'databases'],
  'database/mariadb': ['version', 'databases'],
  'database/mongodb': ['version', 'databases'],
  'database/redis': ['version'],
};

function resourceOf(live: ScaffoldLive): Readonly<Record<string, unknown>> {
  const keys =
    EXPECTED[live.kind] ?? Object.keys(live.facts).filter((key) => !['arn', 'region', 'account'].includes(key));
  const expect: Record<string, unknown> = {};
  for (const key of keys) {
    const value = live.facts[key];
    if (value === undefined || value === null || value === 'none' || value === false) continue;
    if (isOff(live, key)) {
      // What is off keeps nothing: the plan asks for it, so that drift tells until it is on.
      if (key !== 'recoveryDays') expect[key] = key === 'pitr' ? 'enabled' : '>=1';
      continue;
    }
    expect[key] =
      key === 'version'
        ? majorOf(live, wordOf(value) ?? '')
        : key === 'backupRetentionDays' || key === 'recoveryDays'
          ? `>=${wordOf(value) ?? ''}`
          : value;
  }
  return {
    kind: live.kind,
    id: live.id,
    ...(live.region === undefined ? {} : { region: live.region }),
    ...(live.alias === undefined ? {} : { account: live.alias }),
    ...(Object.keys(expect).length > 0 ? { expect } : {}),
  };
}

/** Whether the service's own backups are off, by this fact: then it is no expectation that would do. */
function isOff(live: ScaffoldLive, key: string): boolean {
  const value = live.facts[key];
  if (key === 'recoveryDays') return live.facts['pitr'] === 'disabled';
  return key === 'pitr' ? value === 'disabled' : key === 'backupRetentionDays' && value === 0;
}

/** What a person must hear of what was found: that nothing backs it up. */
export function scaffoldNotes(live: ScaffoldLive): readonly string[] {
  if (isOff(live, 'pitr'))
    return [
      `Point-in-time recovery of ${live.id} is off, so the backup that is written down is not there: switch it on, or declare the one that there is.`,
    ];
  if (isOff(live, 'backupRetentionDays'))
    return [
      `Automated backups of ${live.id} are off (backupRetentionDays is 0), so the backup that is written down is not there: switch them on, or declare the one that there is.`,
    ];
  return [];
}

function sourceFor(live: ScaffoldLive): string | undefined {
  const [off] = scaffoldNotes(live);
  if (off !== undefined) return off;
  if (live.kind.startsWith('aws/rds'))
    return 'RDS keeps these by itself; only a copy or a dump in another account survives a lost one: declare it where there is one.';
  if (live.kind === 'aws/dynamodb-table') return 'Point-in-time recovery is what DynamoDB itself offers.';
  return undefined;
}

function indent(text: string, by: number): string {
  return text.replace(/^(?=.)/gmu, ' '.repeat(by));
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
