/** IAM's own rules, one case a row: what the user guide and the service authorization reference say of each. */
import assert from 'node:assert/strict';
import type { KnownKeys } from '../../../server/src/core/drift/iam/conditions.ts';
import { evaluate, type Access } from '../../../server/src/core/drift/iam/policy.ts';
import { trusts } from '../../../server/src/core/drift/iam/trust.ts';

const ROLE = 'arn:aws:iam::123456789012:role/team/restore';
const KEYS: KnownKeys = {
  'aws:principalarn': ROLE,
  'aws:principalaccount': '123456789012',
  'aws:currenttime': '2026-11-22T12:00:00.000Z',
  'aws:username': null,
};
const OBJECT = 'arn:aws:s3:::vault/orders/a.dump';

const policy = (...statements: readonly object[]): object => ({ Version: '2012-10-17', Statement: statements });
const allow = (more: object = {}): object => ({ Effect: 'Allow', Action: 's3:*', Resource: '*', ...more });
const deny = (more: object = {}): object => ({ Effect: 'Deny', Action: 's3:*', Resource: '*', ...more });
const when = (operator: string, key: string, value: unknown): object => ({
  Condition: { [operator]: { [key]: value } },
});
const without = (statement: object, key: string): object =>
  Object.fromEntries(Object.entries(statement).filter(([name]) => name !== key));

interface Case {
  readonly says: Access;
  readonly policies: readonly object[];
  readonly boundary?: object;
  readonly action?: string;
  readonly resource?: string;
  readonly below?: string;
}

const POLICIES: Readonly<Record<string, Case>> = {
  'nothing is allowed by nothing': { says: 'not-allowed', policies: [] },
  'a refusal is final, whatever is allowed': { says: 'denied', policies: [policy(allow()), policy(deny())] },
  'Deny with NotAction refuses all others': {
    says: 'denied',
    policies: [policy(allow(), without({ ...deny(), NotAction: ['s3:List*', 'iam:*'] }, 'Action'))],
  },
  'Deny with NotAction leaves what it names': {
    says: 'allowed',
    policies: [policy(allow(), without({ ...deny(), NotAction: 'S3:get*' }, 'Action'))],
  },
  'Deny with NotResource refuses all other resources': {
    says: 'denied',
    policies: [policy(allow(), without({ ...deny(), NotResource: 'arn:aws:s3:::other/*' }, 'Resource'))],
  },
  'Deny with NotResource leaves what it names': {
    says: 'allowed',
    policies: [policy(allow(), without({ ...deny(), NotResource: 'arn:aws:s3:::vault/*' }, 'Resource'))],
  },
  'Deny with NotResource that names some of what is meant leaves it open': {
    says: 'undecided',
    policies: [policy(allow(), without({ ...deny(), NotResource: 'arn:aws:s3:::vault/orders/*.gz' }, 'Resource'))],
    below: 'arn:aws:s3:::vault/orders/',
  },
  'Allow with NotAction allows other services too': {
    says: 'allowed',
    policies: [policy(without({ ...allow(), NotAction: 'iam:*' }, 'Action'))],
    action: 'rds:DescribeDBInstances',
  },
  'Allow with NotResource keeps what it names closed': {
    says: 'not-allowed',
    policies: [policy(without({ ...allow(), NotResource: 'arn:aws:s3:::vault/*' }, 'Resource'))],
  },
  'a statement without a resource allows nothing': {
    says: 'not-allowed',
    policies: [policy(without(allow(), 'Resource'))],
  },
  'a statement that is no list counts': { says: 'allowed', policies: [{ Version: '2012-10-17', Statement: allow() }] },
  'an effect in other letters is none': { says: 'not-allowed', policies: [policy(allow({ Effect: 'allow' }))] },
  'actions are read whatever their case': { says: 'allowed', policies: [policy(allow({ Action: 'S3:GETOBJECT' }))] },
  'resources are not': { says: 'not-allowed', policies: [policy(allow({ Resource: 'arn:aws:s3:::VAULT/*' }))] },
  'a wildcard may stand in the middle of an action': {
    says: 'allowed',
    policies: [policy(allow({ Action: 's3:*Obj*' }))],
  },
  'a wildcard may stand in the middle of a resource': {
    says: 'allowed',
    policies: [policy(allow({ Resource: 'arn:aws:s3:::v*t/*/a.dump' }))],
  },
  'a question mark is one letter': {
    says: 'not-allowed',
    policies: [policy(allow({ Resource: 'arn:aws:s3:::vault?/*' }))],
  },
  'a wildcard does not reach another service': {
    says: 'not-allowed',
    policies: [policy(allow({ Action: 's3-outposts:*' }))],
  },
  'a boundary alone allows nothing': { says: 'not-allowed', policies: [], boundary: policy(allow()) },
  'a boundary that refuses, refuses': {
    says: 'denied',
    policies: [policy(allow())],
    boundary: policy(allow(), deny()),
  },
  'a boundary under an open condition leaves it open': {
    says: 'undecided',
    policies: [policy(allow())],
    boundary: policy(allow(when('StringEquals', 'aws:PrincipalOrgID', 'o-1'))),
  },
  'an open condition does not widen a boundary': {
    says: 'not-allowed',
    policies: [policy(allow(when('IpAddress', 'aws:SourceIp', '10.0.0.0/8')))],
    boundary: policy(allow({ Action: 'kms:*' })),
  },
  'aws:PrincipalOrgID is not known': {
    says: 'undecided',
    policies: [policy(allow(when('StringEquals', 'aws:PrincipalOrgID', 'o-1')))],
  },
  'an unknown condition on a refusal leaves it open': {
    says: 'undecided',
    policies: [policy(allow(), deny(when('StringNotEquals', 'aws:PrincipalOrgID', 'o-1')))],
  },
  'keys of conditions are read whatever their case': {
    says: 'allowed',
    policies: [policy(allow(when('stringequals', 'AWS:PRINCIPALACCOUNT', '123456789012')))],
  },
  'several values are alternatives': {
    says: 'allowed',
    policies: [policy(allow(when('StringEquals', 'aws:PrincipalAccount', ['1', '123456789012'])))],
  },
  'none of several values may be met by a negated operator': {
    says: 'not-allowed',
    policies: [policy(allow(when('StringNotEquals', 'aws:PrincipalAccount', ['1', '123456789012'])))],
  },
  'two operators must both hold': {
    says: 'not-allowed',
    policies: [
      policy(
        allow({
          Condition: {
            StringEquals: { 'aws:PrincipalAccount': '123456789012' },
            ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/other/*' },
          },
        }),
      ),
    ],
  },
  'ArnEquals takes wildcards as ArnLike does': {
    says: 'allowed',
    policies: [policy(allow(when('ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::*:role/team/*')))],
  },
  'the parts of an ARN are matched one by one': {
    says: 'not-allowed',
    policies: [policy(allow(when('ArnLike', 'aws:PrincipalArn', 'arn:aws:*:role/team/restore')))],
  },
  'Null asks whether a key is there': {
    says: 'not-allowed',
    policies: [policy(allow(when('Null', 'aws:PrincipalArn', 'true')))],
  },
  'Null of a key that roles never have holds': {
    says: 'allowed',
    policies: [policy(allow(when('Null', 'aws:username', true)))],
  },
  'a key that roles never have equals nothing': {
    says: 'not-allowed',
    policies: [policy(allow(when('StringLike', 'aws:username', '*')))],
  },
  'and differs from everything': {
    says: 'denied',
    policies: [policy(allow(), deny(when('StringNotLike', 'aws:username', 'admin')))],
  },
  'IfExists of a key that is not there holds': {
    says: 'allowed',
    policies: [policy(allow(when('StringEqualsIfExists', 'aws:username', 'admin')))],
  },
  'what ended by its date is over': {
    says: 'not-allowed',
    policies: [policy(allow(when('DateLessThan', 'aws:CurrentTime', '2026-01-01T00:00:00Z')))],
  },
  'a refusal until a date has ended with it': {
    says: 'allowed',
    policies: [policy(allow(), deny(when('DateLessThan', 'aws:CurrentTime', '2026-01-01T00:00:00Z')))],
  },
  'sets of values are not decided': {
    says: 'undecided',
    policies: [policy(allow(when('ForAllValues:StringEquals', 'aws:TagKeys', 'x')))],
  },
  'a variable is filled in': {
    says: 'allowed',
    policies: [
      policy(
        allow({ Resource: 'arn:aws:s3:::vault/orders/*' }),
        allow({ Resource: 'arn:aws:s3:::${aws:PrincipalAccount}/*' }),
      ),
    ],
    resource: 'arn:aws:s3:::123456789012/a',
  },
  'a variable that is not known leaves it open': {
    says: 'undecided',
    policies: [policy(allow({ Resource: 'arn:aws:s3:::vault/${aws:PrincipalTag/team}/*' }))],
  },
  'a variable that has the name of something of JavaScript leaves it open too': {
    says: 'undecided',
    policies: [policy(allow({ Resource: 'arn:aws:s3:::vault/${constructor}/*' }))],
  },
  'a variable that roles never have matches nothing': {
    says: 'not-allowed',
    policies: [policy(allow({ Resource: 'arn:aws:s3:::vault/${aws:username}/*' }))],
  },
  'unless it has a default': {
    says: 'allowed',
    policies: [policy(allow({ Resource: "arn:aws:s3:::vault/${aws:username, 'orders'}/*" }))],
  },
  'an escaped star is a star': {
    says: 'not-allowed',
    policies: [policy(allow({ Resource: 'arn:aws:s3:::vault/${*}' }))],
  },
  'variables are plain text in the first version of the language': {
    says: 'not-allowed',
    policies: [
      { Version: '2008-10-17', Statement: [allow({ Resource: 'arn:aws:s3:::vault/${aws:PrincipalTag/team}/*' })] },
    ],
  },
};

describe('IAM policies, case by case', () => {
  for (const [name, { says, policies, boundary, action, resource, below }] of Object.entries(POLICIES)) {
    it(name, () => {
      const question = { action: action ?? 's3:GetObject', resource: resource ?? OBJECT, below, keys: KEYS };
      assert.equal(evaluate({ policies, boundary }, question), says);
    });
  }
});

const ACCOUNT = 'arn:aws:iam::123456789012:root';
const SAML = 'arn:aws:iam::123456789012:saml-provider/okta';
const trust = (...statements: readonly object[]): object => policy(...statements);
const by = (Principal: unknown, more: object = {}): object => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal,
  ...more,
});
const except = (NotPrincipal: unknown): object => ({ Effect: 'Deny', Action: 'sts:*', NotPrincipal });

const TRUST: Readonly<Record<string, readonly [says: string, document: object, principal?: string]>> = {
  'everyone, under a condition that holds': [
    'yes',
    trust(by('*', when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:role/team/*'))),
  ],
  'everyone of an organisation is not known': [
    'maybe',
    trust(by('*', when('StringEquals', 'aws:PrincipalOrgID', 'o-1'))),
  ],
  'an account under a condition on who asks is not known': [
    'maybe',
    trust(by({ AWS: ACCOUNT }, when('ArnLike', 'aws:PrincipalArn', ROLE))),
    ACCOUNT,
  ],
  'and by its number neither': [
    'maybe',
    trust(by({ AWS: '123456789012' }, when('StringLike', 'aws:PrincipalArn', ROLE))),
    '123456789012',
  ],
  'Allow with NotAction lets assume what it does not name': [
    'yes',
    trust({ Effect: 'Allow', NotAction: 'sts:TagSession', Principal: { AWS: ROLE } }),
  ],
  'Deny with NotAction refuses it': [
    'no',
    trust(by({ AWS: ROLE }), { Effect: 'Deny', NotAction: 'sts:TagSession', Principal: '*' }),
  ],
  'a refusal of another way to assume it says nothing': [
    'yes',
    trust(by({ AWS: ROLE }), by('*', { Effect: 'Deny', Action: 'sts:AssumeRoleWithSAML' })),
  ],
  'a provider assumes it in its own way': [
    'yes',
    trust(by({ Federated: SAML }, { Action: 'sts:AssumeRoleWithSAML' })),
    SAML,
  ],
  'and in no other': ['no', trust(by({ Federated: SAML })), SAML],
  'the account does not stand for its providers': ['no', trust(by({ AWS: ACCOUNT }, { Action: 'sts:*' })), SAML],
  'NotPrincipal spares who is named with its account': ['yes', trust(by('*'), except({ AWS: [ROLE, ACCOUNT] }))],
  'it may not spare one whose account is not named': ['maybe', trust(by('*'), except({ AWS: ROLE }))],
  'it refuses one of whom only the account is named': ['no', trust(by('*'), except({ AWS: ACCOUNT }))],
  'it refuses all others': ['no', trust(by('*'), except({ AWS: ['arn:aws:iam::999999999999:role/x'] }))],
  'a role that was deleted and made again is another': ['no', trust(by({ AWS: 'AROAEXAMPLEID' }))],
  'a role of another partition is another': ['no', trust(by({ AWS: ROLE.replace('arn:aws:', 'arn:aws-us-gov:') }))],
  'a service is told by its name': [
    'yes',
    trust(by({ Service: ['ec2.amazonaws.com', 'backup.amazonaws.com'] })),
    'backup.amazonaws.com',
  ],
  'a service asked for a source account is not known': [
    'maybe',
    trust(by({ Service: 'backup.amazonaws.com' }, when('StringEquals', 'aws:SourceAccount', '1'))),
    'backup.amazonaws.com',
  ],
};

describe('IAM trust, case by case', () => {
  for (const [name, [says, document, principal]] of Object.entries(TRUST)) {
    it(name, () => assert.equal(trusts(document, principal ?? ROLE), says));
  }
});
