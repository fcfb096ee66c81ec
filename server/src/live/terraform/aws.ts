/** The AWS provider's resource types as our kinds: one row a type. */
import { field } from '../../core/drift/expected.ts';
import { block, companions, told } from './attributes.ts';
import { bucketFacts } from './awsBuckets.ts';
import { json, rolePolicies } from './awsRoles.ts';
import type { Mapping } from './mapped.ts';
import type { StateInstance } from './state.ts';

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
    // When it can be restored to moves by the minute: what a state tells of it is not how it is.
    pending: {},
  });
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
          // Aurora's classes are its instances' own.
          class: attributes['db_cluster_instance_class'] === '' ? undefined : attributes['db_cluster_instance_class'],
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
        engine: attributes['engine'],
        version: attributes['engine_version'],
        of: attributes['db_instance_identifier'],
      }),
    }),
  },
  {
    type: 'aws_db_cluster_snapshot',
    kind: 'aws/rds-snapshot',
    map: ({ attributes }) => ({
      names: [attributes['db_cluster_snapshot_identifier'], attributes['db_cluster_snapshot_arn']],
      facts: told({
        encrypted: attributes['storage_encrypted'],
        kmsKey: attributes['kms_key_id'],
        status: attributes['status'],
        createdAt: attributes['snapshot_create_time'],
        engine: attributes['engine'],
        version: attributes['engine_version'],
        of: attributes['db_cluster_identifier'],
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
        arn: attributes['arn'],
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
