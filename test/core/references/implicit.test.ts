/** Resources that texts name: found with exact spans, and never guessed. */
import assert from 'node:assert/strict';
import { recognise } from '../../../server/src/core/references/implicit/table.ts';
import { resourcesOf } from '../../../server/src/core/references/effective.ts';
import { implicitReferencesOf } from '../../../server/src/core/references/references.ts';
import { scopeOf } from '../../../server/src/core/references/scope.ts';
import { entryOf, workspaceOf } from '../../support/workspaces.ts';

/** `kind id @region #account <text covered> ` of everything that is found. */
function found(text: string): string[] {
  return recognise(text).map((each) => {
    assert.equal(text.slice(each.idStart, each.idEnd).toLowerCase().length > 0, true);
    const where = `${each.region === undefined ? '' : ` @${each.region}`}${each.account === undefined ? '' : ` #${each.account}`}`;
    return `${each.kind} ${each.id}${where} <${text.slice(each.start, each.end)}>`;
  });
}

const FOUND: Readonly<Record<string, readonly string[]>> = {
  'aws s3 cp s3://acme-backups/orders/x.dump .': ['aws/s3-bucket acme-backups <s3://acme-backups/orders/x.dump>'],
  'aws s3 ls s3://acme-backups': ['aws/s3-bucket acme-backups <s3://acme-backups>'],
  'Look into s3://acme-backups/orders/, then call.': ['aws/s3-bucket acme-backups <s3://acme-backups/orders/>'],
  'The bucket is s3://acme-backups.': ['aws/s3-bucket acme-backups <s3://acme-backups>'],
  '(see s3://acme-backups/a) and "s3://acme.other/b"': [
    'aws/s3-bucket acme-backups <s3://acme-backups/a>',
    'aws/s3-bucket acme.other <s3://acme.other/b>',
  ],
  'aws s3 cp s3://acme-backups/${KEY} - | gunzip': ['aws/s3-bucket acme-backups <s3://acme-backups/${KEY}>'],
  'aws s3 cp s3://acme-backups/$(date +%F).gz .': ['aws/s3-bucket acme-backups <s3://acme-backups/>'],
  'curl https://acme-backups.s3.eu-west-1.amazonaws.com/x': [
    'aws/s3-bucket acme-backups @eu-west-1 <https://acme-backups.s3.eu-west-1.amazonaws.com/x>',
  ],
  'curl https://s3.eu-west-1.amazonaws.com/acme-backups/x': [
    'aws/s3-bucket acme-backups @eu-west-1 <https://s3.eu-west-1.amazonaws.com/acme-backups/x>',
  ],
  'aws sts assume-role --role-arn arn:aws:iam::123456789012:role/team/restore --x': [
    'aws/iam-role restore #123456789012 <arn:aws:iam::123456789012:role/team/restore>',
  ],
  'arn:aws:rds:eu-west-1:123456789012:db:orders-prod,': [
    'aws/rds-instance orders-prod @eu-west-1 #123456789012 <arn:aws:rds:eu-west-1:123456789012:db:orders-prod>',
  ],
  'arn:aws:rds:eu-west-1:123456789012:cluster:orders': [
    'aws/rds-cluster orders @eu-west-1 #123456789012 <arn:aws:rds:eu-west-1:123456789012:cluster:orders>',
  ],
  'arn:aws:s3:::acme-backups/*': ['aws/s3-bucket acme-backups <arn:aws:s3:::acme-backups/*>'],
  'arn:aws-cn:kms:cn-north-1:123456789012:key/0a1b': [
    'aws/kms-key 0a1b @cn-north-1 #123456789012 <arn:aws-cn:kms:cn-north-1:123456789012:key/0a1b>',
  ],
  'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/x': [
    'aws/dynamodb-table orders @eu-west-1 #123456789012 <arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/x>',
  ],
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/pw-AbCdEf': [
    'aws/secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/pw-AbCdEf @eu-west-1 #123456789012 <arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/pw-AbCdEf>',
  ],
  'gsutil cp gs://acme_backups/x .': ['gcp/storage-bucket acme_backups <gs://acme_backups/x>'],
  'azcopy cp https://acme1.blob.core.windows.net/backups/x?sv=1 .': [
    'azure/blob-container acme1/backups <https://acme1.blob.core.windows.net/backups/x?sv=1>',
  ],
  'psql -h orders.abc123def456.eu-west-1.rds.amazonaws.com -U x': [
    'aws/rds-instance orders @eu-west-1 <orders.abc123def456.eu-west-1.rds.amazonaws.com>',
  ],
  'orders.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com:5432': [
    'aws/rds-cluster orders @eu-west-1 <orders.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com>',
  ],
  'psql postgres://app:hunter2@db.internal:5432/orders?sslmode=require -c x': [
    'database/postgres db.internal:5432 <postgres://app:hunter2@db.internal:5432/orders?sslmode=require>',
  ],
  'mysql://root@db.internal/shop': ['database/mysql db.internal <mysql://root@db.internal/shop>'],
  'mongodb+srv://u:${PW}@cluster0.acme.net/shop': [
    'database/mongodb cluster0.acme.net <mongodb+srv://u:${PW}@cluster0.acme.net/shop>',
  ],
  'redis-cli -u rediss://:pw@cache.internal:6380/0': [
    'database/redis cache.internal:6380 <rediss://:pw@cache.internal:6380/0>',
  ],
  'postgresql://u:p@orders.abc123def456.eu-west-1.rds.amazonaws.com/orders': [
    'aws/rds-instance orders @eu-west-1 <postgresql://u:p@orders.abc123def456.eu-west-1.rds.amazonaws.com/orders>',
  ],
};

const LEFT_ALONE: readonly string[] = [
  'aws s3 cp s3://$BUCKET/x .',
  'aws s3 cp s3://${BUCKET}/x .',
  'aws s3 cp s3://acme-$ENV/x .',
  'aws s3 cp s3://acme-${ENV}-backups/x .',
  'aws s3 cp s3://{{ bucket }}/x .',
  'aws s3 cp s3://acme-{{ env }}/x .',
  'aws s3 cp s3://$(get-bucket)/x .',
  'aws s3 cp s3://acme`env`/x .'.replace('`env`', '%ENV%'),
  'aws s3 cp s3://<bucket>/x .',
  'aws s3 cp s3://BUCKET/x .',
  'aws s3 ls s3://acme-*',
  'aws s3 cp s3://ab .',
  'gs://$BUCKET/x gs://acme-${ENV}/x',
  'arn:aws:iam::$ACCOUNT:role/restore',
  'arn:aws:iam::123456789012:role/restore-$ENV',
  'arn:aws:iam::123456789012:role/*',
  'arn:aws:iam::123456789012:user/jane',
  'arn:aws:s3:eu-west-1:123456789012:accesspoint/orders',
  'psql postgres://$USER:$PW@$HOST/orders',
  'psql postgres://app@db-${ENV}.internal/orders',
  'psql "$DATABASE_URL"',
  'psql postgres://app:pa/ss@db/x',
  '$NAME.abc123def456.eu-west-1.rds.amazonaws.com',
  'orders-${ENV}.abc123def456.eu-west-1.rds.amazonaws.com',
  'orders.proxy-abc123def456.eu-west-1.rds.amazonaws.com',
  'https://example.com/s3/arn',
  'echo mys3://acme-backups',
];

describe('implicit references', () => {
  for (const [text, expected] of Object.entries(FOUND)) {
    it(`finds ${text.slice(0, 60)}`, () => {
      assert.deepEqual(found(text), expected);
    });
  }
  for (const text of LEFT_ALONE) {
    it(`leaves alone ${text.slice(0, 60)}`, () => {
      assert.deepEqual(found(text), []);
    });
  }

  it('keeps passwords and signatures out of what may be shown', () => {
    const texts = [
      'postgres://app:hunter2@db.internal:5432/orders',
      'rediss://:hunter2@cache.internal/0',
      'https://acme1.blob.core.windows.net/backups/x?sig=hunter2',
    ];
    for (const each of texts.flatMap((text) => recognise(text))) {
      const { start: _start, end: _end, ...shown } = each;
      assert.ok(!JSON.stringify(shown).includes('hunter2'), JSON.stringify(shown));
    }
  });

  const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders-db }
resources:
  vault: { kind: aws/s3-bucket, id: "\${{ vars.vault }}", region: eu-west-1 }
  operator: { kind: aws/iam-role, id: orders-restore, account: backup }
  pw: { kind: aws/secret, id: prod/pw }
  replica: { kind: database/postgres, id: orders-replica }
restore:
  steps:
    - id: fetch
      run: |
        # 😀 first
        aws s3 cp s3://acme-backups-prod/orders/x.dump .
        aws s3 cp s3://\${{ vars.vault }}/orders/\${{ backups.hourly.latest.key }} .
        aws s3 cp s3://\${{ vars.nothing }}/x .
        aws s3 cp s3://acme-forgotten/x .
      verify: "echo arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/pw-AbCdEf; aws sts assume-role --role-arn \\"arn:aws:iam::210987654321:role/orders-restore\\""
      rollback: 'psql postgres://u:p@replica.internal:5432/orders -c ''select 1'''
    - id: other
      manual: >
        Compare with
        s3://acme-forgotten/y and
        arn:aws:iam::999999999999:role/orders-restore.
        Then psql postgres://localhost:5432/scratch.
`.replaceAll('\n', '\r\n');
  const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
vars: { vault: acme-backups-prod }
aws: { accounts: { backup: { id: "210987654321" } } }
databases:
  orders-replica: { engine: postgres, host: replica.internal, port: 5432 }
`;
  const workspace = workspaceOf({ 'a.yaml': RUNBOOK, 'e.yaml': ENVIRONMENT });
  const entry = entryOf(workspace, 'a.yaml');

  it('have exact spans in every style, with CRLF and astral characters', () => {
    const spans = implicitReferencesOf(entry, scopeOf(entry, workspace)).map((each) => [
      RUNBOOK.slice(each.span.start, each.span.end),
      RUNBOOK.slice(each.idSpan.start, each.idSpan.end),
    ]);
    assert.deepEqual(
      spans,
      [
        ['s3://acme-backups-prod/orders/x.dump', 'acme-backups-prod'],
        ['s3://${{ vars.vault }}/orders/${{ backups.hourly.latest.key }}', '${{ vars.vault }}'],
        ['s3://acme-forgotten/x', 'acme-forgotten'],
        ['s3://acme-forgotten/y', 'acme-forgotten'],
        ['arn:aws:iam::999999999999:role/orders-restore', 'orders-restore'],
        ['postgres://localhost:5432/scratch', 'localhost'],
        [
          'arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/pw-AbCdEf',
          'arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/pw-AbCdEf',
        ],
        ['arn:aws:iam::210987654321:role/orders-restore', 'orders-restore'],
        ['postgres://u:p@replica.internal:5432/orders', 'replica.internal'],
      ].sort((one, other) => RUNBOOK.indexOf(one[0] ?? '') - RUNBOOK.indexOf(other[0] ?? '')),
    );
  });

  it('are linked to the resource that stands for them, and else are resources of their own, once', () => {
    const resources = resourcesOf(entry, workspace).map(
      (each) => `${each.name ?? '-'} ${each.kind} ${each.id ?? '?'} ${each.uses.length}`,
    );
    assert.deepEqual(resources, [
      'vault aws/s3-bucket acme-backups-prod 2',
      'operator aws/iam-role orders-restore 1',
      'pw aws/secret prod/pw 1',
      'replica database/postgres orders-replica 1',
      '- aws/s3-bucket acme-forgotten 2',
      '- aws/iam-role orders-restore 1',
    ]);
  });

  it('are one resource where several URLs name one database of the environment', () => {
    const text = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders-db }
restore:
  steps:
    - { id: a, run: "psql postgres://replica.internal/orders -c x; psql postgres://replica.internal:5432/ledger -c y" }
    - { id: b, run: "psql postgres://other.internal/orders -c x" }
`;
    const two = workspaceOf({ 'a.yaml': text, 'e.yaml': ENVIRONMENT });
    const resources = resourcesOf(entryOf(two, 'a.yaml'), two).map((each) => `${each.id ?? '?'} ${each.uses.length}`);
    assert.deepEqual(resources, ['orders-replica 2', 'other.internal 1']);
  });
});
