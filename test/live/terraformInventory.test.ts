/** Coverage from Terraform states: what they manage is listed with no credentials, and what can't be read is said. */
import assert from 'node:assert/strict';
import type { Files, Inventory } from '../../server/src/core/ports.ts';
import { bothInventories, createTerraformInventory } from '../../server/src/live/terraform/inventory.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const STATE = JSON.stringify({
  version: 4,
  terraform_version: '1.11.0',
  resources: [
    [
      'aws_db_instance',
      {
        arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
        identifier: 'orders',
        engine: 'postgres',
        password: 'hunter2-in-state',
      },
    ],
    ['aws_dynamodb_table', { arn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/Carts', name: 'Carts' }],
    ['aws_s3_bucket', { arn: 'arn:aws:s3:::acme-uploads', bucket: 'acme-uploads', region: 'eu-west-1' }],
    ['aws_iam_role', { arn: 'arn:aws:iam::123456789012:role/x', name: 'x' }],
  ].map(([type, attributes]) => ({
    mode: 'managed',
    type,
    name: 'main',
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [{ attributes }],
  })),
});
const SIGNAL = new AbortController().signal;

function inventory(texts: Readonly<Record<string, string>>): Inventory {
  const files = {
    readText: (path: string) => {
      const text = texts[path];
      return text === undefined
        ? Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' }))
        : Promise.resolve(text);
    },
    info: () => Promise.resolve({ size: 1, modifiedMs: NOW - 3 * 86_400_000, isDirectory: false }),
  } as Pick<Files, 'readText' | 'info'>;
  return createTerraformInventory({ clock: { now: () => NOW, after: () => () => undefined }, files, root: '/w' });
}
const environment = (sources: readonly unknown[]) => ({
  name: 'production',
  value: { sources },
  file: 'env/production.environment.yaml',
});

describe('inventory from Terraform states', () => {
  it('lists what holds data, with its place, and no secret', async () => {
    const { resources, unchecked } = await inventory({ '/w/infra/a.tfstate': STATE }).list(
      environment([{ terraform: '../infra/a.tfstate' }]),
      { signal: SIGNAL },
    );
    assert.deepEqual(
      resources.map((each) => `${each.kind} ${each.id} ${each.account ?? '-'} ${each.region ?? '-'} ${each.source}`),
      [
        'aws/rds-instance orders 123456789012 eu-west-1 terraform',
        'aws/dynamodb-table Carts 123456789012 eu-west-1 terraform',
        'aws/s3-bucket acme-uploads - eu-west-1 terraform',
      ],
    );
    assert.deepEqual(unchecked, []);
    assert.doesNotMatch(JSON.stringify(resources), /hunter2/u);
  });

  it('says what it could not read, and what is too old', async () => {
    const missing = await inventory({}).list(environment([{ terraform: 'x.tfstate' }]), { signal: SIGNAL });
    assert.match(missing.unchecked[0]?.unknown.detail ?? '', /x\.tfstate can't be read: it isn't there/u);
    const broken = await inventory({ '/w/env/x.tfstate': '{' }).list(environment([{ terraform: 'x.tfstate' }]), {
      signal: SIGNAL,
    });
    assert.equal(broken.unchecked[0]?.unknown.reason, 'unreachable');
    const old = await inventory({ '/w/env/x.tfstate': STATE }).list(
      environment([{ terraform: 'x.tfstate', maxAge: '1d' }]),
      { signal: SIGNAL },
    );
    assert.equal(old.unchecked[0]?.unknown.reason, 'stale');
    assert.equal(old.resources.length, 3);
  });

  it('asks live only where the environment names it', async () => {
    let asked = 0;
    const live: Inventory = {
      list: () => {
        asked++;
        return Promise.resolve({ resources: [], unchecked: [] });
      },
    };
    const both = bothInventories(live, inventory({ '/w/env/x.tfstate': STATE }));
    await both.list(environment([{ terraform: 'x.tfstate' }]), { signal: SIGNAL });
    assert.equal(asked, 0);
    await both.list(environment(['live', { terraform: 'x.tfstate' }]), { signal: SIGNAL });
    await both.list(environment([]), { signal: SIGNAL });
    assert.equal(asked, 2);
  });
});

describe('other data stores of a Terraform state', () => {
  const state = (...instances: readonly (readonly [string, Readonly<Record<string, unknown>>])[]): string =>
    JSON.stringify({
      version: 4,
      resources: instances.map(([type, attributes]) => ({
        mode: 'managed',
        type,
        name: 'main',
        instances: [{ attributes }],
      })),
    });

  it('are listed though nobody reads them, so that a runbook is missed', async () => {
    const text = state(
      ['aws_efs_file_system', { id: 'fs-1', arn: 'arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1' }],
      ['google_sql_database_instance', { name: 'orders', region: 'europe-west1' }],
      ['aws_opensearch_domain', { id: 'arn:x', domain_name: 'search' }],
      ['azurerm_cosmosdb_account', {}],
      ['aws_security_group', { id: 'sg-1' }],
      ['constructor', { name: 'x' }],
    );
    const { resources } = await inventory({ '/w/env/s.tfstate': text }).list(
      environment([{ terraform: './s.tfstate' }]),
      { signal: SIGNAL },
    );
    assert.deepEqual(
      resources.map(({ source: _, at: __, ...store }) => store),
      [
        { kind: 'terraform/aws_efs_file_system', id: 'fs-1', region: 'eu-west-1', account: '123456789012' },
        { kind: 'gcp/cloudsql-instance', id: 'orders', region: 'europe-west1' },
        { kind: 'terraform/aws_opensearch_domain', id: 'search' },
        { kind: 'terraform/azurerm_cosmosdb_account', id: 'azurerm_cosmosdb_account.main' },
      ],
    );
  });
});
