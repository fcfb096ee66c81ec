/** The index of a workspace while its files are edited: what it knows is what an index made anew knows. */
import assert from 'node:assert/strict';
import { checkFile } from '../../server/src/app/checkWorkspace.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { buildWorkspace, WorkspaceIndex } from '../../server/src/core/workspaceIndex.ts';

const FILE = 'a.runbook.yaml';
const HEAD = 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders-db }\n';

/** An index in which the file had these texts, one behind the other, and was asked each time. */
function edited(texts: readonly string[]): WorkspaceIndex {
  const index = new WorkspaceIndex();
  for (const text of texts) {
    index.set(FILE, parse(text));
    index.names('Runbook');
    checkFile(index, FILE, OPTIONS);
  }
  return index;
}

const OPTIONS = { now: Date.parse('2026-11-22T12:00:00Z'), evidence: { entries: [], problems: [] } };

describe('the index of a workspace', () => {
  it('knows a name again that was gone while its document could not be read', () => {
    const other = HEAD.replace('name: orders-db', 'name: other-db');
    const broken = 'apiVersion: drillbook/v1\nkid: Runbook\nmetadata: { name: orders-db\n';
    const without = broken.replace('orders-db', 'orders-db }');
    assert.deepEqual(edited([other, HEAD, broken, without, HEAD]).names('Runbook'), ['orders-db']);
  });

  it('sees a circle through the first of two keys of one name', () => {
    const twice = `${HEAD}restore: { rpo: 2h }\nrestore: { rto: 1h }\n`;
    const circle = twice.replace('rpo: 2h', 'dependsOn: [orders-db]');
    const codes = (index: WorkspaceIndex): readonly string[] =>
      checkFile(index, FILE, OPTIONS).map((finding) => finding.code);
    const anew = codes(buildWorkspace([{ file: FILE, parsed: parse(circle) }]));
    assert.ok(anew.includes('reference/cycle'));
    assert.deepEqual(codes(edited([twice, twice.replace('2h', '3h'), circle])), anew);
  });
});
