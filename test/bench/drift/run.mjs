/**
 * Measures how many calls drift makes for N references over three kinds and two regions, against the least possible and
 * against a naive look-up per reference, with 50 ms added to every call. `node --import tsx test/bench/drift/run.mjs [N…]`.
 * One JSON object on stdout. The naive run is made for at most 40 references and stretched to N: it is one call after another.
 */
import { createServer, request } from 'node:http';
import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { setUpMoto, startMoto } from '../../../scripts/services/moto.mjs';
import { driftOf } from '../../support/look.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const DELAY_MS = 50;
const REGIONS = ['eu-west-1', 'eu-central-1'];
const sizes = process.argv.slice(2).map(Number);
const keys = { accessKeyId: 'AKIABENCH', secretAccessKey: 'bench' };

const server = await setUpMoto();
if (server === undefined) throw new Error('This benchmark needs Python 3 for the emulated AWS (moto).');
const moto = await startMoto(server);
const bucketRegions = new Map();
const proxy = await startProxy();

const results = [];
for (const count of sizes.length > 0 ? sizes : [10, 100, 1000]) results.push(await measure(count));
const last = results.at(-1);
console.log(
  JSON.stringify({
    bench: 'drift',
    delayMs: DELAY_MS,
    results,
    limits: { callsToLeast: 1.1, timesFasterThanNaive: 10 },
    held: results.every((each) => each.calls <= each.least * 1.1) && last.timesFasterThanNaive >= 10,
  }),
);
proxy.server.closeAllConnections();
proxy.server.close();
await moto.stop();

async function measure(count) {
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
  proxy.delayMs = DELAY_MS;
  proxy.calls = 0;
  const began = performance.now();
  const result = await driftOf(texts);
  const ms = performance.now() - began;
  const calls = proxy.calls;
  if (result.findings.length > 0) throw new Error(`unexpected: ${result.findings[0].message}`);
  const sample = things.slice(0, Math.min(count, 40));
  const naiveBegan = performance.now();
  await naive(sample);
  const naiveMs = ((performance.now() - naiveBegan) / sample.length) * count;
  const databases = (region) =>
    things.filter((thing) => thing.kind === 'rds-instance' && thing.region === region).length;
  // The caller's identity, one list of buckets, pages of 1,000 roles, and pages of 100 instances a region.
  const roles = things.filter((thing) => thing.kind === 'iam-role').length;
  const least =
    2 + Math.ceil(roles / 1000) + REGIONS.reduce((sum, region) => sum + Math.ceil(databases(region) / 100), 0);
  return {
    references: count,
    calls,
    least,
    ms: Math.round(ms),
    naiveCalls: count,
    naiveMs: Math.round(naiveMs),
    timesFasterThanNaive: Math.round((naiveMs / ms) * 10) / 10,
    factsCompared: result.factsCompared,
  };
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
  proxy.made ??= Object.fromEntries(REGIONS.map((each) => [each, clients(moto.endpoint, each)]));
  const { s3, iam, rds } = proxy.made[region];
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

/** Adds the delay, counts, and tells regions in the list of buckets as AWS does and the emulator doesn't. */
async function startProxy() {
  const state = { delayMs: 0, calls: 0, url: '', made: undefined, server: undefined };
  state.server = createServer((incoming, outgoing) => {
    state.calls++;
    const parts = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => {
      setTimeout(() => {
        const onward = request(
          {
            host: '127.0.0.1',
            port: moto.port,
            method: incoming.method,
            path: incoming.url,
            headers: incoming.headers,
          },
          (answer) => {
            const got = [];
            answer.on('data', (part) => got.push(part));
            answer.on('end', () => {
              let body = Buffer.concat(got);
              const { 'content-length': _length, ...headers } = answer.headers;
              if (incoming.url.includes('max-buckets')) {
                body = Buffer.from(
                  body
                    .toString()
                    .replace(
                      /<Name>([^<]+)<\/Name>/g,
                      (name, id) => `${name}<BucketRegion>${bucketRegions.get(id) ?? ''}</BucketRegion>`,
                    ),
                );
              }
              outgoing.writeHead(answer.statusCode, headers);
              outgoing.end(body);
            });
          },
        );
        onward.on('error', () => incoming.socket.destroy());
        onward.end(Buffer.concat(parts));
      }, state.delayMs);
    });
  });
  await new Promise((resolve) => state.server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${state.server.address().port}`;
  return state;
}
