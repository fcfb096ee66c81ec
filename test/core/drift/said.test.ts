/** What findings say beside their place: the value of the runbook in its own words, and what a role may do of which key. */
import assert from 'node:assert/strict';
import { detectDrift } from '../../../server/src/app/detectDrift.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import { workspaceOf } from '../../support/look.ts';

type Facts = Readonly<Record<string, unknown>>;

const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws: { account: "123456789012", regions: [eu-west-1] }
`;

/** The findings about a runbook of which each id was found with these facts. */
async function findings(body: string, seen: Readonly<Record<string, Facts>>): Promise<readonly Finding[]> {
  const text = `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\n${body}`;
  const workspace = workspaceOf({ 'e.environment.yaml': ENVIRONMENT, 'r.runbook.yaml': text });
  const result = await detectDrift(workspace, workspace.entries, {
    lookup: {
      plan: () => [],
      look: async (requests) =>
        await Promise.resolve({
          observations: requests.map(({ id }) => ({
            state: 'found' as const,
            at: '2026-11-22T12:00:00Z',
            source: 'recorded',
            account: '123456789012',
            region: 'eu-west-1',
            facts: Object.fromEntries(Object.entries(seen[id] ?? {}).map(([name, value]) => [name, { value }])),
          })),
          calls: {},
        }),
    },
    now: Date.parse('2026-11-22T12:00:00Z'),
    signal: new AbortController().signal,
  });
  return result.findings;
}

const said = (found: readonly Finding[]): string[] =>
  found.map(({ code, path }) => `${code} ${path.join('.')}`).sort((left, right) => left.localeCompare(right));

describe('what is said of drift', () => {
  it('names the key as the runbook does, not the one behind its alias', async () => {
    const key = (id: string): string => `arn:aws:kms:eu-west-1:123456789012:key/${id}`;
    const [found] = await findings(
      'resources:\n  vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1, expect: { kmsKey: alias/mine } }\n',
      { vault: { owner: 'own', kmsKey: key('1'), 'key:alias/mine': key('2') } },
    );
    assert.equal(found?.message, `vault has the key ${key('1')}; the runbook expects alias/mine.`);
    assert.equal(found.expected, 'alias/mine');
  });

  const roleOf = (match: string, resource: string, expect: string): Promise<readonly Finding[]> =>
    findings(
      `resources:
  vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1 }
  operator: { kind: aws/iam-role, id: operator, expect: ${expect} }
backups:
  hourly: { of: vault, tool: files, in: { bucket: vault, prefix: orders/${match} }, schedule: "0 * * * *" }
restore: { role: operator, steps: [] }
`,
      {
        vault: { owner: 'own' },
        operator: {
          arn: 'arn:aws:iam::123456789012:role/operator',
          policies: {
            documents: [
              {
                Statement: [
                  { Effect: 'Allow', Action: ['s3:GetObject', 's3:DeleteObjectVersion'], Resource: resource },
                ],
              },
            ],
          },
        },
      },
    );
  const EXPECT = '{ allows: [{ actions: [s3:GetObject], on: vault }] }';

  it('asks what a role may do of keys such as the backups have', async () => {
    assert.deepEqual(said(await roleOf(', match: "*.dump"', 'arn:aws:s3:::vault/orders/*.dump', EXPECT)), [
      'drift/restore-role-can-destroy resources.operator.id',
    ]);
    assert.deepEqual(said(await roleOf('', 'arn:aws:s3:::vault/orders/*.dump', EXPECT)), [
      'unchecked/undecided resources.operator.expect.allows.0.actions.0',
      'unchecked/undecided resources.operator.id',
    ]);
    assert.deepEqual(said(await roleOf('', 'arn:aws:s3:::vault/other/*', EXPECT)), [
      'drift/permission resources.operator.expect.allows.0.actions.0',
    ]);
  });

  it('takes a pattern of forbidden actions for each of them', async () => {
    const forbids = '{ forbids: ["s3:Delete*"] }';
    assert.deepEqual(said(await roleOf('', 'arn:aws:s3:::vault/orders/*', forbids)), [
      'drift/permission resources.operator.expect.forbids.0',
      'drift/restore-role-can-destroy resources.operator.id',
    ]);
  });

  it('stands on the one setting that a server does not have, and names the role that is not there', async () => {
    const found = await findings(
      'resources:\n  db: { kind: database/postgres, id: db, expect: { settings: { wal_level: replica, none_such: "1" }, roles: [reader, nobody] } }\n',
      { db: { engine: 'postgres', 'setting:wal_level': 'replica', roles: { reader: {} } } },
    );
    assert.deepEqual(said(found), [
      'drift/value resources.db.expect.roles.1',
      'unchecked/unsupported resources.db.expect.settings.none_such',
    ]);
    assert.ok(found.some(({ message }) => message === 'db has no role nobody; the runbook expects it.'));
  });

  it('judges the restore role by every declared store where the tool has a place of its own', async () => {
    const found = await findings(
      `resources:
  vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1 }
  operator: { kind: aws/iam-role, id: operator }
backups:
  hourly: { of: vault, tool: restic, in: { repository: "s3:s3.amazonaws.com/vault" }, schedule: "0 * * * *" }
restore: { role: operator, steps: [] }
`,
      {
        vault: { owner: 'own' },
        operator: {
          arn: 'arn:aws:iam::123456789012:role/operator',
          policies: { documents: [{ Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } }] },
        },
      },
    );
    assert.deepEqual(said(found), ['drift/restore-role-can-destroy resources.operator.id']);
  });
});
