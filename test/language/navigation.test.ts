/** Definition, references, highlights, links and rename over one workspace. */
import assert from 'node:assert/strict';
import type { WorkspaceEdit } from 'vscode-languageserver-types';
import { definition } from '../../server/src/language/definition.ts';
import { documentHighlight } from '../../server/src/language/documentHighlight.ts';
import { documentLinks } from '../../server/src/language/documentLinks.ts';
import { references } from '../../server/src/language/references.ts';
import { prepareRename, rename } from '../../server/src/language/rename.ts';
import { cursorIn, textAt, type Cursor } from '../support/languageContext.ts';

const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata:
  name: orders-db
  owners: [{ name: A, contact: a@example.com }]
environment: production
dataClass: critical
x-in: &in { bucket: vault, prefix: orders/ }
resources:
  vault: { kind: aws/s3-bucket, id: "\${{ vars.vault }}", region: eu-west-1, account: backup }
  logs: { kind: aws/s3-bucket, id: acme-logs }
  operator: { kind: aws/iam-role, id: orders-restore }
  replica: { kind: database/postgres, id: orders-replica }
backups:
  hourly: { of: replica, tool: pg_dump, in: *in, schedule: "0 * * * *" }
  copy: { copyOf: hourly, in: { bucket: 'vault' }, within: 2h }
restore:
  role: operator
  dependsOn: [identity-db]
  steps:
    - id: fetch
      run: |
        # 😀 see https://wiki.example.com/restore, please
        aws s3 cp \${{ backups.hourly.latest.uri }} . # from \${{ resources.vault.id }}
        aws s3 cp s3://acme-backups-prod/orders/x .
        aws s3 cp s3://acme-logs/x .
        aws s3 cp s3://acme-forgotten/x .
    - id: load
      needs: [fetch]
      run: "true"
dryRuns:
  orders: { backup: hourly, sandbox: { use: ci }, checks: [] }
`;
const FILES: Readonly<Record<string, string>> = {
  'shop/orders.runbook.yaml': RUNBOOK,
  'shop/identity.runbook.yaml':
    'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: identity-db }\ndataClass: "critical"\nresources: { logs: { kind: aws/s3-bucket, id: acme-logs } }\nrestore: { steps: [{ id: a, manual: Look into s3://acme-logs. }] }\n',
  'acme.policy.yaml':
    'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: acme }\nextends: base\nclasses:\n  critical: { rpo: 1h }\n',
  'base.policy.yaml':
    'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: base }\nclasses:\n  critical: { rto: 1h }\n',
  'production.environment.yaml':
    'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\nvars: { vault: acme-backups-prod }\naws: { accounts: { backup: { id: "210987654321" } } }\ndatabases: { orders-replica: { engine: postgres, host: h } }\nsandboxes: { ci: { kind: server, host: h } }\nsources: [live, { terraform: infra/terraform.tfstate }]\n',
};

/** The workspace with the cursor behind the first letters of `before‸after` in a file. */
function at(mark: string, file = 'shop/orders.runbook.yaml'): Cursor {
  const text = FILES[file] ?? '';
  const plain = mark.replace('‸', '');
  assert.ok(text.includes(plain), plain);
  return cursorIn({ ...FILES, [file]: text.replace(plain, mark) });
}
const short = (uri: string): string => uri.replace('file:///w/', '');

function defined(mark: string, file?: string): string[] {
  const cursor = at(mark, file);
  return definition(cursor.context, cursor.offset).map(
    (link) => `${short(link.targetUri)} ${textAt(cursor, link.targetUri, link.targetSelectionRange)}`,
  );
}

function referenced(mark: string, declaration: boolean, file?: string): string[] {
  const cursor = at(mark, file);
  return references(cursor.context, cursor.offset, declaration).map(
    (each) => `${short(each.uri)}:${each.range.start.line + 1} ${textAt(cursor, each.uri, each.range)}`,
  );
}

/** The lines that a rename changes, as they are afterwards. */
function renamed(mark: string, newName: string, file?: string): string[] {
  const cursor = at(mark, file);
  const result = rename(cursor.context, cursor.offset, newName);
  assert.ok(result && 'edit' in result, JSON.stringify(result));
  return changedLines(cursor, result.edit);
}

function changedLines({ context }: Cursor, edit: WorkspaceEdit): string[] {
  return Object.entries(edit.changes ?? {}).flatMap(([uri, edits]) => {
    const lines = (context.workspace.files.get(short(uri))?.text ?? '').split('\n');
    const before = [...lines];
    for (const each of [...edits].sort(
      (one, other) =>
        other.range.start.line - one.range.start.line || other.range.start.character - one.range.start.character,
    )) {
      const line = lines[each.range.start.line] ?? '';
      lines[each.range.start.line] =
        line.slice(0, each.range.start.character) + each.newText + line.slice(each.range.end.character);
    }
    return lines.filter((line, index) => line !== before[index]).map((line) => `${short(uri)}: ${line.trim()}`);
  });
}

describe('definition', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['role: oper‸ator', ['shop/orders.runbook.yaml operator']],
    ['copyOf: hou‸rly', ['shop/orders.runbook.yaml hourly']],
    ["bucket: 'vau‸lt'", ['shop/orders.runbook.yaml vault']],
    ['needs: [‸fetch]', ['shop/orders.runbook.yaml fetch']],
    ['dependsOn: [identity‸-db]', ['shop/identity.runbook.yaml identity-db']],
    ['environment: prod‸uction', ['production.environment.yaml production']],
    ['dataClass: criti‸cal', ['acme.policy.yaml critical', 'base.policy.yaml critical']],
    ['account: back‸up', ['production.environment.yaml backup']],
    ['vars.vau‸lt', ['production.environment.yaml vault']],
    ['backups.hou‸rly.latest.uri', ['shop/orders.runbook.yaml hourly']],
    ['resources.vau‸lt.id', ['shop/orders.runbook.yaml vault']],
    ['id: orders-repl‸ica', ['production.environment.yaml orders-replica']],
    ['use: c‸i', ['production.environment.yaml ci']],
    ['s3://acme-back‸ups-prod/orders/x', ['shop/orders.runbook.yaml vault']],
    ['s3://acme-for‸gotten/x', []],
    ['in: *i‸n', ['shop/orders.runbook.yaml ']],
    ['prefix: or‸ders/', []],
  ];
  for (const [mark, expected] of cases) {
    it(`of ${mark}`, () => {
      assert.deepEqual(defined(mark), expected);
    });
  }
});

describe('references', () => {
  it('of a resource: names, aliases once, expressions, and URIs in texts', () => {
    assert.deepEqual(referenced('vault‸: { kind', true), [
      'shop/orders.runbook.yaml:10 vault',
      'shop/orders.runbook.yaml:8 vault',
      'shop/orders.runbook.yaml:16 vault',
      'shop/orders.runbook.yaml:24 vault',
      'shop/orders.runbook.yaml:25 s3://acme-backups-prod/orders/x',
    ]);
  });
  it('of a runbook and of a class, across files', () => {
    assert.deepEqual(referenced('name: identity‸-db', false, 'shop/identity.runbook.yaml'), [
      'shop/orders.runbook.yaml:19 identity-db',
    ]);
    assert.deepEqual(referenced('criti‸cal: { rpo', true, 'acme.policy.yaml'), [
      'acme.policy.yaml:6 critical',
      'shop/identity.runbook.yaml:4 critical',
      'shop/orders.runbook.yaml:7 critical',
    ]);
  });
  it('of what nothing declares', () => {
    assert.deepEqual(referenced('s3://acme-for‸gotten/x', true), ['shop/orders.runbook.yaml:27 s3://acme-forgotten/x']);
  });
  it('are highlighted in the file', () => {
    const cursor = at('copyOf: hou‸rly');
    assert.equal(documentHighlight(cursor.context, cursor.offset).length, 4);
  });
});

describe('rename', () => {
  it('of a resource changes names, expressions and nothing else', () => {
    assert.deepEqual(renamed('vault‸: { kind', 'store'), [
      'shop/orders.runbook.yaml: x-in: &in { bucket: store, prefix: orders/ }',
      'shop/orders.runbook.yaml: store: { kind: aws/s3-bucket, id: "${{ vars.vault }}", region: eu-west-1, account: backup }',
      "shop/orders.runbook.yaml: copy: { copyOf: hourly, in: { bucket: 'store' }, within: 2h }",
      'shop/orders.runbook.yaml: aws s3 cp ${{ backups.hourly.latest.uri }} . # from ${{ resources.store.id }}',
    ]);
  });
  it('of a class reaches every policy and runbook', () => {
    assert.deepEqual(renamed('dataClass: criti‸cal', 'vital').sort(), [
      'acme.policy.yaml: vital: { rpo: 1h }',
      'base.policy.yaml: vital: { rto: 1h }',
      'shop/identity.runbook.yaml: dataClass: "vital"',
      'shop/orders.runbook.yaml: dataClass: vital',
    ]);
  });
  it('of a variable, a step and a runbook, with quotes where YAML needs them', () => {
    assert.deepEqual(renamed('vars.vau‸lt', 'store').length, 2);
    assert.deepEqual(renamed('- id: fet‸ch', '1'), [
      'shop/orders.runbook.yaml: - id: "1"',
      'shop/orders.runbook.yaml: needs: ["1"]',
    ]);
    assert.deepEqual(renamed('dependsOn: [identity‸-db]', 'id-db').length, 2);
  });
  it('of a live id changes every id and URI that names it, and the variable behind it', () => {
    assert.deepEqual(renamed('s3://acme-lo‸gs/x', 'acme-journal').sort(), [
      'shop/identity.runbook.yaml: resources: { logs: { kind: aws/s3-bucket, id: acme-journal } }',
      'shop/identity.runbook.yaml: restore: { steps: [{ id: a, manual: Look into s3://acme-journal. }] }',
      'shop/orders.runbook.yaml: aws s3 cp s3://acme-journal/x .',
      'shop/orders.runbook.yaml: logs: { kind: aws/s3-bucket, id: acme-journal }',
    ]);
    assert.deepEqual(renamed('s3://acme-back‸ups-prod/orders/x', 'acme-new').sort(), [
      'production.environment.yaml: vars: { vault: acme-new }',
      'shop/orders.runbook.yaml: aws s3 cp s3://acme-new/orders/x .',
    ]);
  });
  it('is refused where the name is taken or can be none, in one sentence', () => {
    const refused = (mark: string, name: string): string => {
      const cursor = at(mark);
      const result = rename(cursor.context, cursor.offset, name);
      return result && 'refused' in result ? result.refused : 'accepted';
    };
    assert.match(refused('copyOf: hou‸rly', 'copy'), /already/);
    assert.match(refused('copyOf: hou‸rly', 'a b'), /can't be/);
    assert.match(refused('dependsOn: [identity‸-db]', 'Identity'), /DNS label/);
    assert.match(refused('s3://acme-lo‸gs/x', 'a b'), /can't be/);
  });
  it('is offered for names only', () => {
    const offered = (mark: string): string | undefined => {
      const cursor = at(mark);
      const found = prepareRename(cursor.context, cursor.offset);
      return found && 'refused' in found ? found.refused : found?.placeholder;
    };
    assert.equal(offered('role: oper‸ator'), 'operator');
    assert.equal(offered('kind: Run‸book'), undefined);
    assert.equal(offered('s3://acme-lo‸gs/x'), 'acme-logs');
    assert.equal(offered('in: *i‸n'), 'in');
    assert.equal(offered('ki‸nd: Runbook'), "`kind` is a key of the format, which can't be renamed.");
    assert.match(offered('dryRuns:\n  ord‸ers') ?? '', /evidence of dry run "orders" is kept under this name/);
    const { context, offset } = cursorIn({ 'a.yaml': RUNBOOK.replace('role: operator', 'role: nob‸ody') });
    assert.deepEqual(prepareRename(context, offset), {
      refused: 'The resource "nobody" is declared nowhere, so there is nothing to rename.',
    });
  });
  it('of an anchor changes its aliases, and nothing that has the name by chance', () => {
    assert.deepEqual(renamed('x-in: &i‸n', 'place'), [
      'shop/orders.runbook.yaml: x-in: &place { bucket: vault, prefix: orders/ }',
      'shop/orders.runbook.yaml: hourly: { of: replica, tool: pg_dump, in: *place, schedule: "0 * * * *" }',
    ]);
    const head = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: a }\n';
    const two = cursorIn({ 'a.yaml': `${head}x-a: &o‸ne { a: 1 }\nx-b: &two { a: 2 }\nx-c: [*one, *two]\n` });
    const refused = rename(two.context, two.offset, 'two');
    assert.match(refused && 'refused' in refused ? refused.refused : '', /already/);
    const again = cursorIn({ 'a.yaml': `${head}x-a: &one 1\nx-b: *one\nx-c: &one 2\nx-d: *o‸ne\n` });
    assert.deepEqual(
      references(again.context, again.offset, true).map((each) => each.range.start.line),
      [5, 6],
    );
    assert.equal(documentHighlight(again.context, again.offset).length, 2);
  });
  it('is refused where it would meet another document, or break an expression', () => {
    const refused = (mark: string, name: string, file?: string): string => {
      const cursor = at(mark, file);
      const result = rename(cursor.context, cursor.offset, name);
      return result && 'refused' in result ? result.refused : 'accepted';
    };
    assert.equal(
      refused('dependsOn: [identity‸-db]', 'orders-db'),
      'There is a runbook "orders-db" in shop/orders.runbook.yaml already.',
    );
    assert.match(refused('extends: ba‸se', 'acme', 'acme.policy.yaml'), /already/);
    assert.match(refused('vault‸: { kind', 'a.b'), /expression/);
    assert.match(refused('role: oper‸ator', 'a.b'), /a dot ends the name in an expression/);
    assert.match(refused('role: oper‸ator', 'größe'), /letters from A to Z/);
    assert.equal(refused('- id: fet‸ch', 'a.b'), 'accepted');
  });
});

describe('document links', () => {
  it('lead to consoles, web pages, e-mail and files', () => {
    const cursor = at('kind: Run‸book');
    const links = documentLinks(cursor.context).map(
      (link) => `${textAt(cursor, cursor.context.uri, link.range)} → ${link.target ?? ''}`,
    );
    assert.deepEqual(links, [
      'a@example.com → mailto:a@example.com',
      '${{ vars.vault }} → https://s3.console.aws.amazon.com/s3/buckets/acme-backups-prod?region=eu-west-1',
      'acme-logs → https://s3.console.aws.amazon.com/s3/buckets/acme-logs',
      'orders-restore → https://console.aws.amazon.com/iam/home#/roles/orders-restore',
      'https://wiki.example.com/restore → https://wiki.example.com/restore',
      's3://acme-backups-prod/orders/x → https://s3.console.aws.amazon.com/s3/buckets/acme-backups-prod',
      's3://acme-logs/x → https://s3.console.aws.amazon.com/s3/buckets/acme-logs',
      's3://acme-forgotten/x → https://s3.console.aws.amazon.com/s3/buckets/acme-forgotten',
    ]);
    const environment = at('kind: Env‸ironment', 'production.environment.yaml');
    assert.deepEqual(
      documentLinks(environment.context).map((link) => link.target),
      ['file:///w/infra/terraform.tfstate'],
    );
  });
  it('lead to the pages of codes that are rated or suppressed', () => {
    const { context } = cursorIn({
      'p.policy.yaml':
        'apiVersion: drillbook/v1\nkind: Policy\nmetadata: { name: a }\n# drillbook-ignore policy/rto until=2026-12-01 reason="x"\nseverity: { "drift/value": error, none/such: error }\n',
    });
    const pageOf = (code: string): string | undefined => (code.startsWith('none') ? undefined : `page:${code}`);
    assert.deepEqual(
      documentLinks(context, pageOf).map(
        (link) => `${link.range.start.line}:${link.range.start.character} ${link.target ?? ''}`,
      ),
      ['3:19 page:policy/rto', '4:13 page:drift/value'],
    );
  });
});
