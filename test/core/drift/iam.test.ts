/** Local evaluation of trust and policies: what is certain, and what must stay undecided. */
import assert from 'node:assert/strict';
import { evaluate, type AccessQuestion } from '../../../server/src/core/drift/iam/policy.ts';
import { overlap, wildcard } from '../../../server/src/core/drift/iam/wildcard.ts';
import { trusts } from '../../../server/src/core/drift/iam/trust.ts';

const allow = (more: object): object => ({ Statement: [{ Effect: 'Allow', ...more }] });
const question = (action: string, resource?: string, keys: AccessQuestion['keys'] = {}): AccessQuestion => ({
  action,
  resource,
  keys,
});
const ask = (policies: readonly object[], asked: AccessQuestion, boundary?: object): string =>
  evaluate({ policies, boundary }, asked);

describe('policies', () => {
  const read = allow({ Action: ['s3:Get*'], Resource: 'arn:aws:s3:::vault/*' });

  it('allows what a pattern covers, whatever the case of the action', () => {
    assert.equal(ask([read], question('s3:GetObject', 'arn:aws:s3:::vault/a')), 'allowed');
    assert.equal(ask([read], question('S3:getobject', 'arn:aws:s3:::vault/a')), 'allowed');
    assert.equal(ask([read], question('s3:GetObject', 'arn:aws:s3:::other/a')), 'not-allowed');
    assert.equal(ask([read], question('s3:PutObject', 'arn:aws:s3:::vault/a')), 'not-allowed');
  });

  it('leaves open what only some of the objects that are meant are allowed', () => {
    const dumps = allow({ Action: 's3:*', Resource: 'arn:aws:s3:::vault/orders/*.dump' });
    const asked = (name: string): AccessQuestion => ({
      ...question('s3:DeleteObjectVersion', `arn:aws:s3:::vault/orders/${name}`),
      below: 'arn:aws:s3:::vault/orders/',
    });
    assert.equal(ask([dumps], asked('probe.dump')), 'allowed');
    assert.equal(ask([dumps], asked('probe')), 'undecided');
    const elsewhere = allow({ Action: 's3:*', Resource: 'arn:aws:s3:::vault/other/*' });
    assert.equal(ask([elsewhere], asked('probe')), 'not-allowed');
    // A refusal of a part refuses no more than that part.
    const deny = { Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::vault/orders/tmp/*' }] };
    assert.equal(ask([dumps, deny], asked('probe.dump')), 'allowed');
  });

  it('reads a pattern of actions as any, or as all of them', () => {
    const one = allow({ Action: 's3:DeleteObjectVersion', Resource: '*' });
    const pattern = question('s3:Delete*');
    assert.equal(ask([one], { ...pattern, any: true }), 'allowed');
    assert.equal(ask([one], pattern), 'not-allowed');
    const deny = { Statement: [{ Effect: 'Deny', Action: 's3:DeleteObjectVersion', Resource: '*' }] };
    assert.equal(ask([one, deny], { ...pattern, any: true }), 'undecided');
    const others = allow({ NotAction: 's3:DeleteObject', Resource: '*' });
    assert.equal(ask([others], { ...pattern, any: true }), 'allowed');
    assert.equal(ask([others], pattern), 'undecided');
    assert.equal(ask([allow({ Action: 's3:Get*', Resource: '*' })], { ...pattern, any: true }), 'not-allowed');
  });

  it('tells whether two patterns have a text in common, as trying every text does', () => {
    const texts = (length: number): string[] =>
      length === 0 ? [''] : texts(length - 1).flatMap((text) => ['a', 'b'].map((letter) => text + letter));
    const all = [0, 1, 2, 3, 4].flatMap(texts);
    const patterns = ['', '*', '?', 'a', 'a*', '*a', '*b', 'a?', 'a*b', '*a*', '??', 'b*?', '?*a', '**', 'ab'];
    for (const left of patterns)
      for (const right of patterns)
        assert.equal(
          overlap(left, right),
          all.some((text) => wildcard(left, text) && wildcard(right, text)),
          `${left} ${right}`,
        );
  });

  it('lets an explicit deny win', () => {
    const deny = { Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] };
    assert.equal(ask([read, deny], question('s3:GetObject', 'arn:aws:s3:::vault/a')), 'denied');
  });

  it('needs the boundary to allow it as well', () => {
    const asked = question('s3:GetObject', 'arn:aws:s3:::vault/a');
    assert.equal(ask([read], asked, allow({ Action: 'kms:*', Resource: '*' })), 'not-allowed');
    assert.equal(ask([read], asked, allow({ Action: '*', Resource: '*' })), 'allowed');
  });

  it('reads NotAction and NotResource', () => {
    const all = allow({ NotAction: 'iam:*', NotResource: 'arn:aws:s3:::secret/*' });
    assert.equal(ask([all], question('s3:GetObject', 'arn:aws:s3:::vault/a')), 'allowed');
    assert.equal(ask([all], question('iam:PassRole', 'arn:aws:iam::1:role/a')), 'not-allowed');
    assert.equal(ask([all], question('s3:GetObject', 'arn:aws:s3:::secret/a')), 'not-allowed');
  });

  it('decides conditions on known keys and leaves the others undecided', () => {
    const inRegion = allow({
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': ['eu-west-1'] } },
    });
    const asked = (region: string): AccessQuestion =>
      question('rds:DescribeDBInstances', '*', { 'aws:requestedregion': region });
    assert.equal(ask([inRegion], asked('eu-west-1')), 'allowed');
    assert.equal(ask([inRegion], asked('us-east-1')), 'not-allowed');
    const mfa = allow({ Action: '*', Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } });
    assert.equal(ask([mfa], asked('eu-west-1')), 'undecided');
    const denyWithoutMfa = {
      Statement: [
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
        },
      ],
    };
    assert.equal(ask([allow({ Action: '*', Resource: '*' }), denyWithoutMfa], asked('eu-west-1')), 'undecided');
  });

  it('is sure about an unknown resource only where everything is allowed', () => {
    assert.equal(ask([allow({ Action: 'kms:Decrypt', Resource: '*' })], question('kms:Decrypt')), 'allowed');
    assert.equal(
      ask([allow({ Action: 'kms:Decrypt', Resource: 'arn:aws:kms:eu-west-1:1:key/a' })], question('kms:Decrypt')),
      'undecided',
    );
    assert.equal(ask([read], question('kms:Decrypt')), 'not-allowed');
  });

  it('answers a hostile pattern in linear time', () => {
    const hostile = allow({ Action: `${'*a'.repeat(2000)}b`, Resource: '*' });
    assert.equal(ask([hostile], question('a'.repeat(20_000), 'x')), 'not-allowed');
  });
});

describe('trust', () => {
  const oncall = 'arn:aws:iam::123456789012:role/oncall';
  const policy = (principal: unknown, more: object = {}): object =>
    allow({ Principal: principal, Action: 'sts:AssumeRole', ...more });

  it('trusts the principal itself, its account, and everyone', () => {
    assert.equal(trusts(policy({ AWS: oncall }), oncall), 'yes');
    assert.equal(trusts(policy({ AWS: [oncall, 'x'] }), oncall), 'yes');
    assert.equal(trusts(policy({ AWS: 'arn:aws:iam::123456789012:root' }), oncall), 'yes');
    assert.equal(trusts(policy({ AWS: '123456789012' }), oncall), 'yes');
    assert.equal(trusts(policy('*'), oncall), 'yes');
    assert.equal(trusts(policy({ Service: 'backup.amazonaws.com' }), 'backup.amazonaws.com'), 'yes');
  });

  it('does not trust another role, another account, or an action that assumes nothing', () => {
    assert.equal(trusts(policy({ AWS: 'arn:aws:iam::123456789012:role/other' }), oncall), 'no');
    assert.equal(trusts(policy({ AWS: 'arn:aws:iam::999999999999:root' }), oncall), 'no');
    assert.equal(trusts(allow({ Principal: { AWS: oncall }, Action: 'sts:TagSession' }), oncall), 'no');
    assert.equal(trusts({}, oncall), 'no');
  });

  it('leaves a condition that it can not decide open, and lets a deny win', () => {
    assert.equal(
      trusts(policy({ AWS: oncall }, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }), oncall),
      'maybe',
    );
    assert.equal(
      trusts(policy({ AWS: '*' }, { Condition: { StringEquals: { 'aws:PrincipalAccount': '123456789012' } } }), oncall),
      'yes',
    );
    assert.equal(
      trusts(policy({ AWS: '*' }, { Condition: { StringEquals: { 'aws:PrincipalAccount': '999999999999' } } }), oncall),
      'no',
    );
    const denied = {
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'sts:*' },
        { Effect: 'Deny', Principal: { AWS: oncall }, Action: 'sts:AssumeRole' },
      ],
    };
    assert.equal(trusts(denied, oncall), 'no');
  });

  it('takes an assumed-role session for its role', () => {
    assert.equal(trusts(policy({ AWS: oncall }), 'arn:aws:sts::123456789012:assumed-role/oncall/me'), 'yes');
    assert.equal(trusts(policy({ AWS: oncall }), 'arn:aws:sts::123456789012:assumed-role/other/me'), 'no');
  });
});
