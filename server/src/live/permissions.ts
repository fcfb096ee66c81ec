/** The least that must be granted so that these requests can be looked up: IAM policies an account, grants a database. */
import { accountNamed, awsOf, databaseNamed, type EnvironmentSource } from '../core/drift/environment.ts';
import { nameOf, parseArn } from '../core/drift/kinds/aws/arn.ts';
import type { LookupRequest } from '../core/drift/observation.ts';
import { OPERATIONS, type Operation } from './aws/operations.ts';
import { placesOf } from './aws/places.ts';
import { asksLiveKey, keyCalls } from './aws/keys.ts';
import { awsReader } from './aws/readers/table.ts';
import { databaseEngine } from './database/table.ts';

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface AccountPermissions {
  readonly environment: string;
  /** Alias in the environment. */
  readonly account: string;
  readonly accountId?: string;
  readonly policy: PolicyDocument;
}
export interface DatabasePermissions {
  readonly environment: string;
  readonly database: string;
  readonly engine: string;
  /** Statements for an administrator, in the engine's own language. */
  readonly grants: readonly string[];
}
export interface Permissions {
  readonly aws: readonly AccountPermissions[];
  readonly databases: readonly DatabasePermissions[];
}

/** Actions that IAM grants on no resource but `*`. Source: the service authorization reference. */
const UNSCOPED = new Set([
  's3:ListAllMyBuckets',
  's3:GetAccountPublicAccessBlock',
  'iam:ListRoles',
  'iam:GetAccountAuthorizationDetails',
  'rds:DescribeDBInstances',
  'rds:DescribeDBInstanceAutomatedBackups',
  'rds:DescribeDBClusters',
  'rds:DescribeDBSnapshots',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBEngineVersions',
  'rds:DescribeDBMajorEngineVersions',
  'iam:GetPolicy',
  'kms:DescribeKey',
  'iam:GetPolicyVersion',
  'cloudwatch:DescribeAlarms',
]);

/** The partition that a region lies in. */
function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Calls that a planned one may bring with it, depending on what the first one finds. */
const FOLLOWERS: Partial<Record<Operation, readonly Operation[]>> = {
  's3:ListBuckets': ['s3:HeadBucket'],
  's3:GetPublicAccessBlock': ['s3control:GetPublicAccessBlock'],
  'iam:ListRoles': ['iam:GetRole'],
  'iam:ListRolePolicies': ['iam:GetRolePolicy'],
  'iam:ListAttachedRolePolicies': ['iam:GetPolicy', 'iam:GetPolicyVersion'],
  'rds:DescribeDBInstances': ['rds:DescribeDBInstanceAutomatedBackups'],
  'rds:DescribeDBSnapshots': ['rds:DescribeDBClusterSnapshots'],
};

export function permissionsFor(
  requests: readonly LookupRequest[],
  environments: readonly EnvironmentSource[],
): Permissions {
  return {
    aws: awsPermissions(requests, environments),
    databases: databasePermissions(requests, environments),
  };
}

interface Granted {
  readonly environment: string;
  readonly alias: string;
  readonly id: string | undefined;
  /** Resources by action. */
  readonly actions: Map<string, Set<string>>;
}

function awsPermissions(
  requests: readonly LookupRequest[],
  environments: readonly EnvironmentSource[],
): readonly AccountPermissions[] {
  const accounts = new Map<string, Granted>();
  for (const request of requests) {
    const environment = environments.find((each) => each.name === request.environment);
    const reader = awsReader(request.kind);
    if (!environment || !reader) continue;
    const places = placesOf(request, reader, environment.value);
    if ('unknown' in places) continue;
    const aws = awsOf(environment.value);
    for (const { account, region } of places.declared) {
      const key = `${request.environment} ${account.alias}`;
      const granted: Granted = accounts.get(key) ?? {
        environment: request.environment,
        alias: account.alias,
        id: account.id,
        actions: new Map(),
      };
      accounts.set(key, granted);
      const add = (operation: Operation): void => {
        const action = OPERATIONS[operation];
        const resource = UNSCOPED.has(action) ? '*' : arnFor(request, account.id ?? '*', partitionOf(region));
        const resources = granted.actions.get(action) ?? new Set<string>();
        granted.actions.set(action, resources.add(resource));
      };
      // One request alone and many together are read by different calls: both must be allowed.
      const together = requests.filter(
        (each) => each.kind === request.kind && each.environment === request.environment,
      );
      const operations = [
        ...reader.plan([request]),
        ...reader.plan([request, request]),
        ...reader.plan(together),
        ...keyCalls([request]),
      ].map((call) => call.operation);
      for (const operation of operations) {
        add(operation);
        for (const follower of FOLLOWERS[operation] ?? []) add(follower);
      }
      if (request.facts.includes('supportEnds')) add('rds:DescribeDBMajorEngineVersions');
      // Only buckets are set up with an alias; other services tell the key.
      if (request.kind === 'aws/s3-bucket' && asksLiveKey(request)) add('kms:DescribeKey');
      if (aws.simulate && request.simulate) add('iam:SimulatePrincipalPolicy');
    }
  }
  return [...accounts.values()]
    .sort((left, right) => (left.alias < right.alias ? -1 : 1))
    .map((granted) => ({
      environment: granted.environment,
      account: granted.alias,
      ...(granted.id === undefined ? {} : { accountId: granted.id }),
      policy: { Version: '2012-10-17', Statement: statements(granted.actions) },
    }));
}

/** One statement for each set of resources, named by service. */
function statements(actions: ReadonlyMap<string, ReadonlySet<string>>): readonly PolicyStatement[] {
  const groups = new Map<string, { actions: string[]; resources: readonly string[] }>();
  for (const [action, resources] of [...actions].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const list = resources.has('*') ? ['*'] : [...resources].sort();
    const key = `${list[0] === '*' ? '*' : (action.split(':')[0] ?? '')} ${list.join(' ')}`;
    const group = groups.get(key) ?? { actions: [], resources: list };
    group.actions.push(action);
    groups.set(key, group);
  }
  return [...groups.values()].map((group, index) => ({
    Sid: `DrillbookReads${String(index + 1)}`,
    Effect: 'Allow',
    Action: group.actions,
    Resource: group.resources,
  }));
}

/**
 * What an action is scoped to. Buckets and roles by name; the describe calls of other services give metadata alone, and
 * are granted on all of them, so that a new vault, key or table needs no new policy.
 */
function arnFor(request: LookupRequest, account: string, partition: string): string {
  if (parseArn(request.id) && ['aws/s3-bucket', 'aws/iam-role'].includes(request.kind)) return request.id;
  const name = nameOf(request.id);
  switch (request.kind) {
    case 'aws/s3-bucket':
      return `arn:${partition}:s3:::${name}`;
    case 'aws/iam-role':
      // The path of a role isn't part of its name.
      return `arn:${partition}:iam::${account}:role/*${name}`;
    default:
      return '*';
  }
}

function databasePermissions(
  requests: readonly LookupRequest[],
  environments: readonly EnvironmentSource[],
): readonly DatabasePermissions[] {
  return requests.flatMap((request): DatabasePermissions[] => {
    const engine = databaseEngine(request.kind);
    const environment = environments.find((each) => each.name === request.environment);
    if (!engine) return [];
    const target = environment && databaseNamed(environment.value, request.id);
    return [
      {
        environment: request.environment,
        database: request.id,
        engine: request.kind.slice('database/'.length),
        grants: engine.grants(target?.user ?? 'drillbook', request.facts),
      },
    ];
  });
}

/** The account that a request is asked of, for messages; undefined where none is named. */
export function accountOf(request: LookupRequest, environment: unknown): string | undefined {
  return accountNamed(awsOf(environment), request.account)?.id;
}
