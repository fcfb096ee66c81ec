/** The AWS provider's resource types as our kinds: one row a type. */
import { field, listOf, textOf } from '../../core/drift/expected.ts';
import type { LifecycleRule } from '../../core/drift/kinds/aws/s3-lifecycle.ts';
import type { Mapping } from './mapped.ts';
import type { StateInstance } from './state.ts';

/** The one item of a nested block, which Terraform keeps as a list. */
const block = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((here, name) => listOf(field(here, name))[0], value);

/** Facts without those that the state doesn't tell; empty text is how it says "none". */
function told(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, value === '' ? 'none' : value]),
  );
}

/** The instances of `type` that belong to a bucket, a role or a vault by this attribute. */
function companions(
  all: readonly StateInstance[],
  type: string,
  attribute: string,
  names: readonly unknown[],
): readonly StateInstance[] {
  return all.filter((each) => each.type === type && names.includes(each.attributes[attribute]));
}

function databaseFacts(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return told({
    engine: attributes['engine'],
    version: attributes['engine_version_actual'] ?? attributes['engine_version'],
    multiAz: attributes['multi_az'],
    storageEncrypted: attributes['storage_encrypted'],
    kmsKey: attributes['kms_key_id'],
    backupRetentionDays: attributes['backup_retention_period'],
    autoMinorVersionUpgrade: attributes['auto_minor_version_upgrade'],
    deletionProtection: attributes['deletion_protection'],
    subnetGroup: attributes['db_subnet_group_name'],
    securityGroups: attributes['vpc_security_group_ids'],
    latestRestorable: attributes['latest_restorable_time'],
    pending: {},
  });
}

const BLOCKS = ['block_public_acls', 'ignore_public_acls', 'block_public_policy', 'restrict_public_buckets'];

function bucketFacts(
  attributes: Readonly<Record<string, unknown>>,
  all: readonly StateInstance[],
): Readonly<Record<string, unknown>> {
  const names = [attributes['bucket'], attributes['id']];
  const one = (type: string): StateInstance | undefined => companions(all, `aws_s3_bucket_${type}`, 'bucket', names)[0];
  const versioning = one('versioning');
  const lock = one('object_lock_configuration');
  const encryption =
    one('server_side_encryption_configuration') ??
    (Array.isArray(attributes['server_side_encryption_configuration'])
      ? { attributes: { rule: listOf(block(attributes, 'server_side_encryption_configuration', 'rule')) } }
      : undefined);
  const access = one('public_access_block');
  const lifecycle = one('lifecycle_configuration');
  const replication = one('replication_configuration');
  const rule = encryption && block(encryption.attributes, 'rule', 'apply_server_side_encryption_by_default');
  const inline = block(attributes, 'versioning');
  return told({
    owner: 'own',
    versioning: versioning
      ? (textOf(field(block(versioning.attributes, 'versioning_configuration'), 'status')) ?? 'none')
          .toLowerCase()
          .replace('disabled', 'none')
      : inline === undefined
        ? undefined
        : field(inline, 'enabled') === true
          ? 'enabled'
          : 'none',
    objectLock: lock ? lockOf(lock.attributes) : attributes['object_lock_enabled'] === false ? 'none' : undefined,
    encryption: rule === undefined ? undefined : field(rule, 'sse_algorithm'),
    kmsKey: rule === undefined ? undefined : (field(rule, 'kms_master_key_id') ?? 'none'),
    publicAccess: access && (BLOCKS.every((name) => access.attributes[name] === true) ? 'blocked' : 'open'),
    lifecycle: lifecycle && lifecycleOf(lifecycle.attributes),
    replicatesTo:
      replication &&
      listOf(replication.attributes['rule'])
        .filter((each) => field(each, 'status') === 'Enabled')
        .flatMap((each) => textOf(field(block(each, 'destination'), 'bucket')) ?? []),
  });
}

function lockOf(attributes: Readonly<Record<string, unknown>>): unknown {
  const retention = block(attributes, 'rule', 'default_retention');
  if (retention === undefined) return { mode: 'none', retentionDays: 0 };
  const years = Number(field(retention, 'years') ?? 0);
  return {
    mode: (textOf(field(retention, 'mode')) ?? 'none').toLowerCase(),
    retentionDays: Number(field(retention, 'days') ?? 0) || years * 365,
  };
}

function lifecycleOf(attributes: Readonly<Record<string, unknown>>): readonly LifecycleRule[] {
  return listOf(attributes['rule'])
    .filter((rule) => field(rule, 'status') === 'Enabled')
    .map((rule) => {
      const filter = block(rule, 'filter');
      const and = block(filter, 'and');
      const days = Number(field(block(rule, 'expiration'), 'days') ?? 0);
      const date = textOf(field(block(rule, 'expiration'), 'date'));
      const prefix = [field(and, 'prefix'), field(filter, 'prefix'), field(rule, 'prefix')]
        .map(textOf)
        .find((text) => text !== undefined && text !== '');
      return {
        id: textOf(field(rule, 'id')) ?? '',
        prefix: prefix ?? '',
        tagged: listOf(field(filter, 'tag')).length > 0 || Object.keys(field(and, 'tags') ?? {}).length > 0,
        ...(days > 0 ? { expirationDays: days } : {}),
        ...(date === undefined || date === '' ? {} : { expirationDate: date }),
        transitions: listOf(field(rule, 'transition')).map((each) => ({
          days: Number(field(each, 'days') ?? 0),
          storageClass: textOf(field(each, 'storage_class')) ?? '',
        })),
      };
    });
}

function json(value: unknown): unknown {
  const text = textOf(value);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** All policies of a role, or undefined where one of them is managed elsewhere: half of them would be a guess. */
function rolePolicies(attributes: Readonly<Record<string, unknown>>, all: readonly StateInstance[]): unknown {
  const names = [attributes['name'], attributes['id']];
  const inline = [
    ...listOf(attributes['inline_policy']).map((each) => json(field(each, 'policy'))),
    ...companions(all, 'aws_iam_role_policy', 'role', names).map((each) => json(each.attributes['policy'])),
  ];
  const arns = new Set([
    ...listOf(attributes['managed_policy_arns']).flatMap((arn) => textOf(arn) ?? []),
    ...companions(all, 'aws_iam_role_policy_attachment', 'role', names).flatMap(
      (each) => textOf(each.attributes['policy_arn']) ?? [],
    ),
  ]);
  const boundary = textOf(attributes['permissions_boundary']);
  const documentOf = (arn: string): unknown =>
    json(all.find((each) => each.type === 'aws_iam_policy' && each.attributes['arn'] === arn)?.attributes['policy']);
  const documents = [...inline, ...[...arns].map(documentOf)];
  const limit = boundary === undefined || boundary === '' ? undefined : documentOf(boundary);
  if (documents.includes(undefined) || (boundary !== undefined && boundary !== '' && limit === undefined))
    return undefined;
  return { documents, ...(limit === undefined ? {} : { boundary: limit }) };
}

function lockOfVault(
  attributes: Readonly<Record<string, unknown>>,
  all: readonly StateInstance[],
): Readonly<Record<string, unknown>> {
  const [lock] = companions(all, 'aws_backup_vault_lock_configuration', 'backup_vault_name', [attributes['name']]);
  if (!lock) return {};
  const changeable = lock.attributes['changeable_for_days'];
  // With a grace time the state doesn't tell whether it is over.
  const governance = changeable === undefined || changeable === null || changeable === 0;
  return {
    ...(governance ? { lock: 'governance' } : {}),
    minRetentionDays: lock.attributes['min_retention_days'],
    maxRetentionDays: lock.attributes['max_retention_days'],
  };
}

export const AWS_MAPPINGS: readonly Mapping[] = [
  {
    type: 'aws_s3_bucket',
    kind: 'aws/s3-bucket',
    map: ({ attributes }, all) => ({
      names: [attributes['bucket'], attributes['id'], attributes['arn']],
      facts: bucketFacts(attributes, all),
    }),
  },
  {
    type: 'aws_iam_role',
    kind: 'aws/iam-role',
    map: ({ attributes }, all) => ({
      names: [attributes['name'], attributes['arn']],
      facts: told({
        arn: attributes['arn'],
        trust: json(attributes['assume_role_policy']),
        maxSession: attributes['max_session_duration'],
        boundary: attributes['permissions_boundary'] ?? 'none',
        policies: rolePolicies(attributes, all),
      }),
    }),
  },
  {
    type: 'aws_db_instance',
    kind: 'aws/rds-instance',
    map: ({ attributes }) => ({
      names: [attributes['identifier'], attributes['arn']],
      facts: {
        ...databaseFacts(attributes),
        ...told({ class: attributes['instance_class'], parameterGroup: attributes['parameter_group_name'] }),
      },
    }),
  },
  {
    type: 'aws_rds_cluster',
    kind: 'aws/rds-cluster',
    map: ({ attributes }) => ({
      names: [attributes['cluster_identifier'], attributes['arn']],
      facts: {
        ...databaseFacts(attributes),
        ...told({
          class: attributes['db_cluster_instance_class'],
          parameterGroup: attributes['db_cluster_parameter_group_name'],
        }),
      },
    }),
  },
  {
    type: 'aws_db_snapshot',
    kind: 'aws/rds-snapshot',
    map: ({ attributes }) => ({
      names: [attributes['db_snapshot_identifier'], attributes['db_snapshot_arn']],
      facts: told({
        encrypted: attributes['encrypted'],
        kmsKey: attributes['kms_key_id'],
        status: attributes['status'],
        createdAt: attributes['snapshot_create_time'],
      }),
    }),
  },
  {
    type: 'aws_backup_vault',
    kind: 'aws/backup-vault',
    map: ({ attributes }, all) => ({
      names: [attributes['name'], attributes['arn']],
      facts: told({ kmsKey: attributes['kms_key_arn'], ...lockOfVault(attributes, all) }),
    }),
  },
  {
    type: 'aws_kms_key',
    kind: 'aws/kms-key',
    map: ({ attributes }, all) => ({
      names: [
        attributes['key_id'],
        attributes['arn'],
        ...all
          .filter(
            (each) =>
              each.type === 'aws_kms_alias' &&
              [attributes['key_id'], attributes['arn']].includes(each.attributes['target_key_id']),
          )
          .flatMap((each) => [each.attributes['name'], each.attributes['arn']]),
      ],
      // Whether a deletion is pending isn't in a state; that fact stays unknown.
      facts: told({
        state: attributes['is_enabled'] === false ? 'Disabled' : 'Enabled',
        deletionDate: 'none',
        rotation: attributes['enable_key_rotation'],
      }),
    }),
  },
  {
    type: 'aws_dynamodb_table',
    kind: 'aws/dynamodb-table',
    map: ({ attributes }) => {
      const recovery = block(attributes, 'point_in_time_recovery');
      const on = field(recovery, 'enabled') === true;
      return {
        names: [attributes['name'], attributes['arn']],
        facts: told({
          pitr: on ? 'enabled' : 'disabled',
          recoveryDays: on ? (field(recovery, 'recovery_period_in_days') ?? 35) : 0,
          deletionProtection: attributes['deletion_protection_enabled'] ?? false,
          streams: attributes['stream_enabled'] === true ? 'enabled' : 'none',
          ttl: field(block(attributes, 'ttl'), 'enabled') === true ? 'enabled' : 'none',
          tags: Object.keys(attributes['tags_all'] ?? attributes['tags'] ?? {}),
        }),
      };
    },
  },
  {
    type: 'aws_secretsmanager_secret',
    kind: 'aws/secret',
    map: ({ attributes }, all) => ({
      names: [attributes['name'], attributes['arn']],
      facts: told({
        rotation:
          attributes['rotation_enabled'] ??
          companions(all, 'aws_secretsmanager_secret_rotation', 'secret_id', [attributes['id'], attributes['arn']])
            .length > 0,
      }),
    }),
  },
  {
    type: 'aws_cloudwatch_metric_alarm',
    kind: 'aws/cloudwatch-alarm',
    map: ({ attributes }) => ({
      names: [attributes['alarm_name'], attributes['arn']],
      facts: told({
        actionsEnabled: attributes['actions_enabled'] ?? true,
        actions: attributes['alarm_actions'] ?? [],
      }),
    }),
  },
];
