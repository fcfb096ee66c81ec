/** Live facts that a runbook declares: which are compared with those of the last pass, and what is said when one is another. */
import assert from 'node:assert/strict';
import { detectDrift, factsOf, type DriftResult } from '../../../server/src/app/detectDrift.ts';
import type { Fact } from '../../../server/src/core/drift/observation.ts';
import type { EvidenceEntry } from '../../../server/src/core/rules/rule.ts';
import { workspaceOf } from '../../support/look.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const RUNBOOK = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders }
resources:
  primary:
    kind: aws/rds-instance
    id: orders-prod
    region: eu-west-1
    expect: { engine: postgres, version: "15", latestRestorableWithin: 1d }
  vault:
    kind: aws/s3-bucket
    id: acme
    expect: { objectLock: { mode: compliance } }
backups: { nightly: { of: primary, tool: rds-snapshot } }
dryRuns: { full: { backup: nightly } }
`;

async function drift(
  facts: Readonly<Record<string, unknown>>,
  entries: readonly EvidenceEntry[],
): Promise<DriftResult> {
  const workspace = workspaceOf({ 'orders.runbook.yaml': RUNBOOK });
  const seen = Object.fromEntries(Object.entries(facts).map(([name, value]): [string, Fact] => [name, { value }]));
  return await detectDrift(workspace, workspace.entries, {
    now: NOW,
    signal: new AbortController().signal,
    evidence: { entries },
    lookup: {
      plan: () => [],
      look: async (requests) =>
        await Promise.resolve({
          calls: {},
          observations: requests.map(() => ({
            state: 'found' as const,
            at: new Date(NOW).toISOString(),
            source: 'recorded',
            region: 'eu-west-1',
            facts: seen,
          })),
        }),
    },
  });
}

const LIVE = {
  engine: 'postgres',
  version: '15.9',
  latestRestorable: '2026-11-22T11:00:00Z',
  objectLock: { retentionDays: 40, mode: 'compliance', rules: ['b', 'a'] },
};

function passed(facts: Readonly<Record<string, string>>): EvidenceEntry {
  const at = '2026-11-20T10:00:00Z';
  return {
    id: 'r1',
    runbook: 'orders',
    dryRun: 'full',
    level: 3,
    result: 'passed',
    proves: 'backup',
    startedAt: at,
    finishedAt: at,
    facts,
  };
}

describe('declared live facts', () => {
  it('are those that expectations name and that do not move by themselves, in one form', async () => {
    const facts = factsOf((await drift(LIVE, [])).observations);
    assert.deepEqual(Object.keys(facts).sort(), ['primary.engine', 'primary.version', 'vault.objectLock']);
    assert.equal(facts['vault.objectLock'], '{"mode":"compliance","retentionDays":40,"rules":["a","b"]}');
  });

  it('ask for a new run where they are others than those of the last pass, though they fit what is expected', async () => {
    const { findings } = await drift(LIVE, [passed({ 'primary.version': '15.4', 'primary.engine': 'postgres' })]);
    assert.deepEqual(
      findings
        .filter((each) => each.code.startsWith('evidence/'))
        .map(({ code, path, message }) => ({ code, path, message })),
      [
        {
          code: 'evidence/needs-verify',
          path: ['dryRuns', 'full'],
          message:
            'What orders restores from has changed since dry run full passed on 2026-11-20 (primary.version was 15.4 and is 15.9), so it no longer proves them: run drillbook dry-run orders#full.',
        },
      ],
    );
  });

  it('say nothing where they are the same, where there is no pass, and where the evidence tells by itself', async () => {
    const same = passed({ 'primary.version': '15.9' });
    const edited: EvidenceEntry = { ...passed({ 'primary.version': '15.4' }), restoreFingerprint: 'of another text' };
    for (const entries of [[], [same], [edited]]) {
      const { findings } = await drift(LIVE, entries);
      assert.deepEqual(
        findings.map((each) => each.code).filter((code) => code.startsWith('evidence/')),
        [],
      );
    }
  });
});
