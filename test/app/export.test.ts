/** Export of a runbook: one page that stands alone, references written out, with what must be done before. */
import assert from 'node:assert/strict';
import { exportRunbook } from '../../server/src/app/exportRunbook.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';
import { exampleFiles } from '../support/ruleExamples.ts';

const OPTIONS = { evidence: { entries: [], problems: [] }, now: Date.parse('2026-11-22T12:00:00Z') };

async function exported(format: 'html' | 'markdown', fragment = 'kind: None'): Promise<string> {
  const files = await exampleFiles({ yaml: fragment, records: [], codeOwners: undefined });
  const identity =
    'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: identity-db, title: Bring identities back }\nrestore: { steps: [{ id: call, manual: Call the vendor. }] }\n';
  const texts = [...files, { file: 'identity.runbook.yaml', text: identity }];
  const workspace = buildWorkspace(texts.map(({ file, text }) => ({ file, parsed: parse(text) })));
  const entry = workspace.byKind('Runbook').find((each) => each.name === 'orders-db');
  assert.ok(entry);
  return exportRunbook(workspace, entry, { ...OPTIONS, format, commit: 'abc1234' });
}

describe('export of a runbook', () => {
  it('writes out what expressions, aliases and accounts mean', async () => {
    const page = await exported(
      'markdown',
      'kind: Environment\nvars: { vault: the-real-vault }\n---\nkind: Runbook\nresources:\n  vault: { id: "${{ vars.vault }}" }\n',
    );
    assert.match(page, /s3:\/\/the-real-vault\/orders\//u);
    assert.match(page, /210987654321 eu-west-1/u);
    assert.doesNotMatch(page, /\$\{\{/u);
    assert.match(page, /<uri of the newest backup hourly>/u);
  });

  it('holds every step, who, and the runbooks that come first', async () => {
    const page = await exported('markdown', 'kind: Runbook\nrestore: { dependsOn: [identity-db] }\n');
    for (const part of [
      '1. freeze',
      '2. fetch',
      '3. load',
      '4. cutover',
      'Payments on-call',
      '# Bring identities back',
      'incident-commander',
      'commit abc1234',
      'First, in this order: Bring identities back',
    ]) {
      assert.ok(page.includes(part), part);
    }
  });

  it('says where a secret is to be had, and needs nothing from elsewhere', async () => {
    const fragment =
      'kind: Runbook\nmetadata: { title: "<b>x</b>" }\nrestore:\n  steps:\n    - { id: load, run: "psql \\"$TARGET\\" < a", env: { PGPASSWORD: { env: ORDERS_PW } } }\n';
    const page = await exported('html', fragment);
    assert.match(page, /Set PGPASSWORD from the variable ORDERS_PW/u);
    assert.match(page, /default-src &#39;none&#39;|default-src 'none'/u);
    assert.doesNotMatch(page, /<script|<link|<img|src=|<b>x|undefined/u);
    assert.equal((page.match(/<(?:main|h1)\b/gu) ?? []).length, (page.match(/<\/(?:main|h1)>/gu) ?? []).length);
  });

  it('ends where runbooks depend on each other in a circle', async () => {
    assert.match(
      await exported('markdown', 'kind: Runbook\nrestore: { dependsOn: [orders-db, identity-db] }\n'),
      /Bring identities back/u,
    );
  });
});
