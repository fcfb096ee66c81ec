/** Completion looked at closely: what is replaced, what is left out, what belongs to expressions, anchors and comments. */
import assert from 'node:assert/strict';
import { complete } from '../../server/src/language/completion/complete.ts';
import { accept, HEAD, labels, RESOURCES } from '../support/completing.ts';
import { applyEdits, contextAt } from '../support/markedContext.ts';

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
    // Nor where its keys are none, or are names of maps.
    assert.ok(!labels(`${text.replace(/resources[^]*/u, '')}restore:\n  ‸`).includes('<<: *here'));
    assert.ok(!labels(`${text.replace(/ {2}a:[^]*/u, '')}  ‸`).includes('<<: *here'));
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
