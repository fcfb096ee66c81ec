/** Completion at cursors in whole, half-typed and broken documents, in block and flow style. */
import assert from 'node:assert/strict';
import { complete, resolveCompletion } from '../../server/src/language/completion/complete.ts';
import type { LiveResource } from '../../server/src/language/context.ts';
import { accept, HEAD, labels, RESOURCES } from '../support/completing.ts';
import { contextAt } from '../support/markedContext.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly has: readonly string[];
  readonly lacks?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'whole documents in an empty file',
    text: '‸',
    has: ['apiVersion', 'kind', 'Runbook', 'Policy', 'Environment'],
  },
  {
    name: 'kinds behind `kind:`',
    text: 'apiVersion: drillbook/v1\nkind: ‸\n',
    has: ['Runbook', 'Policy', 'Environment'],
  },
  {
    name: 'top-level keys that are not there yet',
    text: `${HEAD}‸`,
    has: ['resources', 'backups', 'restore', 'dryRuns', 'recovery'],
    lacks: ['metadata', 'kind'],
  },
  { name: 'top-level keys of a half-typed word', text: `${HEAD}res‸\n`, has: ['restore', 'resources'] },
  {
    name: 'a key in a half-typed line between others',
    text: `${HEAD}rec‸\nresources: {}\n`,
    has: ['recovery'],
    lacks: ['resources'],
  },
  { name: 'values of an enumeration', text: `${HEAD}recovery: ‸`, has: ['passive', 'scripted', 'automated'] },
  { name: 'values right behind the colon', text: `${HEAD}recovery:‸`, has: ['passive', 'scripted'] },
  { name: 'values in quotes', text: `${HEAD}recovery: "scr‸"`, has: ['scripted'] },
  {
    name: 'keys of a resource',
    text: `${HEAD}resources:\n  primary:\n    kind: aws/s3-bucket\n    ‸`,
    has: ['id', 'region', 'account', 'expect'],
    lacks: ['kind'],
  },
  {
    name: 'keys of a resource above its others',
    text: `${HEAD}resources:\n  primary:\n    ‸\n    kind: aws/s3-bucket\n`,
    has: ['id'],
    lacks: ['kind'],
  },
  {
    name: 'expectations of the kind',
    text: `${HEAD}resources:\n  primary:\n    kind: aws/s3-bucket\n    expect:\n      ‸`,
    has: ['versioning', 'objectLock'],
    lacks: ['multiAz', 'trusts'],
  },
  {
    name: 'expectations where the kind stands below',
    text: `${HEAD}resources:\n  primary:\n    expect:\n      ver‸\n    kind: aws/rds-instance\n`,
    has: ['version', 'multiAz'],
    lacks: ['versioning'],
  },
  {
    name: 'expectations in flow style',
    text: `${HEAD}resources:\n  primary: { kind: aws/s3-bucket, expect: { ‸ } }\n`,
    has: ['versioning', 'publicAccess'],
    lacks: ['multiAz'],
  },
  {
    name: 'expectations in unclosed flow style',
    text: `${HEAD}resources:\n  primary: { kind: aws/s3-bucket, expect: { versioning: enabled, pu‸\n`,
    has: ['publicAccess'],
    lacks: ['versioning'],
  },
  {
    name: 'a value in flow style over several lines',
    text: `${HEAD}resources:\n  primary: {\n    kind: aws/s3-bucket,\n    expect: { versioning: ‸ }\n  }\n`,
    has: ['enabled', 'suspended'],
  },
  {
    name: 'resource kinds',
    text: `${HEAD}resources:\n  primary:\n    kind: ‸`,
    has: ['aws/s3-bucket', 'aws/s3-bucket …', 'database/postgres'],
  },
  {
    name: 'resources where one is meant',
    text: `${RESOURCES}backups:\n  hourly:\n    of: ‸`,
    has: ['primary', 'vault', 'writer'],
  },
  {
    name: 'only buckets where a bucket is meant',
    text: `${RESOURCES}backups:\n  hourly:\n    in: { bucket: ‸ }`,
    has: ['vault'],
    lacks: ['primary'],
  },
  {
    name: 'only roles where a role is meant',
    text: `${RESOURCES}restore:\n  role: ‸`,
    has: ['writer'],
    lacks: ['vault'],
  },
  {
    name: 'data classes of the policy',
    text: 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: test }\ndataClass: ‸\n',
    has: ['customer-critical', 'scratch'],
  },
  {
    name: 'runbooks in a flow list',
    text: `${HEAD}restore:\n  dependsOn: [‸]`,
    has: ['identity-db', 'orders-db'],
    lacks: ['test'],
  },
  { name: 'runbooks in a block list', text: `${HEAD}restore:\n  dependsOn:\n    - ‸`, has: ['identity-db'] },
  {
    name: 'runbooks in a block list that isn’t indented',
    text: `${HEAD}restore:\n  dependsOn:\n  - id‸`,
    has: ['identity-db'],
  },
  {
    name: 'keys of a step',
    text: `${HEAD}restore:\n  steps:\n    - id: load\n      ‸`,
    has: ['run', 'manual', 'timeout'],
    lacks: ['id'],
  },
  {
    name: 'keys of a new step',
    text: `${HEAD}restore:\n  steps:\n    - id: load\n      run: x\n    - ‸`,
    has: ['id', 'run', 'run step', 'manual step'],
  },
  {
    name: 'steps that a step needs',
    text: `${HEAD}restore:\n  steps:\n    - { id: one, run: x }\n    - { id: two, run: y, needs: [‸] }`,
    has: ['one'],
  },
  {
    name: 'accounts of the environment',
    text: `${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    account: ‸`,
    has: ['prod', 'backup'],
  },
  {
    name: 'regions of the environment',
    text: `${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    region: ‸`,
    has: ['eu-west-1', 'eu-central-1'],
  },
  {
    name: 'databases where the kind is one',
    text: `${HEAD}resources:\n  a:\n    kind: database/postgres\n    id: ‸`,
    has: ['identity'],
  },
  { name: 'environments', text: 'apiVersion: drillbook/v1\nkind: Runbook\nenvironment: ‸', has: ['production'] },
  {
    name: 'roots of an expression',
    text: `${HEAD}resources:\n  a:\n    id: \${{ ‸ }}`,
    has: ['vars', 'resources', 'backups', 'environment'],
  },
  { name: 'variables in an expression', text: `${HEAD}resources:\n  a:\n    id: \${{ vars.v‸`, has: ['vault'] },
  {
    name: 'members of a resource in a block scalar',
    text: `${RESOURCES}restore:\n  steps:\n    - id: x\n      run: |\n        aws s3 ls \${{ resources.vault.‸ }}\n`,
    has: ['id', 'region', 'account', 'arn'],
  },
  {
    name: 'what is known of a backup while it runs',
    text: `${RESOURCES}backups:\n  hourly: { of: primary }\nrestore:\n  steps:\n    - { id: x, run: "cp \${{ backups.hourly.latest.‸ }} ." }\n`,
    has: ['uri', 'key', 'time'],
  },
  {
    name: 'the second document by its own kind',
    text: `${HEAD}---\napiVersion: drillbook/v1\nkind: Policy\nclasses:\n  a:\n    ‸`,
    has: ['rpo', 'rto', 'verify'],
    lacks: ['resources'],
  },
  {
    name: 'keys below a broken line',
    text: `${HEAD}resources:\n  a: { kind: [aws\n  b:\n    kind: aws/s3-bucket\n    ‸`,
    has: ['id', 'region'],
  },
  { name: 'with CRLF', text: `${HEAD}recovery: ‸`.replaceAll('\n', '\r\n'), has: ['scripted'] },
];

describe('completion', () => {
  for (const { name, text, has, lacks } of CASES) {
    it(`offers ${name}`, () => {
      const offered = labels(text);
      for (const label of has) assert.ok(offered.includes(label), `${label} in ${offered.join(', ')}`);
      for (const label of lacks ?? []) assert.ok(!offered.includes(label), `${label} not in ${offered.join(', ')}`);
    });
  }

  for (const text of [
    `${HEAD}# ‸`,
    `${HEAD}restore:\n  steps:\n    - id: x\n      run: |\n        ‸`,
    `${HEAD}recovery: scripted # ‸`,
  ]) {
    it(`offers nothing in comments and in the text of scalars: ${JSON.stringify(text.slice(HEAD.length))}`, () => {
      assert.deepEqual(labels(text), []);
    });
  }

  it('sorts required keys first', () => {
    const { context, offset } = contextAt(`${HEAD}resources:\n  a:\n    ‸`);
    const items = complete(context, offset, { snippets: true }).items;
    const sorted = [...items]
      .sort((one, other) => ((one.sortText ?? '') < (other.sortText ?? '') ? -1 : 1))
      .map((item) => item.label);
    assert.deepEqual(sorted.slice(0, 2), ['kind', 'id']);
  });

  it('replaces what is typed, and only that', () => {
    assert.equal(accept(`${HEAD}reco‸\nresources: {}\n`, 'recovery'), `${HEAD}recovery: \nresources: {}\n`);
    assert.equal(accept(`${HEAD}reco‸very: passive\n`, 'recovery'), `${HEAD}recovery: passive\n`);
    assert.equal(accept(`${HEAD}recovery:‸`, 'scripted'), `${HEAD}recovery: scripted`);
    assert.equal(accept(`${HEAD}recovery: "scr‸"`, 'scripted'), `${HEAD}recovery: "scripted"`);
    assert.equal(
      accept(`${RESOURCES}backups:\n  hourly: { of: pri‸, tool: x }`, 'primary'),
      `${RESOURCES}backups:\n  hourly: { of: primary, tool: x }`,
    );
  });

  it('marks live names with their age', () => {
    const live: LiveResource = {
      file: 'x',
      document: 0,
      path: ['resources', 'a'],
      kind: 'aws/s3-bucket',
      id: 'acme-live',
      region: 'eu-west-1',
      observation: { state: 'found', at: '2026-11-22T11:57:00Z', source: 'live', facts: {} },
    };
    const view = { resourcesOf: () => [], all: () => [live], stateOf: () => undefined };
    const { context, offset } = contextAt(`${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    id: ‸`, {
      live: view,
    });
    const item = complete(context, offset, { snippets: true }).items.find((each) => each.label === 'acme-live');
    assert.match(item?.detail ?? '', /^live aws\/s3-bucket in eu-west-1, seen 3 min ago$/);
  });

  it('finds documentation when an item is resolved', () => {
    const { context, offset } = contextAt(`${HEAD}‸`);
    const item = complete(context, offset, { snippets: true }).items.find((each) => each.label === 'recovery');
    assert.equal(item?.documentation, undefined);
    const { documentation } = resolveCompletion(item!);
    assert.match(JSON.stringify(documentation), /scripted/);
    const kinds = contextAt(`${HEAD}resources:\n  a:\n    kind: ‸`);
    const kind = complete(kinds.context, kinds.offset, { snippets: true }).items.find(
      (each) => each.label === 'aws/s3-bucket',
    );
    assert.match(JSON.stringify(resolveCompletion(kind!).documentation), /the bucket's name/);
    assert.doesNotMatch(JSON.stringify(resolveCompletion(kind!).documentation), /aws\/kms-key/);
  });

  it('offers the actions that a role is allowed or forbidden, those on its resource first', () => {
    const role = (lists: string): string =>
      `${RESOURCES}  op:\n    kind: aws/iam-role\n    id: o\n    expect: ${lists}`;
    assert.deepEqual(labels(role('{ allows: [{ actions: [‸')).slice(0, 2), [
      'rds:RestoreDBInstanceToPointInTime',
      'rds:DescribeDBInstances',
    ]);
    for (const list of [
      '{ allows: [{ actions: [‸], on: vault }] }',
      '\n      allows:\n        - actions: [‸\n          on: vault\n',
      '\n      allows:\n        - actions:\n            - ‸\n          on: vault\n',
    ])
      assert.deepEqual(labels(role(list)).slice(0, 2), ['s3:GetObject', 's3:GetObjectVersion'], list);
    assert.ok(!labels(role('{ allows: [{ actions: [s3:GetObject, ‸], on: vault }] }')).includes('s3:GetObject'));
    assert.ok(labels(role('{ forbids: [‸] }')).includes('s3:BypassGovernanceRetention'));
    assert.equal(accept(role('{ forbids: [‸'), 's3:DeleteObjectVersion'), role('{ forbids: [s3:DeleteObjectVersion'));
  });

  it('offers regions, folders of runbooks, and where a secret is to be had', () => {
    const environment = 'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: e }\n';
    assert.ok(labels(`${environment}aws: { regions: [eu-west-1, ‸] }`).includes('eu-central-1'));
    assert.ok(!labels(`${environment}aws: { regions: [eu-west-1, ‸] }`).includes('eu-west-1'));
    const region = labels(`${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    region: ‸`);
    assert.equal(new Set(region).size, region.length);
    assert.ok(region.indexOf('eu-west-1') < region.indexOf('us-east-1'));
    assert.ok(!labels(`${HEAD}resources:\n  a:\n    kind: gcp/storage-bucket\n    region: ‸`).includes('us-east-1'));
    const schedules = labels(`${RESOURCES}backups:\n  a:\n    of: primary\n    schedule: ‸\n`);
    assert.ok(schedules.includes('"*/15 * * * *"'));
    assert.equal(new Set(schedules).size, schedules.length);
    const policy = 'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: p }\n';
    assert.deepEqual(labels(`${policy}appliesTo: [‸]`).slice(0, 2), ['"**"', '"runbooks/**"']);
    const password = `${environment}databases:\n  main: { engine: postgres, password: ‸ }\n`;
    assert.deepEqual(labels(password), ['env …', 'file …']);
    assert.equal(accept(password, 'env …', true), password.replace('‸', '{ env: ${1:MAIN_PASSWORD} }'));
    assert.equal(accept(password, '{ env: MAIN_PASSWORD }'), password.replace('‸', '{ env: MAIN_PASSWORD }'));
    assert.deepEqual(labels(password.replace('‸', '"‸"')), []);
  });
});
