/** Bad answers of AWS, named: each is unchecked for its own reason, and none is drift or clean. */
import assert from 'node:assert/strict';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { aws, environment, HOME, runbook, trustOf } from '../support/aws.ts';
import { queryError, s3Error, startFaultProxy, type Fault, type FaultProxy } from '../support/faultProxy.ts';
import { driftOf, said } from '../support/look.ts';
import { useMoto } from '../support/servers.ts';

const ROLE = 'role: { kind: aws/iam-role, id: reader, account: prod }';
const BUCKET =
  'vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1, account: prod, expect: { versioning: enabled, objectLock: none } }';

describe('AWS that misbehaves', () => {
  const moto = useMoto();
  let proxy: FaultProxy;

  before(async () => {
    proxy = await startFaultProxy(moto().endpoint);
    await moto().reset();
    const { s3, iam } = aws(moto().endpoint);
    await s3.send(
      new CreateBucketCommand({ Bucket: 'vault', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    await iam.send(
      new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trustOf(`arn:aws:iam::${HOME}:root`) }),
    );
  });
  after(async () => await proxy.stop());

  const drift = async (
    resources: string,
    decide: (seen: string, count: number) => Fault,
    more: { deadlineMs?: number; signal?: AbortSignal; callTimeoutMs?: number } = {},
  ) => {
    proxy.use(decide);
    return await driftOf(
      { 'e.environment.yaml': environment(proxy.url), 'r.runbook.yaml': runbook(resources) },
      { ...more, options: { callTimeoutMs: more.callTimeoutMs ?? 5000 } },
    );
  };

  const role = (name: string, fault: Fault, code: string, message: RegExp): void => {
    it(`${name} is ${code}`, async () => {
      const result = await drift(ROLE, (seen) => (seen.includes('Action=GetRole') ? fault : 'pass'), {
        callTimeoutMs: 3000,
      });
      assert.deepEqual(said(result.findings), [`${code} resources.role.id`]);
      assert.match(result.findings[0]?.message ?? '', message);
      assert.equal(result.factsCompared, 0);
    });
  };

  role(
    'a throttle',
    { status: 400, body: queryError('Throttling', 'Rate exceeded') },
    'unchecked/throttled',
    /slow down/,
  );
  role('a refusal', { status: 403, body: queryError('AccessDenied') }, 'unchecked/denied', /iam:GetRole/);
  role(
    'an expired token',
    { status: 403, body: queryError('ExpiredToken') },
    'unchecked/no-credentials',
    /ExpiredToken/,
  );
  role(
    'an unknown key',
    { status: 403, body: queryError('InvalidClientTokenId') },
    'unchecked/no-credentials',
    /set AK/,
  );
  role(
    'a wrong secret',
    { status: 403, body: queryError('SignatureDoesNotMatch') },
    'unchecked/no-credentials',
    /SignatureDoesNotMatch/,
  );
  role('a server error', { status: 500, body: queryError('InternalFailure') }, 'unchecked/unreachable', /500/);
  role(
    'an answer that is no XML',
    { status: 200, body: '<html><body>Proxy login</body>' },
    'unchecked/unreachable',
    /whole answer/,
  );
  role('an answer cut in half', 'half', 'unchecked/unreachable', /./);
  role('a connection cut', 'cut', 'unchecked/unreachable', /ECONNRESET/);
  role('a hang', 'hang', 'unchecked/timeout', /within 3 s/);

  it('is unreachable where nobody listens', async () => {
    const result = await driftOf({
      'e.environment.yaml': environment('http://127.0.0.1:9'),
      'r.runbook.yaml': runbook(ROLE),
    });
    assert.deepEqual(said(result.findings), ['unchecked/unreachable resources.role.id']);
    assert.match(result.findings[0]?.message ?? '', /127\.0\.0\.1:9 can't be reached \(ECONNREFUSED\)/);
  });

  const same = (name: string, fault: Fault, codes: readonly string[]): void => {
    it(`finds no drift where every call gets ${name}`, async () => {
      const everything = `${ROLE}\n${BUCKET}\ndb: { kind: aws/rds-instance, id: orders, region: eu-west-1, account: prod }\nkey: { kind: aws/kms-key, id: alias/a, region: eu-west-1, account: prod }`;
      for (const identity of [true, false]) {
        const decide = (seen: string): Fault => (identity && seen.includes('GetCallerIdentity') ? 'pass' : fault);
        const result = await drift(everything, decide, { callTimeoutMs: 2500 });
        assert.deepEqual(
          [...new Set(result.findings.map((finding) => finding.code))].sort().filter((code) => !codes.includes(code)),
          [],
          JSON.stringify(said(result.findings)),
        );
        assert.equal(new Set(result.findings.map((finding) => finding.path[1])).size, 4);
        assert.equal(result.factsCompared, 0);
      }
    });
  };

  same('403', { status: 403, body: '' }, ['unchecked/denied']);
  same('404', { status: 404, body: 'not here' }, ['unchecked/unsupported', 'unchecked/unreachable']);
  same('301', { status: 301, body: '' }, ['unchecked/unreachable']);
  same('500', { status: 500, body: 'oops' }, ['unchecked/unreachable']);
  same('503', { status: 503, body: s3Error('SlowDown') }, ['unchecked/throttled', 'unchecked/unreachable']);
  same('a login page', { status: 200, body: '<html><body>Log in</body></html>' }, ['unchecked/unreachable']);
  same('nothing', { status: 200, body: '' }, ['unchecked/unreachable', 'unchecked/unsupported']);

  it('takes the word of a simulation where the environment opts in', async () => {
    const result = (action: string, resource: string, decision: string, missing = ''): string =>
      `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>${resource}</EvalResourceName><EvalDecision>${decision}</EvalDecision><MissingContextValues>${missing}</MissingContextValues></member>`;
    proxy.use((seen) => {
      if (!seen.includes('Action=SimulatePrincipalPolicy')) return 'pass';
      assert.match(seen, /aws%3ARequestedRegion/);
      const results = [
        result('s3:GetObject', '*', 'allowed'),
        result('s3:PutObject', '*', 'implicitDeny'),
        result('kms:Decrypt', '*', 'implicitDeny', '<member>aws:MultiFactorAuthPresent</member>'),
        result('s3:DeleteObject', '*', 'explicitDeny'),
        result('s3:GetBucketAcl', '*', 'allowed'),
      ];
      return {
        status: 200,
        body: `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>${results.join('')}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
      };
    });
    const env = environment(proxy.url).replace('  regions:', '  simulate: true\n  regions:');
    const role =
      'role: { kind: aws/iam-role, id: reader, account: prod, expect: { allows: [{ actions: [s3:GetObject, s3:PutObject, kms:Decrypt] }], forbids: [s3:DeleteObject, s3:GetBucketAcl] } }';
    const found = await driftOf({ 'e.environment.yaml': env, 'r.runbook.yaml': runbook(role) });
    assert.deepEqual(said(found.findings), [
      'drift/permission resources.role.expect.allows.0.actions.1',
      'drift/permission resources.role.expect.forbids.1',
      'unchecked/undecided resources.role.expect.allows.0.actions.2',
    ]);
    assert.match(found.findings[0]?.message ?? '', /by simulation/);
    assert.equal(found.calls['aws:iam:SimulatePrincipalPolicy'], 1);
  });

  it('takes a key that no service can rotate for one that does not rotate', async () => {
    const { KeyMetadata } = await aws(moto().endpoint).kms.send(new CreateKeyCommand({}));
    const rotation = async (expected: boolean): Promise<readonly string[]> => {
      const key = `key: { kind: aws/kms-key, id: "${KeyMetadata?.KeyId ?? ''}", region: eu-west-1, account: prod, expect: { rotation: ${String(expected)} } }`;
      const unsupported = { status: 400, body: '{"__type":"UnsupportedOperationException"}' };
      return said(
        (await drift(key, (seen) => (seen.includes('GetKeyRotationStatus') ? unsupported : 'pass'))).findings,
      );
    };
    assert.deepEqual(await rotation(false), []);
    assert.deepEqual(await rotation(true), ['drift/value resources.key.expect.rotation']);
  });

  it('names the role that may not be assumed', async () => {
    proxy.use((seen) =>
      seen.includes('Action=AssumeRole') ? { status: 403, body: queryError('AccessDenied') } : 'pass',
    );
    const env = environment(proxy.url).replace(
      'accessKeyId',
      `assumeRole: "arn:aws:iam::${HOME}:role/drill", accessKeyId`,
    );
    const result = await driftOf({ 'e.environment.yaml': env, 'r.runbook.yaml': runbook(ROLE) });
    assert.deepEqual(said(result.findings), ['unchecked/denied resources.role.id']);
    assert.match(result.findings[0]?.message ?? '', /may not assume .*role\/drill: they need sts:AssumeRole/);
  });

  it('leaves only the expectations unknown that need the missing fact, with the action to ask for', async () => {
    const result = await drift(BUCKET, (seen) =>
      seen.includes('?object-lock') ? { status: 403, body: s3Error('AccessDenied') } : 'pass',
    );
    assert.deepEqual(said(result.findings), [
      'drift/value resources.vault.expect.versioning',
      'unchecked/denied resources.vault.expect.objectLock',
    ]);
    assert.match(
      result.findings.find((each) => each.code === 'unchecked/denied')?.message ?? '',
      /s3:GetBucketObjectLockConfiguration/,
    );
  });

  it('never calls missing what it may not see', async () => {
    const refuse = (seen: string): Fault =>
      seen.startsWith('GET / ') || seen.includes('max-buckets') || seen.startsWith('HEAD')
        ? { status: 403, body: s3Error('AccessDenied') }
        : 'pass';
    const result = await drift('a: { kind: aws/s3-bucket, id: hidden, account: prod }', refuse);
    assert.deepEqual(said(result.findings), ['unchecked/denied resources.a.id']);
    assert.match(result.findings[0]?.message ?? '', /s3:ListBucket/);
  });

  it('asks single buckets where the list is refused', async () => {
    const result = await drift(BUCKET, (seen) =>
      seen.includes('max-buckets') ? { status: 403, body: s3Error('AccessDenied') } : 'pass',
    );
    assert.deepEqual(said(result.findings), ['drift/value resources.vault.expect.versioning']);
  });

  it('follows a redirect to another region and says where the bucket is', async () => {
    const result = await drift(BUCKET, (seen) => {
      if (seen.includes('max-buckets')) return { status: 403, body: s3Error('AccessDenied') };
      return seen.startsWith('HEAD') && proxy.seen.filter((each) => each.startsWith('HEAD')).length === 1
        ? { status: 301, body: '', headers: { 'x-amz-bucket-region': 'us-west-2' } }
        : 'pass';
    });
    // The emulator tells its own region once it is asked there.
    assert.ok(!said(result.findings).some((each) => each.startsWith('unchecked')), said(result.findings).join());
  });

  it('takes a redirect for where the bucket is, from a store that never leaves it', async () => {
    const result = await drift(BUCKET, (seen) => {
      if (seen.includes('max-buckets')) return { status: 403, body: s3Error('AccessDenied') };
      return seen.includes('GetCallerIdentity')
        ? 'pass'
        : { status: 301, body: '', headers: { 'x-amz-bucket-region': 'us-west-2' } };
    });
    assert.deepEqual(said(result.findings), [
      'drift/region resources.vault.region',
      'unchecked/unreachable resources.vault.expect.objectLock',
      'unchecked/unreachable resources.vault.expect.versioning',
    ]);
  });

  it('goes on without an identity where a store has none', async () => {
    const logged: string[] = [];
    proxy.use((seen) =>
      seen.includes('GetCallerIdentity') ? { status: 405, body: s3Error('MethodNotAllowed') } : 'pass',
    );
    const result = await driftOf(
      { 'e.environment.yaml': environment(proxy.url), 'r.runbook.yaml': runbook(BUCKET) },
      { logged },
    );
    assert.deepEqual(said(result.findings), ['drift/value resources.vault.expect.versioning']);
    assert.match(logged.join(), /not guarded/);
  });

  it('ends a run at its deadline with what it has, each gap named', async () => {
    const result = await drift(`${ROLE}\n${BUCKET}`, (seen) => (seen.includes('Action=GetRole') ? 'hang' : 'pass'), {
      deadlineMs: 1500,
    });
    assert.deepEqual(said(result.findings), [
      'drift/value resources.vault.expect.versioning',
      'unchecked/timeout resources.role.id',
    ]);
    assert.match(
      result.findings.find((each) => each.code === 'unchecked/timeout')?.message ?? '',
      /deadline of 1\.5 s/,
    );
  });

  it('keeps what it has when the deadline comes while calls are still waiting for their turn', async () => {
    const roles = Array.from(
      { length: 30 },
      (_each, index) =>
        `r${String(index)}: { kind: aws/kms-key, id: alias/k${String(index)}, region: eu-west-1, account: prod }`,
    );
    const result = await drift(
      `${BUCKET}\n${roles.join('\n')}`,
      (seen) => (seen.includes('DescribeKey') ? 'hang' : 'pass'),
      { deadlineMs: 1500 },
    );
    const codes = said(result.findings);
    assert.ok(codes.includes('drift/value resources.vault.expect.versioning'), codes.join());
    assert.equal(codes.filter((each) => each.startsWith('unchecked/timeout')).length, 30);
  });

  it('gives up at once when it is called off', async () => {
    const controller = new AbortController();
    const running = drift(
      ROLE,
      (seen) => (seen.includes('Action=GetRole') ? (controller.abort(new Error('called off')), 'hang') : 'pass'),
      { signal: controller.signal, callTimeoutMs: 60_000 },
    );
    await assert.rejects(running, /called off/);
  });

  it('asks again after a passing throttle', async () => {
    let refused = 0;
    const result = await drift(
      ROLE,
      (seen) =>
        seen.includes('Action=GetRole') && refused++ === 0 ? { status: 400, body: queryError('Throttling') } : 'pass',
      { callTimeoutMs: 15_000 },
    );
    assert.deepEqual(result.findings, []);
    assert.equal(refused, 2);
  });
});
