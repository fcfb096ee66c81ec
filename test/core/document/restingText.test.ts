/** Texts whose trees come and go: the same answers, and no more trees than were asked for. */
import assert from 'node:assert/strict';
import { RecentTrees, RestingText } from '../../../server/src/core/document/restingText.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { WorkspaceIndex } from '../../../server/src/core/workspaceIndex.ts';
import { noteUses } from '../../../server/src/core/rules/reference/cycle.ts';
import { checkFile } from '../../../server/src/app/checkWorkspace.ts';
import { RUNBOOK } from '../../support/runbooks.ts';

describe('resting texts', () => {
  const named = (name: string): string => RUNBOOK.replace('name: orders-db', `name: ${name}`);

  it('answer as the parse does, also after their tree was let go', () => {
    const gone: string[] = [];
    const trees = new RecentTrees(RUNBOOK.length + 10, (text) => void gone.push(text.text));
    const one = new RestingText(RUNBOOK, trees);
    const other = new RestingText(named('two-db'), trees);
    const before = JSON.stringify(one.documents[0]?.value);
    assert.equal(before, JSON.stringify(parse(RUNBOOK).documents[0]?.value));
    assert.deepEqual(gone, []);
    assert.equal(other.documents.length, 1);
    assert.deepEqual(gone, [RUNBOOK]);
    assert.equal(JSON.stringify(one.documents[0]?.value), before);
    assert.deepEqual(one.lineStarts, parse(RUNBOOK).lineStarts);
  });

  it('keep the trees that were looked into last, as many as fit', () => {
    const gone: string[] = [];
    const trees = new RecentTrees(RUNBOOK.length * 2 + 20, (text) => void gone.push(text.text));
    const [one, two, three] = [RUNBOOK, named('two-db'), named('three-db')].map((text) => new RestingText(text, trees));
    for (const each of [one, two, one, three]) assert.equal(each?.documents.length, 1);
    assert.deepEqual(gone, [named('two-db')]);
  });

  it('give the same findings as trees that stay', () => {
    const options = { now: Date.parse('2026-11-22T12:00:00Z'), evidence: { entries: [], problems: [] } };
    const texts = new Map([
      ['a.runbook.yaml', RUNBOOK.replace('[identity-db]', '[two-db]')],
      ['b.runbook.yaml', named('two-db')],
      ['c.runbook.yaml', named('two-db')],
    ]);
    const staying = new WorkspaceIndex();
    const resting = new WorkspaceIndex();
    const trees = new RecentTrees(1, (text) => {
      resting.letGo(text);
    });
    for (const [file, text] of texts) {
      staying.set(file, parse(text));
      resting.set(file, new RestingText(text, trees));
      for (const entry of resting.byFile(file)) noteUses(entry, resting);
    }
    for (const file of texts.keys())
      assert.deepEqual(checkFile(resting, file, options), checkFile(staying, file, options));
    assert.ok(checkFile(resting, 'b.runbook.yaml', options).some((each) => each.code === 'reference/duplicate-name'));
  });
});
