/** Completion at cursors in whole, half-typed and broken documents, in block and flow style. */
import assert from 'node:assert/strict';
import { complete, resolveCompletion } from '../../server/src/language/completion/complete.ts';
import type { LiveResource } from '../../server/src/language/context.ts';
import { applyEdits, contextAt } from '../support/markedContext.ts';

const HEAD =
  'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: test }\nenvironment: production\ndataClass: customer-critical\n';
const RESOURCES = `${HEAD}resources:
  primary: { kind: aws/rds-instance, id: orders-prod, account: prod }
  vault: { kind: aws/s3-bucket, id: acme }
  writer: { kind: aws/iam-role, id: w }
`;

function labels(text: string, more: Parameters<typeof contextAt>[1] = {}): string[] {
  const { context, offset } = contextAt(text, more);
  return complete(context, offset, { snippets: true }).items.map((item) => item.label);
}

function accept(text: string, label: string, snippets = false): string {
  const at = contextAt(text);
  const item = complete(at.context, at.offset, { snippets }).items.find((each) => each.label === label);
  assert.ok(item?.textEdit && 'range' in item.textEdit, `${label} is offered`);
  return applyEdits(at.text, [item.textEdit]);
}

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
  });
});

describe('completion, looked at closely', () => {
  it('says nothing where what it would write stands already', () => {
    const bodies = [
      'metadata:\n ‸ name: x\n',
      'resources:‸\n  a:\n    kind: aws/s3-bucket\n',
      'resources:\n  a:\n    id:‸ acme\n',
      'resources:\n  a: { kind: aws/s3-bucket, id:‸ acme }\n',
      'restore:\n  steps:\n    - { id: a, run: b }\n        ‸',
      'x-a: &he‸re { b: 1 }\n',
      'restore:\n  ‸# why\n',
    ];
    for (const body of bodies) assert.deepEqual(labels(HEAD + body), [], body);
  });

  it('replaces a whole value, in quotes and with blanks in it', () => {
    const cost = `${HEAD}restore:\n  budget: { cost: ‸ }\n`;
    assert.equal(accept(cost.replace('‸', '5‸00 EUR'), '500 USD'), cost.replace('‸', '500 USD'));
    assert.equal(
      accept(
        `${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    expect:\n      encryption: "‸aws:kms"\n`,
        'aws:kms:dsse',
      ),
      `${HEAD}resources:\n  a:\n    kind: aws/s3-bucket\n    expect:\n      encryption: "aws:kms:dsse"\n`,
    );
    const version = `${HEAD}resources:\n  a:\n    kind: aws/rds-instance\n    expect:\n      version: ‸\n`;
    assert.equal(accept(version.replace('‸', '‸">=14 <15"'), '">=15.2 <16"'), version.replace('‸', '">=15.2 <16"'));
    assert.equal(accept(version.replace('‸', '"‸"'), '">=15.2 <16"'), version.replace('‸', '">=15.2 <16"'));
  });

  it('offers no example where a name is meant, not the thing itself, and nothing twice', () => {
    assert.deepEqual(labels('apiVersion: drillbook/v1\nkind: Runbook\ndataClass: ‸', { files: {} }), []);
    assert.deepEqual(labels(`${RESOURCES}backups:\n  hourly: { of: primary }\n  copy: { copyOf: ‸ }\n`), ['hourly']);
    const steps = `${HEAD}restore:\n  steps:\n    - { id: one, run: x }\n    - { id: two, run: y }\n    - id: three\n      needs: [one, ‸]\n`;
    assert.deepEqual(labels(steps), ['two']);
    assert.ok(!labels(`${HEAD}dryRuns:\n  a:\n    scenarios: [newest-corrupt, ‸]\n`).includes('newest-corrupt'));
    assert.ok(labels(`${HEAD}dryRuns:\n  a:\n    scenarios: [newest-corr‸upt]\n`).includes('newest-corrupt'));
  });

  it('writes the keys that a new map or item must hold', () => {
    const snippet = (text: string, label: string): string | undefined => {
      const { context, offset } = contextAt(text);
      const item = complete(context, offset, { snippets: true }).items.find((each) => each.label === label);
      return item?.textEdit?.newText;
    };
    const start = 'apiVersion: drillbook/v1\nkind: Runbook\n';
    assert.equal(snippet(`${start}‸`, 'metadata'), 'metadata:\n  name: $1');
    assert.equal(snippet(`${HEAD}restore:\n  ‸`, 'steps'), 'steps:\n    - id: $1');
    assert.equal(snippet(`${HEAD}restore: { ‸ }`, 'steps'), 'steps: [{ id: $1 }]');
    assert.equal(snippet(`${HEAD}restore:\n  ‸`, 'dependsOn'), 'dependsOn:\n    - $1');
    assert.equal(accept(`${start}‸`, 'metadata'), `${start}metadata:`);
  });

  it('closes an expression at its end, and writes names that need brackets', () => {
    const environment =
      'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\nvars: { odd.key: x, vault: y }\n';
    const files = { 'e.environment.yaml': environment };
    const run = (text: string): string => `${HEAD}restore:\n  steps:\n    - id: x\n      run: cp ${text}`;
    const taken = (text: string, label: string): string => {
      const at = contextAt(run(text), { files });
      const item = complete(at.context, at.offset, { snippets: false }).items.find((each) => each.label === label);
      assert.ok(item?.textEdit && 'range' in item.textEdit);
      return applyEdits(at.text, [item.textEdit]);
    };
    assert.equal(taken('${{ vars.v‸', 'vault'), run('${{ vars.vault }}'));
    assert.equal(taken('${{ vars.v‸ }} x', 'vault'), run('${{ vars.vault }} x'));
    assert.equal(taken('${{ vars.‸ ${{ vars.vault }}', 'vault'), run('${{ vars.vault }} ${{ vars.vault }}'));
    assert.equal(taken('${{ va‸', 'vars'), run('${{ vars'));
    assert.equal(taken('${{ vars.‸', 'odd.key'), run("${{ vars['odd.key'] }}"));
    assert.equal(taken('$‸', '${{ … }}'), run('${{ '));
    assert.equal(taken('${‸}', '${{ … }}'), run('${{ '));
  });

  it('offers anchors behind a `*`, and a merge key where maps are anchored above', () => {
    const text = `${HEAD}x-here: &here { region: eu-west-1 }\nresources:\n  a:\n    `;
    assert.equal(accept(`${text}<<: *h‸`, 'here'), `${text}<<: *here`);
    assert.equal(accept(`${text}‸`, '<<: *here'), `${text}<<: *here`);
    assert.ok(!labels(`${text}<<: *here\n    ‸`).includes('<<: *here'));
    assert.ok(!labels(`${HEAD}resources:\n  a: &here\n    kind: aws/s3-bucket\n    ‸\n`).includes('<<: *here'));
  });

  it('offers a suppression with its end in a comment, and the codes that it can name', () => {
    assert.equal(accept(`${HEAD}# dr‸\n`, 'drillbook-ignore'), `${HEAD}# drillbook-ignore \n`);
    assert.equal(
      accept(`${HEAD}# drillbook-ignore drift/ver‸\n`, 'drift/version-major'),
      `${HEAD}# drillbook-ignore drift/version-major until=2026-12-22 reason="say why here"\n`,
    );
    assert.equal(
      accept(`${HEAD}# drillbook-ignore ‸ until=2026-12-01 reason="x"\n`, 'drift/value'),
      `${HEAD}# drillbook-ignore drift/value until=2026-12-01 reason="x"\n`,
    );
    assert.ok(!labels(`${HEAD}# drillbook-ignore ‸`).some((label) => label.startsWith('unchecked/')));
    assert.deepEqual(labels(`${HEAD}restore:\n  steps:\n    - id: x\n      run: |\n        # dr‸\n`), []);
  });

  it('offers what the class asks for, time zones, codes, and pieces of policies and environments', () => {
    const { context, offset } = contextAt(`${HEAD}restore:\n  rpo: ‸`);
    const [first] = complete(context, offset, { snippets: true }).items;
    assert.deepEqual([first?.label, first?.detail], ['2h', 'what class customer-critical asks for']);
    assert.ok(labels(`${HEAD}backups:\n  a:\n    timeZone: Eu‸`).includes('Europe/Berlin'));
    const policy = 'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: a }\n';
    assert.equal(
      accept(`${policy}severity: { drift/val‸ }\n`, 'drift/value'),
      `${policy}severity: { drift/value: information }\n`,
    );
    assert.ok(!labels(`${policy}severity: { drift/value: error, ‸ }\n`).includes('drift/value'));
    assert.ok(labels(`${policy}classes:\n  ‸`).includes('data class'));
    const environment = 'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: a }\n';
    assert.ok(labels(`${environment}databases:\n  ‸`).includes('database'));
    assert.ok(labels(`${environment}aws:\n  accounts:\n    ‸`).includes('account by role'));
  });

  it('knows the head of a document behind a byte order mark', () => {
    assert.ok(!labels(`\ufeff${HEAD}rec‸`).includes('apiVersion'));
  });
});
