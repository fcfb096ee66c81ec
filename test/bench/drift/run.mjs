/**
 * Measures drift of N references over three kinds and two regions, with 50 ms added to every call: the calls made against
 * the least possible, the time against a look-up per reference one after another (by the SDK, and by the AWS CLI), the
 * editor's keystrokes while a refresh runs, and the cold start of `drillbook drift`. Sizes are references; `calls`, `start`
 * and `keystrokes` among them name the parts that are run (`npm run bench -- drift=keystrokes,1000`), else all are.
 * What is too slow to be run to its end is run for some references and stretched to N, and says so.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { setUpMoto, startMoto } from '../../../scripts/services/moto.mjs';
import { driftOf } from '../../support/look.ts';
import { benchTool, drillbook, sizesOr, timed } from '../support/processes.mjs';
import { report, skipped } from '../support/report.mjs';
import { typingDuring } from './keystrokes.mjs';
import { startProxy } from './proxy.mjs';
import { forkProxy } from './proxyProcess.mjs';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const DELAY_MS = 50;
const REGIONS = ['eu-west-1', 'eu-central-1'];
/** References that the slow ways are really run for. */
const NAIVE_SAMPLE = 40;
const CLI_SAMPLE = 6;
const bench = 'drift';
const keys = { accessKeyId: 'AKIABENCH', secretAccessKey: 'bench' };
// What the documents' secrets and the AWS CLI read.
Object.assign(process.env, {
  AK: keys.accessKeyId,
  SK: keys.secretAccessKey,
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
});

const server = await setUpMoto();
if (server === undefined) throw new Error('This benchmark needs Python 3 for the emulated AWS (moto).');
const moto = await startMoto(server);
const bucketRegions = new Map();
const proxy = await startProxy(moto.port, bucketRegions);
let made;
try {
  const sizes = sizesOr(10, 100, 1000);
  const named = ['calls', 'start', 'keystrokes'].filter((part) => process.argv.includes(part));
  const runs = (part) => named.length === 0 || named.includes(part);
  if (runs('calls')) for (const count of sizes) await measure(count);
  if (runs('start')) await coldStart();
  if (runs('keystrokes')) await keystrokes(sizes.at(-1));
} finally {
  proxy.server.closeAllConnections();
  proxy.server.close();
  await moto.stop();
}

/** Makes `count` things and returns them, with the documents that name them. */
async function prepare(count) {
  await moto.reset();
  bucketRegions.clear();
  const things = Array.from({ length: count }, (_each, index) => ({
    kind: ['s3-bucket', 'iam-role', 'rds-instance'][index % 3],
    region: REGIONS[Math.floor(index / 3) % 2],
    id: `thing-${index}`,
  }));
  for (const thing of things) await make(thing);
  const resources = things.map(
    ({ kind, region, id }, index) =>
      `  r${index}: { kind: aws/${kind}, id: ${id}, account: prod${kind === 'iam-role' ? '' : `, region: ${region}`}${kind === 'rds-instance' ? ', expect: { version: "15" }' : ''} }`,
  );
  const texts = {
    'e.environment.yaml': `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws:
  endpoint: ${proxy.url}
  accounts: { prod: { id: "123456789012", accessKeyId: { env: AK }, secretAccessKey: { env: SK } } }
  regions: [${REGIONS.join(', ')}]
`,
    'r.runbook.yaml': `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: bench }\nresources:\n${resources.join('\n')}\n`,
  };
  return { things, texts };
}

async function measure(count) {
  const { things, texts } = await prepare(count);
  proxy.delayMs = DELAY_MS;
  const times = [];
  let calls = 0;
  for (let round = 0; round < 3; round++) {
    proxy.calls = 0;
    const began = performance.now();
    const result = await driftOf(texts);
    times.push(performance.now() - began);
    calls = proxy.calls;
    if (result.findings.length > 0) throw new Error(`unexpected: ${result.findings[0].message}`);
  }
  const stretched = async (most, work) => {
    const sample = things.slice(0, Math.min(count, most));
    const began = performance.now();
    await work(sample);
    return { ms: ((performance.now() - began) / sample.length) * count, sample: sample.length };
  };
  const databases = (region) =>
    things.filter((thing) => thing.kind === 'rds-instance' && thing.region === region).length;
  // The caller's identity, one list of buckets, pages of 1,000 roles, and pages of 100 instances a region.
  const roles = things.filter((thing) => thing.kind === 'iam-role').length;
  const least =
    2 + Math.ceil(roles / 1000) + REGIONS.reduce((sum, region) => sum + Math.ceil(databases(region) / 100), 0);
  const size = `${count.toLocaleString('en')} references`;
  report({
    bench,
    what: `${size}: calls`,
    unit: 'calls',
    ours: calls,
    beside: 'least possible',
    theirs: least,
    mostRatio: 1.1,
  });
  const naively = await stretched(NAIVE_SAMPLE, naive);
  const target = count >= 1000 ? { mostRatio: 0.1 } : {};
  const ours = { bench, unit: 'ms', ours: times, ...target };
  report({
    ...ours,
    what: `${size}: time`,
    beside: 'SDK, a call a reference',
    theirs: naively.ms,
    note: `${DELAY_MS} ms added a call; theirs from ${naively.sample}`,
  });
  const aws = benchTool('aws');
  if (aws === undefined) return skipped(bench, `${size}: time beside the AWS CLI`, 'it could not be installed');
  const byCli = await stretched(CLI_SAMPLE, async (sample) => {
    for (const thing of sample) await lookByCli(aws, thing);
  });
  report({
    ...ours,
    what: `${size}: time`,
    beside: 'AWS CLI, a call a reference',
    theirs: byCli.ms,
    note: `theirs from ${byCli.sample}`,
  });
}

async function lookByCli(aws, { kind, region, id }) {
  const command = {
    's3-bucket': ['s3api', 'head-bucket', '--bucket', id],
    'iam-role': ['iam', 'get-role', '--role-name', id],
    'rds-instance': ['rds', 'describe-db-instances', '--db-instance-identifier', id],
  }[kind];
  const { status, stderr } = await timed(aws, [...command, '--endpoint-url', proxy.url, '--region', region]);
  if (status !== 0) throw new Error(`aws ${command.join(' ')} ended with ${status}: ${stderr}`);
}

async function keystrokes(count) {
  const { texts } = await prepare(count);
  // The measuring process must not be the proxy, and the cloud is another machine: both give way to the editor's server.
  const apart = await forkProxy(moto.port, bucketRegions, DELAY_MS);
  setPriority(moto.pid, constants.priority.PRIORITY_LOW);
  try {
    const elsewhere = Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, text.replaceAll(proxy.url, apart.url)]),
    );
    const { without, during, refreshes } = await typingDuring(elsewhere, 'r.runbook.yaml');
    const size = count.toLocaleString('en');
    report({
      bench,
      what: `edit to diagnostics while ${size} are refreshed`,
      unit: 'ms',
      ours: during.times,
      beside: 'the same with no refresh',
      theirs: without.times,
      mostRatio: 1.2,
      note: `${refreshes} refreshes meanwhile`,
    });
    if (during.ran === undefined || without.ran === undefined) return;
    report({
      bench,
      what: `the editor's thread an edit while ${size} are refreshed, the refreshes included`,
      unit: 'ms of processor',
      ours: during.ran,
      beside: 'the same with no refresh',
      theirs: without.ran,
    });
  } finally {
    await apart.stop();
  }
}

/** What the first `drift` of a process takes, and what it is made of. */
async function coldStart() {
  const { texts } = await prepare(1);
  proxy.delayMs = 0;
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-bench-'));
  try {
    mkdirSync(join(folder, '.git'));
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const options = () => ({
      cwd: folder,
      memory: true,
      env: { ...process.env, XDG_CACHE_HOME: mkdtempSync(join(folder, '.git/cache-')) },
    });
    await drillbook(['drift', '--record', 'seen.json'], options());
    const ways = [
      ['node -e 0', () => timed(process.execPath, ['-e', '0'], options())],
      ['check (the program, the documents)', () => drillbook(['check'], options())],
      ['drift, recorded (and comparing)', () => drillbook(['drift', '--observations', 'seen.json'], options())],
      ['drift, live (and worker, SDK, calls)', () => drillbook(['drift'], options())],
    ];
    const results = ways.map(() => []);
    for (let round = 0; round < 7; round++)
      for (const [index, [, run]] of ways.entries()) results[index].push(await run());
    for (const [index, [what]] of ways.entries()) {
      report({ bench, what: `cold start: ${what}`, unit: 'ms', ours: results[index].map((each) => each.ms) });
      report({ bench, what: `cold start: ${what}`, unit: 'MB', ours: results[index].map((each) => each.peakMB) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function clients(endpoint, region) {
  const config = { endpoint, region, credentials: keys };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    iam: new IAMClient(config),
    rds: new RDSClient(config),
  };
}

async function make({ kind, region, id }) {
  made ??= Object.fromEntries(REGIONS.map((each) => [each, clients(moto.endpoint, each)]));
  const { s3, iam, rds } = made[region];
  if (kind === 's3-bucket') {
    bucketRegions.set(id, region);
    await s3.send(new CreateBucketCommand({ Bucket: id, CreateBucketConfiguration: { LocationConstraint: region } }));
  } else if (kind === 'iam-role')
    await iam.send(
      new CreateRoleCommand({ RoleName: id, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }),
    );
  else {
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: id,
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        EngineVersion: '15.4',
        AllocatedStorage: 20,
        MasterUsername: 'a',
        MasterUserPassword: 'long-enough',
      }),
    );
  }
}

/** What a script does: a call for each thing, one after another. */
async function naive(things) {
  const at = Object.fromEntries(REGIONS.map((region) => [region, clients(proxy.url, region)]));
  for (const { kind, region, id } of things) {
    const { s3, iam, rds } = at[region];
    if (kind === 's3-bucket') await s3.send(new HeadBucketCommand({ Bucket: id }));
    else if (kind === 'iam-role') await iam.send(new GetRoleCommand({ RoleName: id }));
    else await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
  }
}
