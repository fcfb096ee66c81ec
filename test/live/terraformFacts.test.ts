/** What a Terraform state tells of buckets and databases, and what it must not pretend to know. */
import assert from 'node:assert/strict';
import { answerFrom, loadState } from '../../server/src/live/terraform/source.ts';

function factsOf(...resources: readonly (readonly [type: string, attributes: object])[]) {
  const state = {
    version: 4,
    terraform_version: '1.9.0',
    resources: resources.map(([type, attributes], index) => ({
      mode: 'managed',
      type,
      name: `r${String(index)}`,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ attributes }],
    })),
  };
  return loadState(JSON.stringify(state), 0).resources.map((each) => ({ kind: each.kind, facts: each.facts }));
}

const BUCKET = ['aws_s3_bucket', { bucket: 'b', id: 'b', arn: 'arn:aws:s3:::b' }] as const;
const block = (on: boolean) => ({
  block_public_acls: on,
  ignore_public_acls: on,
  block_public_policy: on,
  restrict_public_buckets: on,
});

describe('facts of a Terraform state', () => {
  it('call a bucket open only where the account is seen to be open as well', () => {
    const access = (...more: readonly (readonly [string, object])[]): unknown =>
      factsOf(BUCKET, ...more)[0]?.facts['publicAccess'];
    assert.equal(access(), undefined);
    assert.equal(access(['aws_s3_bucket_public_access_block', { bucket: 'b', ...block(false) }]), undefined);
    assert.equal(access(['aws_s3_bucket_public_access_block', { bucket: 'b', ...block(true) }]), 'blocked');
    assert.equal(access(['aws_s3_account_public_access_block', block(true)]), 'blocked');
    assert.equal(
      access(
        ['aws_s3_bucket_public_access_block', { bucket: 'b', ...block(false) }],
        ['aws_s3_account_public_access_block', block(false)],
      ),
      'open',
    );
  });

  it('are written as the live reader writes them', () => {
    const [bucket] = factsOf(
      BUCKET,
      [
        'aws_s3_bucket_server_side_encryption_configuration',
        {
          bucket: 'b',
          rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'aws:kms', kms_master_key_id: '' }] }],
        },
      ],
      [
        'aws_s3_bucket_lifecycle_configuration',
        {
          bucket: 'b',
          rule: [
            {
              id: 'big',
              status: 'Enabled',
              filter: [{ and: [{ prefix: 'a/', object_size_greater_than: 1000 }] }],
              expiration: [{ date: '2027-01-01T00:00:00Z', days: 0 }],
            },
          ],
        },
      ],
    );
    assert.equal(bucket?.facts['kmsKey'], 'alias/aws/s3');
    assert.deepEqual(bucket.facts['lifecycle'], [
      {
        id: 'big',
        prefix: 'a/',
        tagged: false,
        largerThan: 1000,
        expirationDate: '2027-01-01T00:00:00.000Z',
        transitions: [],
      },
    ]);
  });

  it('know snapshots of clusters, and no class where a cluster has none', () => {
    const [snapshot, cluster] = factsOf(
      [
        'aws_db_cluster_snapshot',
        { db_cluster_snapshot_identifier: 's', storage_encrypted: true, status: 'available' },
      ],
      ['aws_rds_cluster', { cluster_identifier: 'c', db_cluster_instance_class: '', engine: 'aurora-mysql' }],
    );
    assert.equal(snapshot?.kind, 'aws/rds-snapshot');
    assert.equal(snapshot.facts['encrypted'], true);
    assert.ok(cluster && !('class' in cluster.facts));
  });

  it('are taken of a bucket that tells its rules and its lock itself', () => {
    const [bucket] = factsOf([
      'aws_s3_bucket',
      {
        bucket: 'b',
        object_lock_enabled: true,
        object_lock_configuration: [
          { object_lock_enabled: 'Enabled', rule: [{ default_retention: [{ mode: 'COMPLIANCE', years: 1 }] }] },
        ],
        lifecycle_rule: [
          { id: 'short', enabled: true, prefix: 'orders/', tags: {}, expiration: [{ days: 3 }] },
          { id: 'off', enabled: false, prefix: '', expiration: [{ days: 1 }] },
        ],
      },
    ]);
    assert.deepEqual(bucket?.facts['objectLock'], { mode: 'compliance', retentionDays: 365 });
    assert.deepEqual(bucket.facts['lifecycle'], [
      { id: 'short', prefix: 'orders/', tagged: false, expirationDays: 3, transitions: [] },
    ]);
    const [none] = factsOf(['aws_s3_bucket', { bucket: 'b', object_lock_enabled: true, lifecycle_rule: [] }]);
    assert.deepEqual(none?.facts['lifecycle'], []);
    assert.equal(none.facts['objectLock'], undefined);
  });

  it('leave out when a database can be restored to, which moves on without Terraform', () => {
    const [database] = factsOf([
      'aws_db_instance',
      { identifier: 'd', engine: 'postgres', latest_restorable_time: '2020-01-01T00:00:00Z' },
    ]);
    assert.equal(database?.facts['engine'], 'postgres');
    assert.equal(database.facts['latestRestorable'], undefined);
  });

  it('tell the key behind an alias that the state manages', () => {
    const arn = 'arn:aws:kms:eu-west-1:123456789012:key/k1';
    const state = {
      version: 4,
      terraform_version: '1.9.0',
      resources: (
        [
          ['aws_s3_bucket', { bucket: 'b', arn: 'arn:aws:s3:::b' }],
          ['aws_kms_key', { key_id: 'k1', arn }],
          ['aws_kms_alias', { name: 'alias/mine', target_key_id: 'k1' }],
        ] as const
      ).map(([type, attributes]) => ({ mode: 'managed', type, name: 'r', provider: 'p', instances: [{ attributes }] })),
    };
    const seen = answerFrom(
      loadState(JSON.stringify(state), 0),
      { kind: 'aws/s3-bucket', id: 'b', environment: 'production', facts: ['key:alias/mine', 'key:alias/other'] },
      { kind: 'terraform', path: 'state.json', maxAge: undefined },
      { name: 'production', file: 'e.environment.yaml', value: {} },
      0,
    );
    assert.ok(seen.state === 'found');
    assert.deepEqual(seen.facts['key:alias/mine'], { value: arn });
    assert.ok('unknown' in (seen.facts['key:alias/other'] ?? {}));
  });
});
