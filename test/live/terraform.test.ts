/** Terraform states as a source: both formats, modules and counts, ages, secrets that stay inside, and live beside them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateDBInstanceCommand } from '@aws-sdk/client-rds';
import { aws, environment, HOME, runbook } from '../support/aws.ts';
import { driftOf, said, type DriftParts } from '../support/look.ts';
import { useMoto } from '../support/servers.ts';

const database = (id: string, version: string) => ({
  arn: `arn:aws:rds:eu-west-1:${HOME}:db:${id}`,
  identifier: id,
  engine: 'postgres',
  engine_version: '15',
  engine_version_actual: version,
  storage_encrypted: true,
  backup_retention_period: 14,
  password: 'hunter2-in-state',
});
const managed = (type: string, name: string, instances: readonly object[], more: object = {}) => ({
  mode: 'managed',
  type,
  name,
  provider: 'provider["registry.terraform.io/hashicorp/aws"]',
  instances,
  ...more,
});

const STATE = {
  version: 4,
  terraform_version: '1.11.0',
  resources: [
    managed(
      'aws_db_instance',
      'main',
      [
        {
          index_key: 'orders',
          attributes: database('orders', '15.4'),
          sensitive_attributes: [[{ type: 'get_attr', value: 'password' }]],
        },
        { index_key: 'ledger', attributes: database('ledger', '16.3') },
      ],
      { module: 'module.data["eu"]' },
    ),
    managed('aws_s3_bucket', 'vault', [
      { index_key: 0, attributes: { bucket: 'vault', id: 'vault', arn: 'arn:aws:s3:::vault', region: 'eu-west-1' } },
    ]),
    managed('aws_s3_bucket_versioning', 'vault', [
      { attributes: { bucket: 'vault', versioning_configuration: [{ status: 'Enabled' }] } },
    ]),
    managed('aws_s3_bucket_object_lock_configuration', 'vault', [
      {
        attributes: { bucket: 'vault', rule: [{ default_retention: [{ mode: 'COMPLIANCE', days: 30, years: null }] }] },
      },
    ]),
    managed('aws_iam_role', 'reader', [
      {
        attributes: {
          name: 'reader',
          arn: `arn:aws:iam::${HOME}:role/reader`,
          assume_role_policy: JSON.stringify({
            Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
          }),
        },
      },
    ]),
    { ...managed('aws_db_instance', 'looked_up', [{ attributes: database('elsewhere', '9.6') }]), mode: 'data' },
  ],
};

const RESOURCES = `
orders: { kind: aws/rds-instance, id: orders, region: eu-west-1, account: prod, expect: { engine: postgres, version: "15", backupRetentionDays: ">=7" } }
ledger: { kind: aws/rds-instance, id: ledger, region: eu-west-1, account: prod, expect: { version: "15" } }
vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1, account: prod, expect: { versioning: enabled, objectLock: { mode: compliance, retentionDays: ">=35" }, publicAccess: blocked } }
reader: { kind: aws/iam-role, id: reader, account: prod, expect: { trusts: ["arn:aws:iam::${HOME}:role/oncall"] } }
unmanaged: { kind: aws/rds-instance, id: elsewhere, region: eu-west-1, account: prod }
`;

describe('Terraform', () => {
  const moto = useMoto();
  let root = '';
  before(async () => (root = await mkdtemp(join(tmpdir(), 'drill-tf-'))));
  after(async () => await rm(root, { recursive: true, force: true }));

  const drift = async (state: unknown, sources: string, resources: string = RESOURCES, parts: DriftParts = {}) => {
    await writeFile(join(root, 'terraform.tfstate'), typeof state === 'string' ? state : JSON.stringify(state));
    return await driftOf(
      {
        'e.environment.yaml': environment(moto().endpoint, `sources: ${sources}\n`),
        'r.runbook.yaml': runbook(resources),
      },
      { root, ...parts },
    );
  };

  const EXPECTED = [
    'drift/value resources.vault.expect.objectLock.retentionDays',
    'drift/version-major resources.ledger.expect.version',
    // Nothing in this state says anything of it.
    'unchecked/undecided resources.unmanaged.id',
    'unchecked/unsupported resources.vault.expect.publicAccess',
  ];

  it('answers from a state file with no call at all, and says that it is one', async () => {
    const result = await drift(STATE, '[{ terraform: terraform.tfstate }]');
    assert.deepEqual(said(result.findings), EXPECTED);
    assert.deepEqual(result.calls, {});
    const major = result.findings.find((finding) => finding.code === 'drift/version-major');
    assert.match(
      major?.message ?? '',
      /^ledger runs postgres 16\.3 in the Terraform state of .*; the runbook expects 15\.$/,
    );
    assert.doesNotMatch(JSON.stringify(result), /hunter2/);
  });

  it('reads the output of terraform show -json', async () => {
    const flat = STATE.resources
      .filter((resource) => resource.mode === 'managed')
      .flatMap((resource) =>
        resource.instances.map((instance) => ({
          address: `${resource.type}.${resource.name}`,
          mode: 'managed',
          type: resource.type,
          name: resource.name,
          values: (instance as { attributes: object }).attributes,
          sensitive_values: { password: true },
        })),
      );
    const shown = {
      format_version: '1.0',
      values: {
        root_module: {
          resources: flat.slice(1),
          child_modules: [{ address: 'module.data', resources: flat.slice(0, 1) }],
        },
      },
    };
    const result = await drift(shown, '[{ terraform: terraform.tfstate }]');
    assert.deepEqual(said(result.findings), EXPECTED);
    assert.doesNotMatch(JSON.stringify(result), /hunter2/);
  });

  it('is stale past its greatest age, and unreadable where it is none', async () => {
    await drift(STATE, '[{ terraform: terraform.tfstate, maxAge: 1d }]');
    const path = join(root, 'terraform.tfstate');
    const old = new Date(Date.now() - 3 * 86_400_000);
    await utimes(path, old, old);
    const texts = {
      'e.environment.yaml': environment(moto().endpoint, 'sources: [{ terraform: terraform.tfstate, maxAge: 1d }]\n'),
      'r.runbook.yaml': runbook('orders: { kind: aws/rds-instance, id: orders, region: eu-west-1, account: prod }'),
    };
    const stale = await driftOf(texts, { root });
    assert.deepEqual(said(stale.findings), ['unchecked/stale resources.orders.id']);
    for (const broken of ['not json', '{"version":3}', '[]']) {
      const result = await drift(
        broken,
        '[{ terraform: terraform.tfstate }]',
        'orders: { kind: aws/rds-instance, id: orders, account: prod }',
      );
      assert.deepEqual(said(result.findings), ['unchecked/unreachable resources.orders.id'], broken);
    }
  });

  it('stands in where live can not be asked, and tells drift between the two apart where both are at hand', async () => {
    await moto().reset();
    await aws(moto().endpoint).rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders',
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        EngineVersion: '16.3',
        AllocatedStorage: 20,
        MasterUsername: 'a',
        MasterUserPassword: 'long-enough',
        BackupRetentionPeriod: 14,
      }),
    );
    const orders =
      'orders: { kind: aws/rds-instance, id: orders, region: eu-west-1, account: prod, expect: { version: "15", backupRetentionDays: ">=7" } }';
    const both = await drift(STATE, '[live, { terraform: terraform.tfstate }]', orders);
    assert.deepEqual(said(both.findings), [
      'drift/state resources.orders.expect.version',
      'drift/version-major resources.orders.expect.version',
    ]);
    const alone = await drift(STATE, '[live, { terraform: terraform.tfstate }]', orders, {
      secrets: { read: () => Promise.resolve(undefined), redact: (text) => text },
    });
    assert.deepEqual(said(alone.findings), []);
    assert.equal(alone.observations[0]?.observation.source, 'terraform');
  });
});
