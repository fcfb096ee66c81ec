/** The demonstration's "production": a real Postgres, an emulated AWS where there is Python, and a backup made by a real pg_dump. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { embeddedPostgres, findPostgres, startPostgres } from '../services/postgres.mjs';
import { setUpMoto, startMoto } from '../services/moto.mjs';
import { runTool } from '../services/processes.mjs';

export const PASSWORD = 'example-only';
const exe = process.platform === 'win32' ? '.exe' : '';

/** The machine's own Postgres where it has one, else one from npm; with the shop's database in it. */
export async function startDatabase(examples, say) {
  const found = findPostgres();
  const installation = found.find((each) => each.hasClientTools) ?? found[0] ?? (await embeddedPostgres(say));
  const server = await startPostgres(installation, { password: PASSWORD, settings: { max_connections: '50' } });
  await query(server, 'postgres', 'create database orders');
  await query(server, 'orders', readFileSync(join(examples, 'production/orders.sql'), 'utf8'));
  await query(server, 'postgres', 'create database ledger');
  await query(server, 'ledger', readFileSync(join(examples, 'production/ledger.sql'), 'utf8'));
  return server;
}

/** Runs SQL through the driver: a server from npm brings no psql. */
export async function query(server, database, sql) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: server.url(database), ssl: false });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** `20261122T230000Z`, as the names of the backups have it. */
function stamp(at = new Date()) {
  return at.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Backs both databases up with a real pg_dump; undefined where the machine has none. */
export async function dump(server, folder) {
  if (!server.hasClientTools) return undefined;
  mkdirSync(folder, { recursive: true });
  const tool = join(server.bin, `pg_dump${exe}`);
  const orders = join(folder, `orders-${stamp()}.dump`);
  await runTool(tool, ['--format=custom', `--file=${orders}`, 'orders'], { env: server.environment('orders') });
  const plain = join(folder, 'ledger.sql');
  await runTool(tool, ['--no-owner', `--file=${plain}`, 'ledger'], { env: server.environment('ledger') });
  const ledger = join(folder, `ledger-${stamp()}.sql.gz`);
  writeFileSync(ledger, gzipSync(readFileSync(plain)));
  rmSync(plain);
  for (const file of [orders, ledger]) writeFileSync(`${file}.sha256`, sidecar(file));
  return { orders, ledger };
}

function sidecar(file) {
  const name = file.split(/[\\/]/).at(-1);
  return `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${name}\n`;
}

/** Puts fresh dumps in place of the example's own in its folder. */
export function placeLedger(workspace, dumps) {
  const folder = join(workspace, 'backups/ledger');
  if (dumps === undefined) return;
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  for (const file of [dumps.ledger, `${dumps.ledger}.sha256`])
    copyFileSync(file, join(folder, file.split(/[\\/]/).at(-1)));
}

/** The emulated AWS with the accounts, buckets, roles and the RDS instance that the runbooks speak of. */
export async function startCloud(say) {
  let server;
  try {
    server = await setUpMoto(say);
  } catch (error) {
    say(`The emulated AWS could not be installed (${error.message.split('\n')[0]}), so that part is left out.`);
    return undefined;
  }
  if (server === undefined) {
    say('There is no Python 3 here, so the emulated AWS is left out: the backups lie in a folder.');
    return undefined;
  }
  return await startMoto(server);
}

const SOURCE = { accessKeyId: 'testing', secretAccessKey: 'testing' };

/** Clients of one account; moto knows an account by the role that was assumed in it. */
export async function clients(cloud, account) {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { IAMClient } = await import('@aws-sdk/client-iam');
  const { RDSClient } = await import('@aws-sdk/client-rds');
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const base = { endpoint: cloud.endpoint, region: 'eu-west-1', credentials: SOURCE };
  let credentials = SOURCE;
  if (account !== '123456789012') {
    const sts = new STSClient(base);
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/setup`, RoleSessionName: 'setup' }),
    );
    credentials = {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    };
    sts.destroy();
  }
  const options = { ...base, credentials };
  return {
    s3: new S3Client({ ...options, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    s3In: (region) =>
      new S3Client({ ...options, region, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    iam: new IAMClient(options),
    rds: new RDSClient(options),
  };
}

/** Everything as the runbooks expect it. */
export async function fillCloud(cloud, dumps) {
  const s3 = await import('@aws-sdk/client-s3');
  const iam = await import('@aws-sdk/client-iam');
  const rds = await import('@aws-sdk/client-rds');
  const prod = await clients(cloud, '123456789012');
  const backup = await clients(cloud, '210987654321');
  await makeBucket(s3, backup.s3, 'acme-backups-prod', 'eu-west-1', true);
  await makeBucket(s3, backup.s3In('eu-central-1'), 'acme-backups-dr', 'eu-central-1', false);
  await makeBucket(s3, prod.s3, 'acme-receipts-prod', 'eu-west-1', false);
  const trust = (principal) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
    });
  for (const [name, principal] of [
    ['orders-backup', 'arn:aws:iam::123456789012:root'],
    ['orders-restore', 'arn:aws:iam::123456789012:role/oncall'],
    ['drill-readonly', 'arn:aws:iam::123456789012:root'],
  ]) {
    await backup.iam.send(new iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust(principal) }));
  }
  await prod.rds.send(
    new rds.CreateDBInstanceCommand({
      DBInstanceIdentifier: 'orders-prod',
      Engine: 'postgres',
      EngineVersion: '15.4',
      DBInstanceClass: 'db.m6g.large',
      AllocatedStorage: 100,
      MasterUsername: 'production',
      MasterUserPassword: PASSWORD,
      StorageEncrypted: true,
      BackupRetentionPeriod: 7,
      MultiAZ: true,
    }),
  );
  if (dumps !== undefined) {
    for (const file of [dumps.orders, `${dumps.orders}.sha256`]) {
      const Key = `orders/hourly/${file.split(/[\\/]/).at(-1)}`;
      await backup.s3.send(
        new s3.PutObjectCommand({
          Bucket: 'acme-backups-prod',
          Key,
          Body: readFileSync(file),
          ChecksumAlgorithm: 'SHA256',
        }),
      );
    }
  }
}

async function makeBucket(s3, client, name, region, locked) {
  await client.send(
    new s3.CreateBucketCommand({
      Bucket: name,
      ObjectLockEnabledForBucket: locked,
      CreateBucketConfiguration: { LocationConstraint: region },
    }),
  );
  await client.send(
    new s3.PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await client.send(
    new s3.PutPublicAccessBlockCommand({
      Bucket: name,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await client.send(
    new s3.PutBucketEncryptionCommand({
      Bucket: name,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
    }),
  );
  if (locked) {
    await client.send(
      new s3.PutObjectLockConfigurationCommand({
        Bucket: name,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 35 } },
        },
      }),
    );
  }
}

/** What happens to every estate: an upgrade, a renamed bucket, versioning switched off, a role trusted by another team, an extension dropped. */
export async function letTimePass(database, cloud) {
  const told = [];
  await query(database, 'orders', 'drop index products_title_trgm; drop extension pg_trgm');
  told.push('a clean-up dropped the extension pg_trgm from the live orders database');
  if (cloud === undefined) return told;
  const s3 = await import('@aws-sdk/client-s3');
  const iam = await import('@aws-sdk/client-iam');
  const rds = await import('@aws-sdk/client-rds');
  const prod = await clients(cloud, '123456789012');
  const backup = await clients(cloud, '210987654321');
  await prod.rds.send(
    new rds.ModifyDBInstanceCommand({
      DBInstanceIdentifier: 'orders-prod',
      EngineVersion: '16.3',
      AllowMajorVersionUpgrade: true,
      ApplyImmediately: true,
    }),
  );
  told.push('the database orders-prod was upgraded from PostgreSQL 15.4 to 16.3');
  const dr = backup.s3In('eu-central-1');
  await dr.send(new s3.DeleteBucketCommand({ Bucket: 'acme-backups-dr' }));
  await makeBucket(s3, dr, 'acme-dr-backups', 'eu-central-1', false);
  told.push('the bucket acme-backups-dr was renamed to acme-dr-backups');
  await prod.s3.send(
    new s3.PutBucketVersioningCommand({
      Bucket: 'acme-receipts-prod',
      VersioningConfiguration: { Status: 'Suspended' },
    }),
  );
  told.push('versioning of acme-receipts-prod was switched off to save money');
  await backup.iam.send(
    new iam.UpdateAssumeRolePolicyCommand({
      RoleName: 'orders-restore',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:role/platform' }, Action: 'sts:AssumeRole' },
        ],
      }),
    }),
  );
  told.push('the role orders-restore now trusts the platform team, not the people on call');
  return told;
}

/** The examples with the addresses of this run; without an emulated AWS the orders lie in a folder. */
export function adaptWorkspace(workspace, database, cloud, dumps) {
  edit(join(workspace, 'environments/production.environment.yaml'), (text) =>
    text
      .replace('port: 54329', `port: ${database.port}`)
      .replace('http://127.0.0.1:54566', cloud?.endpoint ?? 'http://127.0.0.1:9'),
  );
  const major = String(database.major);
  for (const name of ['orders-db', 'ledger']) {
    edit(join(workspace, `runbooks/${name}.runbook.yaml`), (text) =>
      text.replace(
        'sandbox: { engine: postgres, version: "15" }',
        `sandbox: { engine: postgres, version: "${major}" }`,
      ),
    );
  }
  if (cloud !== undefined || dumps === undefined) return;
  const folder = join(workspace, 'backups/orders');
  mkdirSync(folder, { recursive: true });
  for (const file of [dumps.orders, `${dumps.orders}.sha256`])
    copyFileSync(file, join(folder, file.split(/[\\/]/).at(-1)));
  edit(join(workspace, 'runbooks/orders-db.runbook.yaml'), (text) =>
    text.replace('in: { bucket: vault, prefix: orders/hourly/,', 'in: { folder: ../backups/orders,'),
  );
}

function edit(file, change) {
  if (existsSync(file)) writeFileSync(file, change(readFileSync(file, 'utf8')));
}
