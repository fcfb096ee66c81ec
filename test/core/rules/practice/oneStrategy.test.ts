/** One strategy for everything is found in what runbooks do as well, whatever their classes say. */
import assert from 'node:assert/strict';
import { parse } from '../../../../server/src/core/document/parse.ts';
import { oneStrategy } from '../../../../server/src/core/rules/practice/oneStrategy.ts';
import { buildWorkspace } from '../../../../server/src/core/workspaceIndex.ts';

const HEAD = 'apiVersion: drillbook/v1\n';
const POLICY = `${HEAD}kind: Policy\nmetadata: { name: p }\nclasses: { money: { rpo: 1h }, logs: { rpo: 1d } }\n`;
const runbook = (name: string, dataClass: string, schedule: string): { file: string; text: string } => ({
  file: `${name}.runbook.yaml`,
  text: `${HEAD}kind: Runbook\nmetadata: { name: ${name} }\ndataClass: ${dataClass}\nbackups: { a: { of: db, tool: pg_dump, schedule: "${schedule}", retention: 35d } }\n`,
});

function messages(...runbooks: { file: string; text: string }[]): string[] {
  const files = [{ file: 'p.policy.yaml', text: POLICY }, ...runbooks];
  const workspace = buildWorkspace(files.map(({ file, text }) => ({ file, parsed: parse(text) })));
  const [entry] = workspace.byKind('Policy');
  assert.ok(entry);
  return [...oneStrategy.check({ workspace, entry, now: 0, evidence: { entries: [], problems: [] } })].map(
    (each) => each.message,
  );
}

describe('one strategy for every class', () => {
  it('is found where three runbooks of two classes do the same', () => {
    const found = messages(
      runbook('a', 'money', '0 1 * * *'),
      runbook('b', 'logs', '0 1 * * *'),
      runbook('c', 'logs', '0 1 * * *'),
    );
    assert.match(found[0] ?? '', /^All 3 runbooks of classes money and logs .* \(pg_dump 0 1 \* \* \* 35d\)/u);
  });

  it('is not where one differs, they are of one class, or they are too few', () => {
    assert.deepEqual(
      messages(
        runbook('a', 'money', '0 * * * *'),
        runbook('b', 'logs', '0 1 * * *'),
        runbook('c', 'logs', '0 1 * * *'),
      ),
      [],
    );
    assert.deepEqual(
      messages(runbook('a', 'logs', '0 1 * * *'), runbook('b', 'logs', '0 1 * * *'), runbook('c', 'logs', '0 1 * * *')),
      [],
    );
    assert.deepEqual(messages(runbook('a', 'money', '0 1 * * *'), runbook('b', 'logs', '0 1 * * *')), []);
  });
});
