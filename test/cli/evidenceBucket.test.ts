/** Evidence mirrored into the policy's bucket, which then tells a cut tail and a rewritten chain; nothing is lost where it can't be reached. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { aws } from '../support/aws.ts';
import { drillbook, folderOf, type CliResult, type Folder } from '../support/cli.ts';
import { RUNBOOK } from '../support/cliDocuments.ts';
import { useMoto } from '../support/servers.ts';

const ENV = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
const POLICY =
  'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: acme }\nevidence: { in: { bucket: acme-audit, prefix: drillbook/, region: eu-west-1 } }\n';

describe('evidence in a bucket', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let folder: Folder;
  const s3 = (): ReturnType<typeof aws>['s3'] => aws(moto().endpoint).s3;

  beforeEach(async () => {
    await moto().reset();
    await s3().send(
      new CreateBucketCommand({
        Bucket: 'acme-audit',
        ObjectLockEnabledForBucket: true,
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    folder = folderOf({
      'a.runbook.yaml': RUNBOOK,
      'c.policy.yaml': POLICY,
      'b.environment.yaml': `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1], endpoint: "${moto().endpoint}" }\n`,
    });
  });
  afterEach(() => folder.remove());

  const drill = async (env: Record<string, string> = ENV): Promise<CliResult> =>
    await drillbook(['evidence', 'record', 'orders-db'], { cwd: folder.path, env, input: 'Ann\nCid\n' });
  const verify = async (env: Record<string, string> = ENV): Promise<CliResult> =>
    await drillbook(['evidence', 'verify'], { cwd: folder.path, env });
  const evidence = (): string => join(folder.path, '.drillbook/evidence');
  const journal = (): string => join(evidence(), readdirSync(evidence()).find((name) => name.endsWith('.jsonl')) ?? '');
  const objects = async (): Promise<readonly string[]> =>
    ((await s3().send(new ListObjectVersionsCommand({ Bucket: 'acme-audit' }))).Versions ?? []).map(
      (each) => each.Key ?? '',
    );

  it('holds every record and line once, byte for byte, and anchors the head', async () => {
    const first = await drill();
    assert.doesNotMatch(first.stderr, /could not be copied/u);
    await drill();
    const keys = await objects();
    assert.equal(keys.length, 4, keys.join('\n'));
    assert.equal(new Set(keys).size, 4);
    const key = keys.find((each) => !each.endsWith('.entry.json')) ?? '';
    const stored = await s3().send(new GetObjectCommand({ Bucket: 'acme-audit', Key: key }));
    assert.equal(
      await stored.Body?.transformToString(),
      readFileSync(join(evidence(), key.slice('drillbook/'.length)), 'utf8'),
    );
    const { status, stdout } = await verify();
    assert.equal(status, 0, stdout);
    assert.doesNotMatch(stdout, /Nothing anchors/u);
  });

  it('takes a dry run’s record as it takes a drill’s', async () => {
    const { stderr } = await drillbook(['dry-run', 'orders-db', '--level', '0'], { cwd: folder.path, env: ENV });
    assert.doesNotMatch(stderr, /could not be copied/u);
    assert.equal((await objects()).length, 2);
    assert.doesNotMatch((await verify()).stdout, /Nothing anchors/u);
  });

  it('brings what other machines wrote, says how old it is, and not back what was here and is gone', async () => {
    const other = folderOf(
      Object.fromEntries(
        ['a.runbook.yaml', 'b.environment.yaml', 'c.policy.yaml'].map((file) => [
          file,
          readFileSync(join(folder.path, file), 'utf8'),
        ]),
      ),
    );
    const theirs = async (): Promise<CliResult> =>
      await drillbook(['evidence', 'record', 'orders-db'], { cwd: other.path, env: ENV, input: 'Bo\nCid\n' });
    try {
      await theirs();
      const first = await verify();
      assert.equal(first.status, 0, first.stdout);
      assert.match(first.stdout, /1 record of \S+ was copied here from s3:\/\/acme-audit\/drillbook\//u);
      await theirs();
      assert.match((await verify()).stdout, /✔ 2 records in 1 chain/u);
      const checked = await drillbook(['check'], { cwd: folder.path });
      assert.match(checked.stderr, /The evidence of s3:\/\/acme-audit\/drillbook\/ was read \S+ \S+ ago/u);
      rmSync(journal());
      const gone = await verify();
      assert.equal(gone.status, 1);
      assert.match(gone.stdout, /The chain \S+ is gone: s3:/u);
    } finally {
      other.remove();
    }
  });

  it('tells a tail that was cut, which the chain alone can’t', async () => {
    await drill();
    await drill();
    const [line = ''] = readFileSync(journal(), 'utf8').split('\n');
    writeFileSync(journal(), `${line}\n`);
    const writer = journal().replace(/\.jsonl$/u, '');
    for (const name of readdirSync(writer).filter((each) => each.startsWith('000002'))) rmSync(join(writer, name));
    const { status, stdout } = await verify();
    assert.equal(status, 1, stdout);
    assert.match(stdout, /tail of .* was cut: s3:\/\/acme-audit\/drillbook\/.*remembers entry 2/u);
    const alone = await verify({});
    assert.equal(alone.status, 0, alone.stdout);
    assert.match(alone.stdout, /could not be asked what it remembers/u);
    assert.match(alone.stdout, /Nothing anchors the head/u);
  });

  it('tells a chain that was written anew from the start', async () => {
    await drill();
    rmSync(evidence(), { recursive: true });
    const again = await drill();
    assert.match(again.stderr, /holds something else already\. It is kept in the workspace/u);
    const { status, stdout } = await verify();
    assert.equal(status, 1);
    assert.match(stdout, /was rewritten: entry 1 is not the one that s3:/u);
  });

  it('loses nothing where the bucket can’t be written to, and makes up for it', async () => {
    const offline = await drill({});
    assert.match(
      offline.stderr,
      /evidence could not be copied to s3:\/\/acme-audit\/drillbook\/: .*kept in the workspace/u,
    );
    assert.deepEqual(await objects(), []);
    assert.equal(readFileSync(journal(), 'utf8').trim().split('\n').length, 1);
    await drill();
    assert.equal((await objects()).length, 4);
  });
});
