/** What the readers may do: only what is on the read-only list, and no more than `--permissions` asks for. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBackupVaultCommand } from '@aws-sdk/client-backup';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateDBInstanceCommand } from '@aws-sdk/client-rds';
import { CreateBucketCommand, PutPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { driftRequests } from '../../server/src/app/detectDrift.ts';
import { environmentsOf } from '../../server/src/core/drift/environments.ts';
import { OPERATIONS } from '../../server/src/live/aws/operations.ts';
import { permissionsFor } from '../../server/src/live/permissions.ts';
import { aws, environment, HOME, policyOf, runbook, trustOf } from '../support/aws.ts';
import { driftOf, said, secretsFrom, workspaceOf } from '../support/look.ts';
import { useMoto } from '../support/servers.ts';

const LIVE = join(import.meta.dirname, '../../server/src/live');

function sources(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') }));
}

describe('readers', () => {
  it('import no command that is not on the read-only list', () => {
    const listed = new Set(Object.keys(OPERATIONS).map((name) => name.slice(name.indexOf(':') + 1)));
    const imported = new Set<string>();
    for (const { file, text } of sources(LIVE)) {
      const commands = [...text.matchAll(/\b([A-Z]\w+)Command\b/g)]
        .map(([, name = '']) => name)
        .filter((name) => name !== 'Sdk' && name !== '');
      for (const name of commands) imported.add(name);
      if (commands.length > 0 && file.includes('services/')) {
        for (const name of commands)
          assert.ok(listed.has(name), `${file} imports ${name}Command, which is not on the list`);
      }
      if (/from '@aws-sdk\/client-/.test(text))
        assert.ok(file.startsWith(join('aws', 'services')), `${file} imports an SDK client past the services`);
    }
    assert.ok(imported.size >= 30, 'no command was seen at all');
  });

  it('have only verbs that read on that list', () => {
    for (const [operation, action] of Object.entries(OPERATIONS)) {
      assert.match(operation, /^[a-z0-9]+:(Get|List|Describe|Head|Simulate)[A-Z]/, operation);
      assert.match(action, /^[a-z0-9-]+:(Get|List|Describe|Simulate)/, action);
      assert.doesNotMatch(operation, /GetSecretValue|GetObject$|Decrypt|AssumeRole/);
    }
  });

  it('send no statement to a database that could write', () => {
    const written =
      /['"`]\s*(insert|update|delete|drop|alter|create|grant|truncate|flushall|flushdb|set\b(?! (default_transaction_read_only|statement_timeout|session transaction read only|session max_(statement|execution)_time)))\b/i;
    for (const { file, text } of sources(join(LIVE, 'database'))) {
      const code = text.replace(/grants: \([\s\S]*?\n {4}\],|grants: \([\s\S]*?\n {2}\],/g, '');
      assert.doesNotMatch(code, written, file);
    }
  });
});

describe('--permissions', () => {
  const moto = useMoto();
  // The emulator calls CloudWatch's actions by another name, so alarms are left out here.
  const RESOURCES = `
bucket: { kind: aws/s3-bucket, id: vault, region: eu-west-1, account: prod, expect: { versioning: none, objectLock: none, encryption: none, publicAccess: blocked, keepsFor: 1d, replicatesTo: [] } }
role: { kind: aws/iam-role, id: operator, account: prod, expect: { trusts: ["arn:aws:iam::${HOME}:root"], forbids: [s3:DeleteObject], boundary: none } }
writer: { kind: aws/iam-role, id: writer, account: prod }
db: { kind: aws/rds-instance, id: orders, region: eu-west-1, account: prod, expect: { engine: postgres, version: "15" } }
vault: { kind: aws/backup-vault, id: safe, region: eu-west-1, account: prod, expect: { lock: none } }
points: { kind: aws/recovery-points, id: safe, region: eu-west-1, account: prod }
table: { kind: aws/dynamodb-table, id: carts, region: eu-west-1, account: prod, expect: { pitr: disabled, deletionProtection: false } }
secret: { kind: aws/secret, id: orders-pw, region: eu-west-1, account: prod, expect: { rotation: false } }
`;

  it('gives just what the run needs, and nothing that it does not', async () => {
    const endpoint = moto().endpoint;
    await moto().reset();
    const at = aws(endpoint);
    await at.s3.send(
      new CreateBucketCommand({ Bucket: 'vault', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    await at.s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: 'vault',
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
    for (const RoleName of ['operator', 'writer'])
      await at.iam.send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf(`arn:aws:iam::${HOME}:root`) }),
      );
    await at.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'operator',
        PolicyName: 'p',
        PolicyDocument: policyOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }),
      }),
    );
    await at.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders',
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        EngineVersion: '15.4',
        AllocatedStorage: 20,
        MasterUsername: 'a',
        MasterUserPassword: 'long-enough',
      }),
    );
    await at.backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'safe' }));
    await at.dynamodb.send(
      new CreateTableCommand({
        TableName: 'carts',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
      }),
    );
    await at.secrets.send(new CreateSecretCommand({ Name: 'orders-pw', SecretString: 'x' }));
    const key = await at.kms.send(new CreateKeyCommand({}));
    const resources = `${RESOURCES}key: { kind: aws/kms-key, id: "${key.KeyMetadata?.KeyId ?? ''}", region: eu-west-1, account: prod, expect: { state: Enabled, rotation: false } }\n`;

    const texts = { 'e.environment.yaml': environment(endpoint), 'r.runbook.yaml': runbook(resources) };
    const workspace = workspaceOf(texts);
    const asked = permissionsFor(driftRequests(workspace, workspace.entries), environmentsOf(workspace));
    assert.equal(asked.aws.length, 1);
    const policy = asked.aws[0]?.policy;
    assert.ok(policy);

    await at.iam.send(new CreateUserCommand({ UserName: 'drill' }));
    const made = await at.iam.send(new CreateAccessKeyCommand({ UserName: 'drill' }));
    const secrets = secretsFrom({ AK: made.AccessKey?.AccessKeyId ?? '', SK: made.AccessKey?.SecretAccessKey ?? '' });
    const grant = async (document: object): Promise<void> => {
      await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '1000' });
      await at.iam.send(
        new PutUserPolicyCommand({ UserName: 'drill', PolicyName: 'p', PolicyDocument: JSON.stringify(document) }),
      );
      await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
    };

    await grant(policy);
    const enough = await driftOf(texts, { secrets });
    assert.deepEqual(
      enough.findings.map((finding) => `${finding.code} ${finding.path.join('.')} ${finding.message}`),
      [],
    );

    const without = policy.Statement.map((statement) => ({
      ...statement,
      Action: statement.Action.filter((action) => action !== 'iam:ListRolePolicies'),
    }));
    await grant({ ...policy, Statement: without });
    const denied = await driftOf(texts, { secrets });
    assert.deepEqual(said(denied.findings), ['unchecked/denied resources.role.expect.forbids']);

    await grant({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' }],
    });
    const nothing = await driftOf(texts, { secrets });
    assert.deepEqual([...new Set(nothing.findings.map((finding) => finding.code))], ['unchecked/denied']);
    assert.equal(nothing.factsCompared, 0);
    await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: 'inf' });
  });
});
