/** `drillbook drift` as a process, against a real emulated AWS: what is found, what is recorded, and what is given again offline. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';
import { ENVIRONMENT, RUNBOOK } from '../support/cliDocuments.ts';
import { PROJECT } from '../support/program.ts';
import { useMoto } from '../support/servers.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing-secret-key' };

interface Report {
  readonly summary: { factsCompared: number; unchecked: number };
  readonly calls: Record<string, number>;
  readonly findings: readonly { code: string; message: string; range: unknown; observedAt?: string }[];
}

describe('drift as a process', function () {
  this.timeout(60_000);
  const moto = useMoto();
  let folder: Folder;
  beforeEach(async () => {
    await moto().reset();
    const s3 = new S3Client({
      endpoint: moto().endpoint,
      region: 'eu-west-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    await s3.send(
      new CreateBucketCommand({
        Bucket: 'acme-backups',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: 'acme-backups', VersioningConfiguration: { Status: 'Enabled' } }),
    );
    folder = folderOf({
      'a.runbook.yaml': RUNBOOK,
      'b.environment.yaml': ENVIRONMENT.replace('http://127.0.0.1:9', moto().endpoint),
    });
  });
  afterEach(() => folder.remove());
  const run = async (...args: string[]): Promise<{ status: number | null; report: Report; text: string }> => {
    const { status, stdout, stderr } = await drillbook(['drift', '--format', 'json', ...args], {
      cwd: folder.path,
      env: KEYS,
    });
    assert.ok(stdout.startsWith('{'), stderr);
    const validate = new Ajv2020({ strict: false }).compile(
      JSON.parse(readFileSync(join(PROJECT, 'schemas/output.schema.json'), 'utf8')) as object,
    );
    assert.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
    assert.ok(!(stdout + stderr).includes('testing-secret-key'));
    return { status, report: JSON.parse(stdout) as Report, text: stdout };
  };

  it('is 0 where what is live is what the runbook declares', async () => {
    const { status, report } = await run();
    assert.equal(status, 0, JSON.stringify(report.findings));
    assert.ok(report.summary.factsCompared >= 3);
    assert.equal(report.calls['aws:s3:ListBuckets'], 1);
  });

  it('is 1 for a bucket that is gone, and gives the same again from a recording, untrusted and offline', async () => {
    folder.write({
      'b.environment.yaml': ENVIRONMENT.replace('http://127.0.0.1:9', moto().endpoint).replace(
        'vault: acme-backups',
        'vault: acme-renamed',
      ),
    });
    const live = await run('--record', 'seen.json');
    assert.equal(live.status, 1);
    assert.deepEqual(
      live.report.findings.filter((each) => each.code.startsWith('drift/')).map((each) => each.code),
      ['drift/missing'],
    );
    const replayed = await run('--untrusted', '--observations', 'seen.json');
    assert.equal(replayed.status, 1);
    assert.deepEqual(replayed.report.findings, live.report.findings);
    assert.deepEqual(replayed.report.calls, {});
    const stale = await run('--untrusted', '--observations', 'seen.json', '--max-age', '0s');
    assert.equal(stale.status, 3);
    assert.ok(stale.report.findings.some((each) => each.code === 'unchecked/stale'));
    assert.ok(!stale.report.findings.some((each) => each.code === 'drift/missing'), 'never drift');
  });

  it('records what it saw of every workspace that was named', async () => {
    const other = folderOf({
      'a.runbook.yaml': RUNBOOK.replaceAll('orders', 'ledger'),
      'b.environment.yaml': ENVIRONMENT.replace('vault: acme-backups', 'vault: acme-ledger').replace(
        'http://127.0.0.1:9',
        moto().endpoint,
      ),
    });
    try {
      await run('--record', 'seen.json', folder.path, other.path);
      const { observations } = JSON.parse(readFileSync(join(folder.path, 'seen.json'), 'utf8')) as {
        observations: { request: { id: string } }[];
      };
      assert.deepEqual(observations.map((each) => each.request.id).sort(), ['acme-backups', 'acme-ledger']);
    } finally {
      other.remove();
    }
  });

  it('is 3 where nothing answers, and where there are no credentials: never missing, never clean', async () => {
    folder.write({ 'b.environment.yaml': ENVIRONMENT });
    const refused = await run('--deadline', '10s');
    assert.equal(refused.status, 3, refused.text);
    assert.deepEqual(
      [...new Set(refused.report.findings.map((each) => each.code).filter((code) => code.startsWith('unchecked/')))],
      ['unchecked/unreachable'],
    );
    const { status, stdout } = await drillbook(['drift', '--deadline', '20s'], {
      cwd: folder.path,
      env: { HOME: folder.path },
    });
    assert.equal(status, 3);
    assert.match(stdout, /unchecked\/no-credentials/);
  });

  it('prints its plan and the permissions without a call', async () => {
    const plan = await drillbook(['drift', '--plan', '--format', 'json'], { cwd: folder.path });
    const { calls } = JSON.parse(plan.stdout) as { calls: { call: string }[] };
    assert.ok(calls.some((each) => each.call === 'aws:s3:ListBuckets'));
    // What is missing is asked about twice, so the plan promises no most.
    const text = await drillbook(['drift', '--plan'], { cwd: folder.path });
    assert.match(text.stdout, /asked about again\. None was made\./);
    const permissions = await drillbook(['drift', '--permissions', '--format', 'json'], { cwd: folder.path });
    assert.match(permissions.stdout, /s3:ListAllMyBuckets/);
    assert.ok(!/s3:(Put|Delete|Create)/.test(permissions.stdout));
  });

  it('writes its plan and the permissions into a file, and knows no other format for them', async () => {
    for (const what of ['--plan', '--permissions']) {
      const { status, stdout } = await drillbook(['drift', what, '--format', 'text', '--format', 'json=asked.json'], {
        cwd: folder.path,
      });
      assert.equal(status, 0);
      assert.match(stdout, /ListBuckets|ListAllMyBuckets/);
      const written = JSON.parse(readFileSync(join(folder.path, 'asked.json'), 'utf8')) as { version: number };
      assert.equal(written.version, 1);
      const refused = await drillbook(['drift', what, '--format', 'sarif'], { cwd: folder.path });
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, /--format is one of text, json/);
    }
  });

  it('asks for no right that only a dry run may need', async () => {
    // With a budget of money and no price for it, a dry run asks AWS Pricing.
    const backups = 'backups: { nightly: { tool: files, in: { bucket: vault }, schedule: "0 2 * * *" } }\n';
    const money = folderOf({
      'a.runbook.yaml': `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders }
resources: { vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1 } }
${backups}restore: { rpo: 24h, rto: 1h, budget: { cost: 5 USD } }
dryRuns: { orders: { backup: nightly, checks: [] } }
`,
      'b.environment.yaml': ENVIRONMENT,
    });
    try {
      const { stdout } = await drillbook(['drift', '--permissions', '--format', 'json'], { cwd: money.path });
      assert.match(stdout, /s3:ListAllMyBuckets/);
      assert.doesNotMatch(stdout, /pricing/);
    } finally {
      money.remove();
    }
  });
});
