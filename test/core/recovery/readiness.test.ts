/** Readiness: claims carry a runbook to "documented" and no further; the rest takes evidence that still holds. */
import assert from 'node:assert/strict';
import { readiness, READINESS_FORMATS, renderReadiness } from '../../../server/src/app/readiness.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import { headline } from '../../../server/src/core/recovery/readinessWords.ts';
import type { ReadinessReport } from '../../../server/src/core/recovery/readiness.ts';
import type { EvidenceEntry } from '../../../server/src/core/rules/rule.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import { exampleFiles } from '../../support/ruleExamples.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const CLASS =
  'kind: Policy\nclasses:\n  customer-critical: { outageCostPerHour: 6000 USD, verify: { restoreTest: { every: 30d }, drill: { every: 90d } } }\n  scratch: { ephemeral: true, why: rebuilt from events }\n';

function record(given: Partial<EvidenceEntry>): EvidenceEntry {
  const at = given.finishedAt ?? '2026-11-20T00:00:00Z';
  return {
    id: at,
    runbook: 'orders-db',
    dryRun: 'orders',
    level: 3,
    result: 'passed',
    proves: 'backup',
    startedAt: at,
    finishedAt: at,
    elapsedMs: 1_800_000,
    ...given,
  };
}
const DRILL = record({ level: 5, finishedAt: '2026-11-01T00:00:00Z' });

async function reportOf(fragment: string, ...entries: EvidenceEntry[]): Promise<ReadinessReport> {
  const files = await exampleFiles({ yaml: `${CLASS}---\n${fragment}`, records: [], codeOwners: undefined });
  const workspace = buildWorkspace(files.map(({ file, text }) => ({ file, parsed: parse(text) })));
  return readiness(workspace, { evidence: { entries, problems: [] }, now: NOW });
}
const stage = async (fragment: string, ...entries: EvidenceEntry[]): Promise<string | undefined> =>
  (await reportOf(fragment, ...entries)).rows[0]?.stage;
const SAME = 'kind: Runbook\n';

describe('readiness', () => {
  it('climbs from hope to proven, a stage at a time', async () => {
    assert.equal(await stage(`${SAME}backups: null\ndryRuns: null\n`), 'hope');
    assert.equal(await stage(`${SAME}restore: { steps: [] }\n`), 'passive');
    assert.equal(await stage(SAME), 'documented');
    assert.equal(await stage(SAME, record({ level: 2 })), 'checksummed');
    assert.equal(await stage(SAME, record({})), 'restored');
    assert.equal(await stage(SAME, record({}), DRILL), 'drilled');
    assert.equal(
      await stage(SAME, record({ finishedAt: '2026-10-25T00:00:00Z' }), record({}), DRILL),
      'continuously-validated',
    );
  });

  it('falls when the proof is too old, of another runbook, or followed by a failure', async () => {
    assert.equal(await stage(SAME, record({ finishedAt: '2026-09-01T00:00:00Z' })), 'checksummed');
    assert.equal(await stage(SAME, record({ restoreFingerprint: 'other' })), 'checksummed');
    assert.equal(
      await stage(SAME, record({}), record({ result: 'failed', finishedAt: '2026-11-21T00:00:00Z' })),
      'documented',
    );
    assert.equal(await stage(SAME, record({}), record({ level: 5, finishedAt: '2026-01-01T00:00:00Z' })), 'restored');
  });

  it('says what a restore lacks that proves less than the class asks for', async () => {
    const asks = (test: string): string => `${SAME}---\nkind: Policy\nclasses:\n  customer-critical: ${test}\n`;
    const why = async (test: string, ...entries: EvidenceEntry[]): Promise<string | undefined> =>
      (await reportOf(asks(test), ...entries)).rows[0]?.why;
    const runbook = '{ verify: { restoreTest: { every: 30d, proves: runbook } } }';
    const fourth = '{ verify: { restoreTest: { every: 30d, level: 4 } } }';
    assert.equal(await why(runbook, record({})), "the runbook's own steps have never restored orders");
    assert.equal(await why(fourth, record({})), 'orders has never reached level 4');
    assert.equal(await why(fourth, record({ dryRun: 'other' })), 'orders has never been restored');
  });

  it('says in good grammar how much is proven', async () => {
    const first = async (...entries: EvidenceEntry[]): Promise<string | undefined> =>
      renderReadiness(await reportOf(SAME, ...entries), 'text').split('\n')[0];
    assert.equal(await first(), 'The one runbook is not yet restored or better, by what the evidence shows.');
    assert.equal(await first(record({})), 'The one runbook is restored or better, by what the evidence shows.');
    const of = (restored: number, documented: number): string =>
      headline({
        stages: { hope: 0, passive: 0, documented, checksummed: 0, restored, drilled: 0, 'continuously-validated': 0 },
        proven: restored / (restored + documented),
      });
    assert.match(of(0, 2), /^None of 2 runbooks is restored or better: all is hope, /);
    assert.match(of(1, 2), /^1 of 3 runbooks is restored or better: the rest is hope, /);
    assert.match(of(2, 1), /^2 of 3 runbooks are restored or better: the rest is hope, /);
    assert.match(of(2, 0), /^All 2 runbooks are restored or better, /);
  });

  it('does not count ephemeral data', async () => {
    const report = await reportOf(`${SAME}dataClass: scratch\n`);
    assert.equal(report.rows[0]?.exempt, true);
    assert.equal(report.proven, undefined);
    assert.equal(report.rows[0].next, undefined);
  });

  it('sets the cost of an outage, as measured, against that of proof', async () => {
    const bytes = 10 * 2 ** 30;
    const report = await reportOf(SAME, record({ backup: { id: 'x', bytes } }));
    assert.deepEqual(report.rows[0]?.outage, { amount: 3000, currency: 'USD', forMs: 1_800_000, measured: true });
    assert.equal(report.rows[0].yearly.cost?.amount.toFixed(2), (0.9 * (365 / 30)).toFixed(2));
    const unmeasured = await reportOf(SAME);
    assert.deepEqual(unmeasured.rows[0]?.outage, { amount: 6000, currency: 'USD', forMs: 3_600_000, measured: false });
  });

  it('takes an outage to last as long as the longer of the last restore and the last drill', async () => {
    const report = await reportOf(SAME, record({}), { ...DRILL, elapsedMs: 3 * 3_600_000 });
    assert.equal(report.rows[0]?.outage?.amount, 18_000);
  });

  it('says of how many services the outages are that it adds up', async () => {
    const second = 'kind: Runbook\n---\nkind: Policy\nclasses:\n  customer-critical: { outageCostPerHour: null }\n';
    const report = await reportOf(SAME);
    const [row] = report.rows;
    assert.ok(row);
    const { outage: _, ...unpriced } = row;
    const words = (...rows: ReadinessReport['rows']): string => renderReadiness({ ...report, rows }, 'text');
    assert.match(words(row), /^One outage costs 6,000 USD/mu);
    assert.match(words(row, row), /^One outage of each service costs/mu);
    assert.match(
      words(row, unpriced),
      /^One outage of each service that the policy gives a figure for \(1 of 2\) costs/mu,
    );
    assert.doesNotMatch(renderReadiness(await reportOf(second), 'text'), /outage/u);
  });

  it('proves what relies on a replica alone by failovers', async () => {
    const replica = `${SAME}strategy: replication\nreplica: vault-dr\nlag: 1m\nbackups: null\ndryRuns: null\n`;
    const stands = async (...entries: EvidenceEntry[]): Promise<string> => {
      const row = (await reportOf(replica, ...entries)).rows[0];
      return `${row?.stage ?? ''}: ${row?.why ?? ''}`;
    };
    const drill = (day: string): EvidenceEntry => record({ level: 5, finishedAt: `${day}T00:00:00Z` });
    assert.equal(await stands(), 'documented: nobody has failed over to its replica yet');
    assert.equal(await stands(drill('2026-01-01')), 'restored: its last failover drill is older than 90d');
    assert.match(await stands(drill('2026-11-01')), /^drilled: its failover drills have not yet passed two times/u);
    assert.match(await stands(drill('2026-08-15'), drill('2026-11-01')), /^continuously-validated: /u);
  });

  it('sends whoever failed a drill to drill again', async () => {
    const report = await reportOf(SAME, record({}), { ...DRILL, result: 'failed' });
    assert.match(report.rows[0]?.next?.what ?? '', /drill again: drillbook evidence record orders-db\.$/u);
  });

  it('is written in every format, and escapes what comes from documents', async () => {
    const report = await reportOf(
      `${SAME}metadata: { title: "<script>alert(1)</script> | x" }\n`,
      record({ finishedAt: '2026-11-01T00:00:00Z' }),
      record({}),
    );
    for (const format of READINESS_FORMATS) {
      const text = renderReadiness(report, format);
      assert.ok(text.endsWith('\n') && text.includes('orders-db'), format);
    }
    const html = renderReadiness(report, 'html');
    assert.doesNotMatch(html, /<script|https?:|undefined|NaN/u);
    assert.match(html, /<polyline/u);
    assert.deepEqual(JSON.parse(renderReadiness(report, 'json')), JSON.parse(JSON.stringify(report)));
  });
});
