/** A workspace that is not trusted: one sentence a document, the same in the editor and on the command line. */
import assert from 'node:assert/strict';
import { subjectOf } from '../../server/src/core/drift/subject.ts';
import { untrustedFinding } from '../../server/src/app/untrusted.ts';
import { environment, runbook } from '../support/aws.ts';
import { driftOf, workspaceOf } from '../support/look.ts';

const CASES: Readonly<Record<string, string>> = {
  'declared resources': runbook('a: { kind: aws/s3-bucket, id: a }\nb: { kind: aws/s3-bucket, id: b }'),
  'what a step names': `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders }
restore: { steps: [{ id: a, run: "aws s3 cp s3://vault/x ." }] }
`,
  'nothing live': 'apiVersion: drillbook/v1\nkind: Runbook\nmetadata: { name: orders }\n',
};

describe('an untrusted workspace', () => {
  for (const [what, text] of Object.entries(CASES))
    it(`is said once of ${what}, at the same place by both`, async () => {
      const texts = { 'e.environment.yaml': environment('http://127.0.0.1:9'), 'r.runbook.yaml': text };
      const { findings, calls } = await driftOf(texts, { trusted: false });
      const workspace = workspaceOf(texts);
      const [entry] = workspace.byFile('r.runbook.yaml');
      assert.ok(entry);
      assert.deepEqual(
        findings,
        untrustedFinding(entry, () => subjectOf(entry, workspace).resources),
      );
      assert.equal(findings.length, what === 'nothing live' ? 0 : 1);
      assert.deepEqual(calls, {});
    });
});
