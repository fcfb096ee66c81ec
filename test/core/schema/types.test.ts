/** What is said of a value of the wrong type: what it is, what it must be, and how to write that. */
import assert from 'node:assert/strict';
import { checkWorkspace } from '../../../server/src/app/checkWorkspace.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';

function messages(lines: string): readonly string[] {
  const text = `apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: x }\n${lines}\n`;
  const workspace = buildWorkspace([{ file: 'x.runbook.yaml', parsed: parse(text) }]);
  return checkWorkspace(workspace, { now: 0, evidence: { entries: [], problems: [] } })
    .filter((finding) => finding.code === 'schema/type')
    .map((finding) => finding.message);
}

describe('schema/type', () => {
  for (const [lines, message] of [
    [
      'resources:\n  - { kind: aws/s3-bucket, id: x }',
      '`resources` is a list, and must be a map: write a name and a colon where each `-` stands.',
    ],
    ['restore: { steps: { load: { run: x } } }', '`steps` is a map, and must be a list: begin each item with `-`.'],
    ['restore: { dependsOn: other }', '`dependsOn` is text, and must be a list: put it in `[ ]`.'],
    ['restore: { steps: [{ run: x }, load it] }', 'Item 2 of `steps` is text, and must be a map.'],
    [
      'restore: { steps: [[x]] }',
      'Item 1 of `steps` is a list, and must be a map: write a name and a colon where each `-` stands.',
    ],
    ['restore: { steps: [{ run: x }, null] }', 'Item 2 of `steps` has no value; it takes a map.'],
    ['dryRuns: nightly', '`dryRuns` is text, and must be a map.'],
  ] as const) {
    it(message, () => assert.deepEqual(messages(lines), [message]));
  }
});
