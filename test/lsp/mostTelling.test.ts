/** A file with more findings than anybody reads: the worst are shown, and how many more there are is said. */
import assert from 'node:assert/strict';
import type { Finding } from '../../server/src/core/finding.ts';
import { mostTelling } from '../../server/src/lsp/mostTelling.ts';
import { messageOf, startClient, type TestClient } from '../support/languageClient.ts';

const finding = (severity: Finding['severity'], index: number): Finding => ({
  code: 'schema/value',
  severity,
  message: `${severity} ${index}`,
  file: 'a.yaml',
  document: 0,
  path: [],
});

describe('the findings that are shown', () => {
  it('are all where they are few', () => {
    const all = [finding('information', 1), finding('error', 2)];
    assert.deepEqual(mostTelling(all, 2), { shown: all, left: [] });
  });

  it('are the worst where they are many, in their order', () => {
    const all = (['information', 'warning', 'information', 'error', 'warning', 'warning'] as const).map(finding);
    const { shown, left } = mostTelling(all, 3);
    assert.deepEqual(shown, [all[1], all[3], all[4]]);
    assert.deepEqual(left, [all[0], all[2], all[5]]);
  });

  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  it('end with how many more there are', async () => {
    client = await startClient();
    const uri = 'file:///work%20space/a.runbook.yaml';
    const wrong = Array.from(
      { length: 620 },
      (_each, index) => `    - { id: s${index}, run: echo, needs: [x${index}] }\n`,
    );
    client.open(
      uri,
      `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: many }\nrestore:\n  steps:\n${wrong.join('')}`,
    );
    const shown = await client.diagnostics(uri, (each) => each.diagnostics.length > 400);
    assert.equal(shown.length, 501);
    const all = client.session.store
      .roots()
      .flatMap((root) => client!.session.diagnostics.findings(root, 'a.runbook.yaml'));
    const last = shown.at(-1);
    assert.ok(all.length > 600);
    assert.equal(last?.code, undefined);
    assert.match(
      messageOf(last),
      new RegExp(`^${all.length - 500} more findings of this file .*drillbook check a.runbook.yaml`),
    );
  });
});
