/** What the runbook's own steps have of the cloud: the restore role, to read with, through a gate to the cloud's API alone. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { EvidenceRecord } from '../../server/src/core/recovery/record.ts';
import { SESSION_POLICY } from '../../server/src/dryrun/steps/cloudSession.ts';
import { aws, policyOf, trustOf, HOME } from '../support/aws.ts';
import { makeAwsCli } from '../support/awsCli.ts';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { useMoto } from '../support/servers.ts';

const OWN = {
  AWS_ACCESS_KEY_ID: 'AKIACALLER',
  AWS_SECRET_ACCESS_KEY: 'caller-secret-canary-6f1e',
  AWS_PROFILE: 'boss',
};
const KILLED = fileURLToPath(new URL('../support/killedRun.ts', import.meta.url));

describe('the cloud of the runbook’s own steps', function () {
  this.timeout(120_000);
  const moto = useMoto();
  let bench: Bench;
  let front: Server;
  let endpoint: string;
  /** What was asked of AssumeRole, and the answers. */
  let asked: URLSearchParams[];
  let answers: string[];
  let denyRole: boolean;
  /** Seconds for which the role can be assumed. */
  let limit: number;
  const saved = { ...process.env };

  let tar: Buffer;
  let cli: Awaited<ReturnType<typeof makeAwsCli>>;

  before(async () => {
    cli = await makeAwsCli();
    tar = execFileSync('/bin/sh', [
      '-ec',
      'cd "$(mktemp -d)"; echo all that we have > data.txt; tar -cf - data.txt; rm -r "$PWD"',
    ]);
    Object.assign(process.env, OWN);
    Reflect.deleteProperty(process.env, 'AWS_PROFILE');
  });
  after(async () => {
    await cli.remove();
    for (const name of Object.keys(OWN))
      if (saved[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = saved[name];
  });
  beforeEach(async () => {
    await moto().reset();
    [asked, answers, denyRole, limit] = [[], [], false, 3600];
    front = createServer((from, to) => {
      const parts: Buffer[] = [];
      from.on('data', (part: Buffer) => parts.push(part));
      from.on('end', () => {
        const body = Buffer.concat(parts);
        const form = new URLSearchParams(body.toString('latin1'));
        const assumes = form.get('Action') === 'AssumeRole';
        if (assumes) asked.push(form);
        const tooLong = Number(form.get('DurationSeconds')) > limit;
        if (assumes && (tooLong || (denyRole && form.has('Policy')))) {
          const error = `<Error><Code>${tooLong ? 'ValidationError' : 'AccessDenied'}</Code><Message>no</Message></Error>`;
          to.writeHead(tooLong ? 400 : 403, { 'content-type': 'text/xml' }).end(
            `<ErrorResponse>${error}</ErrorResponse>`,
          );
          return;
        }
        const { hostname, port } = new URL(moto().endpoint);
        const on = request(
          { host: hostname, port, method: from.method, path: from.url, headers: from.headers },
          (got) => {
            if (assumes) got.on('data', (part: Buffer) => answers.push(part.toString()));
            to.writeHead(got.statusCode ?? 500, got.headers);
            got.pipe(to);
          },
        );
        on.end(body);
      });
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const admin = aws(moto().endpoint);
    await admin.s3.send(
      new CreateBucketCommand({ Bucket: 'vault', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    await admin.s3.send(new PutObjectCommand({ Bucket: 'vault', Key: 'files/orders.tar', Body: tar }));
    await admin.iam.send(
      new CreateRoleCommand({
        RoleName: 'orders-restore',
        AssumeRolePolicyDocument: trustOf(`arn:aws:iam::${HOME}:user/boss`),
      }),
    );
    await admin.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'orders-restore',
        PolicyName: 'p',
        PolicyDocument: policyOf({ Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' }),
      }),
    );
    bench = await makeBench({ ...OWN, PATH: `${cli.folder}:${process.env['PATH'] ?? ''}` });
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "${HOME}", regions: [eu-west-1], endpoint: "${endpoint}" }\n`,
    );
  });
  afterEach(async () => {
    await new Promise((resolve) => front.close(resolve));
    assert.deepEqual(await bench.left(), []);
    assert.deepEqual(linesWith(bench.variables['TMPDIR'] ?? ''), []);
    await bench.remove();
  });

  const document = (steps: string, role = 'role: operator\n'): string =>
    folderRunbook({
      tool: 'files',
      in: '{ bucket: vault, prefix: files/ }',
      sandbox: '{ engine: files }',
      checks: '[]',
      dryRun: 'steps: true',
      restore: `${role}steps:\n${steps}`,
    }).replace(
      'backups:',
      'resources:\n  vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1 }\n  operator: { kind: aws/iam-role, id: orders-restore }\nbackups:',
    );
  const step = (id: string, script: string): string =>
    `  - id: ${id}\n    run: |\n${script.replace(/^/gmu, '      ')}\n`;
  const COPY = step('copy', 'tar -C "$TARGET" -xf ${{ backups.nightly.latest.uri }}');
  const run = async (text: string, options: Parameters<Bench['run']>[0] = {}) => {
    await bench.write('a.runbook.yaml', text);
    return await bench.run(options);
  };
  const noteOf = (record: EvidenceRecord, code: string): string =>
    record.notes.find((note) => note.code === code)?.message ?? '';

  it('is the restore role’s, with a policy that lets the session only read', async () => {
    const { record } = await run(
      document(
        step(
          'look',
          `aws sts get-caller-identity --query Arn --output text | grep -q assumed-role/orders-restore/drillbook-steps-
aws s3 ls s3://vault/files/ | grep -q orders.tar
aws s3 cp --quiet s3://vault/files/orders.tar "$TARGET/again.txt"
test "$AWS_ACCESS_KEY_ID" != AKIACALLER; test -z "\${AWS_PROFILE:-}"; test "$AWS_REGION" = eu-west-1`,
        ) + step('copy', 'aws s3 cp --no-progress ${{ backups.nightly.latest.uri }} "$TARGET/orders.tar"'),
      ),
    );
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    const narrowed = asked.filter((each) => each.has('Policy'));
    assert.equal(narrowed.length, 1);
    assert.equal(narrowed[0]?.get('Policy'), SESSION_POLICY);
    assert.equal(narrowed[0].get('DurationSeconds'), '3600');
    assert.match(
      noteOf(record, 'cloud-access'),
      /^The steps had the rights of arn:aws:iam::123456789012:role\/orders-restore \(as \S+drillbook-steps-\w+\), read-only, for at most 60 min, and reached 127\.0\.0\.1:\d+ \(\d+ times\)\.$/u,
    );
    assert.equal(noteOf(record, 'cloud-refused'), '');
  });

  it('is asked for as long as the steps may take, and for an hour where the role gives no more', async () => {
    const long = COPY.replace('run:', 'timeout: 3h\n    run:');
    for (const [most, durations] of [
      [3600, ['10800', '3600']],
      [43_200, ['10800']],
    ] as const) {
      limit = most;
      asked = [];
      const { record } = await run(document(long));
      assert.equal(record.result, 'passed', record.summary);
      const lasting = asked.filter((each) => each.has('Policy')).map((each) => each.get('DurationSeconds'));
      assert.deepEqual(lasting, durations);
    }
  });

  it('does not let a step write, nor read with the caller’s rights', async () => {
    const { iam } = aws(moto().endpoint);
    await iam.send(new CreateUserCommand({ UserName: 'boss' }));
    const everything = policyOf({ Effect: 'Allow', Action: '*', Resource: '*' });
    await iam.send(new PutUserPolicyCommand({ UserName: 'boss', PolicyName: 'p', PolicyDocument: everything }));
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'boss' }));
    process.env['AWS_ACCESS_KEY_ID'] = key?.AccessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = key?.SecretAccessKey;
    await fetch(`${moto().endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
    try {
      const { record } = await run(
        document(
          step('writes', 'echo x > x\naws s3 cp x s3://vault/x 2>&1 | grep -q AccessDenied\n! aws iam list-users') +
            COPY,
        ),
      );
      assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    } finally {
      await fetch(`${moto().endpoint}/moto-api/reset-auth`, { method: 'POST', body: 'inf' });
      Object.assign(process.env, OWN);
      Reflect.deleteProperty(process.env, 'AWS_PROFILE');
    }
  });

  it('reaches nothing but the endpoint, and says what it refused', async () => {
    const ask = (what: string): string =>
      `(exec 3<>/dev/tcp/127.0.0.1/3128; printf '${what}\\r\\nHost: x\\r\\n\\r\\n' >&3; head -1 <&3)`;
    const { port } = new URL(moto().endpoint);
    const { record } = await run(
      document(
        step(
          'strays',
          `${ask('CONNECT 169.254.169.254:443 HTTP/1.1')} | grep -q '^HTTP/1.1 403 drillbook: 169.254.169.254:443 is not'
${ask('CONNECT db.internal:5432 HTTP/1.1')} | grep -q '^HTTP/1.1 403 drillbook: db.internal:5432 is a port of databases'
${ask(`GET http://127.0.0.1:${port}/ HTTP/1.1`)} | grep -q '^HTTP/1.1 403 '
${ask(`CONNECT 127.0.0.1:${new URL(endpoint).port} HTTP/1.1`)} | grep -q '^HTTP/1.1 403 '
! (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null`,
        ) + COPY,
      ),
    );
    assert.equal(record.result, 'passed', JSON.stringify(record, undefined, 1));
    assert.match(
      noteOf(record, 'cloud-refused'),
      /169\.254\.169\.254:443 is not .+; db\.internal:5432 is a port of databases/u,
    );
    assert.match(noteOf(record, 'cloud-access'), /and reached no host\.$/u);
  });

  it('comes to no result where a step fails for want of a way to the cloud, and fails where it does so by itself', async () => {
    const ask =
      '(exec 3<>/dev/tcp/127.0.0.1/3128; printf "GET $AWS_ENDPOINT_URL/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" >&3; head -1 <&3)';
    let asksCloud = true;
    const stopped = step('asks', `${ask} | grep -q "HTTP/1.1 [24]"`);
    const { port } = new URL(endpoint);
    const { record } = await run(document(step('alone', 'exit 3') + COPY));
    assert.equal(record.result, 'failed', record.summary);
    const onEvent = (event: { readonly event: string; readonly stage?: string; readonly state?: string }): void => {
      // The role is assumed by then.
      if (event.event !== 'output' || !asksCloud) return;
      asksCloud = false;
      front.closeAllConnections();
      front.close();
    };
    const lost = await run(document(step('says', 'echo now; sleep 1') + stopped + COPY), { onEvent });
    assert.equal(lost.record.result, 'inconclusive', lost.record.summary);
    assert.match(
      noteOf(lost.record, 'retried'),
      new RegExp(
        `Step "asks" did not succeed.+no way to the cloud meanwhile: 127.0.0.1 did not answer: connect ECONNREFUSED 127.0.0.1:${port}`,
        'u',
      ),
    );
  });

  it('shows no secret, whatever a step prints, in record, events, log or the list of processes', async () => {
    const seen: string[] = [];
    const secrets = (): readonly string[] =>
      [...answers.join('').matchAll(/<(?:AccessKeyId|SecretAccessKey|SessionToken)>([^<]+)</gu)].map(
        ([, each = '']) => each,
      );
    const watching = setInterval(() => {
      for (const secret of secrets()) seen.push(...linesWith(secret));
    }, 20);
    try {
      const { record, events } = await run(
        document(
          step('prints', 'env; echo "$AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN $AWS_ACCESS_KEY_ID" >&2; sleep 0.3') +
            COPY,
        ),
      );
      assert.equal(record.result, 'passed', record.summary);
      assert.ok(secrets().length >= 6, 'both sessions were seen');
      const text = JSON.stringify([record, events, bench.logged]);
      assert.match(text, /AWS_SESSION_TOKEN/u);
      for (const secret of [...secrets(), OWN.AWS_SECRET_ACCESS_KEY]) assert.ok(!text.includes(secret), secret);
      assert.deepEqual(seen, []);
    } finally {
      clearInterval(watching);
    }
  });

  const NONE = step(
    'none',
    'test -z "${AWS_ACCESS_KEY_ID:-}${AWS_SESSION_TOKEN:-}${HTTPS_PROXY:-}"\n! (exec 3<>/dev/tcp/127.0.0.1/3128) 2>/dev/null',
  );

  it('is nothing where the role can’t be assumed for reading', async () => {
    denyRole = true;
    const { record } = await run(document(NONE + COPY));
    assert.equal(record.result, 'passed', record.summary);
    assert.match(noteOf(record, 'no-cloud-credentials'), /role\/orders-restore can't be assumed \(AccessDenied\)\.$/u);
  });

  it('is nothing where the runbook names no role', async () => {
    const { record } = await run(document(NONE + COPY, ''));
    assert.equal(record.result, 'passed', record.summary);
    assert.match(noteOf(record, 'no-cloud-credentials'), /names no restore role/u);
    assert.equal(asked.length, 0);
  });

  it('goes with a run that is cancelled', async () => {
    const stop = new AbortController();
    const { record } = await run(document(step('hangs', 'echo here; sleep 60')), {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event === 'output' && /here/u.test(JSON.stringify(event))) stop.abort();
      },
    });
    assert.equal(record.result, 'cancelled', record.summary);
    assert.equal(record.teardown.proven, true);
  });

  for (const [what, role] of [
    ['is killed', 'role: operator\n'],
    ['is killed where steps have none of it', ''],
  ] as const)
    it(`goes with a run that ${what}`, async () => {
      const texts = [document(step('hangs', 'cd /; sleep 61'), role), await bench.read('production.environment.yaml')];
      await bench.write('a.runbook.yaml', texts.join('---\n'));
      const child = spawn(process.execPath, ['--import', 'tsx', KILLED, bench.root, 'restore', '4000'], {
        env: { ...bench.variables, AWS_PROFILE: undefined },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      assert.equal(await new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))), 'SIGKILL');
      assert.equal(linesWith('sleep 61').length > 0, true, 'the step was under way');
      const told = await bench.leases.reap();
      assert.match(told.join(), /^Removed what the dry run of "orders"/u);
      assert.deepEqual(linesWith('sleep 61'), []);
    });

  it('left the bucket as it was', async () => {
    const { record } = await run(document(COPY));
    assert.equal(record.result, 'passed', record.summary);
    const { Contents } = await aws(moto().endpoint).s3.send(new ListObjectsV2Command({ Bucket: 'vault' }));
    assert.deepEqual(
      Contents?.map((each) => each.Key),
      ['files/orders.tar'],
    );
  });
});

/** Command lines of this machine that hold `text`. */
function linesWith(text: string): readonly string[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/u.test(name) || name === String(process.pid)) return [];
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return line.includes(text) ? [line] : [];
    } catch {
      return [];
    }
  });
}
