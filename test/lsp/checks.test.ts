/** Which files an edit has checked again: those that read what changed, and no others. */
import assert from 'node:assert/strict';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import { startClient, type TestClient } from '../support/languageClient.ts';
import { RUNBOOK, WORKSPACE } from '../support/runbooks.ts';

const ROOT = 'file:///work%20space';
const FILE = 'runbooks/orders.runbook.yaml';
const URI = `${ROOT}/${FILE}`;

describe('checks', () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  /** Opens the runbook, waits until everything is checked, and returns what an edit of it has checked. */
  async function checkedBy(edit: (text: string) => string): Promise<readonly string[]> {
    client = await startClient({ files: WORKSPACE });
    const { session } = client;
    client.open(URI, RUNBOOK);
    await client.diagnostics(URI);
    const settled = async (): Promise<void> => {
      do await new Promise((resolve) => setImmediate(resolve));
      while (!session.checks.idle || session.store.roots().some((root) => !root.indexed));
    };
    await settled();
    const checked: string[] = [];
    const before = session.checks.onChecked;
    session.checks.onChecked = (root, file) => {
      checked.push(file);
      before(root, file);
    };
    client.change(URI, edit(RUNBOOK), 2);
    await client.diagnostics(URI, (each) => each.version === 2);
    await settled();
    return checked;
  }

  const policies = Object.keys(WORKSPACE).filter((file) => (WORKSPACE[file] ?? '').includes('kind: Policy'));

  it('look at the edited file alone where others read nothing of what changed', async () => {
    assert.deepEqual(await checkedBy((text) => text.replace('reviewedOn:', 'reviewedOn: ')), [FILE]);
  });

  it('look at the policies too where the backups changed', async () => {
    assert.ok(policies.length > 0);
    const checked = await checkedBy((text) => text.replace('of: primary', 'of: other'));
    assert.deepEqual([...checked].sort(), [FILE, ...policies].sort());
  });

  for (const [what, edit] of [
    ['a name', (text: string) => text.replace('name: orders-db', 'name: shop-db')],
    ['a dependency', (text: string) => text.replace('dependsOn: [identity-db]', 'dependsOn: []')],
  ] as const) {
    it(`look at every file where ${what} changed`, async () => {
      assert.deepEqual([...new Set(await checkedBy(edit))].sort(), Object.keys(WORKSPACE).sort());
    });
  }

  it('pass over what is typed on before they come to it, and show what the last version holds, in several documents', async () => {
    client = await startClient({ files: WORKSPACE });
    const other = `${ROOT}/runbooks/other.runbook.yaml`;
    const texts = new Map([
      [URI, RUNBOOK],
      [other, RUNBOOK.replace('name: orders-db', 'name: other-db')],
    ]);
    for (const [uri, text] of texts) client.open(uri, text);
    for (const uri of texts.keys()) await client.diagnostics(uri);
    const checked: string[] = [];
    const before = client.session.checks.onChecked;
    client.session.checks.onChecked = (root, file) => {
      checked.push(file);
      before(root, file);
    };
    const typed = 'recovery: scriptedly # now';
    const last = typed.length + 1;
    for (let length = 0; length < typed.length; length++)
      for (const [uri, text] of texts)
        client.change(uri, text.replace('recovery: scripted', typed.slice(0, length + 1)), length + 2);
    const own = (uri: string): boolean => checked.filter((file) => uri.endsWith(file)).length === 1;
    for (const [uri, text] of texts) {
      const shown = await client.diagnostics(uri, (each) => each.version === last);
      assert.ok(own(uri), `${uri} was checked for each letter: ${checked.join(', ')}`);
      const fresh = await startClient({ files: WORKSPACE });
      fresh.open(uri, text.replace('recovery: scripted', typed), last);
      const wanted = await fresh.diagnostics(uri, (each) => each.diagnostics.length === shown.length);
      assert.deepEqual(shown, wanted);
      await fresh.close();
    }
  });

  it('look at every file where a name changed together with something less in another document', async () => {
    const other = `${ROOT}/runbooks/other.runbook.yaml`;
    const text = RUNBOOK.replace('name: orders-db', 'name: other-db');
    const third = RUNBOOK.replace('name: orders-db', 'name: third-db');
    client = await startClient({ files: { ...WORKSPACE, 'third.runbook.yaml': third } });
    client.open(other, text);
    client.open(URI, RUNBOOK);
    const { session } = client;
    await client.diagnostics(URI);
    do await new Promise((resolve) => setImmediate(resolve));
    while (!session.checks.idle || session.store.roots().some((root) => !root.indexed));
    client.change(other, text.replace('of: primary', 'of: other'), 2);
    client.change(URI, RUNBOOK.replace('name: orders-db', 'name: third-db'), 2);
    const isTold = ({ diagnostics }: PublishDiagnosticsParams): boolean =>
      diagnostics.some(({ code }) => code === 'reference/duplicate-name');
    assert.ok(await client.diagnostics(`${ROOT}/third.runbook.yaml`, isTold));
  });
});
