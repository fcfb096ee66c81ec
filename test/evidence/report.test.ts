/** Reports of hostile and odd records: nothing steers the reader, and what was not estimated is not dressed up. */
import assert from 'node:assert/strict';
import { shortTime } from '../../server/src/core/recovery/measure.ts';
import type { EvidenceEntry } from '../../server/src/core/rules/rule.ts';
import { renderMarkdown } from '../../server/src/evidence/markdown.ts';
import { renderReport } from '../../server/src/evidence/report.ts';
import { trendSvg } from '../../server/src/evidence/timeline.ts';
import { costWords, effortWords } from '../../server/src/evidence/words.ts';
import { recordFor } from '../support/records.ts';

const HOSTILE = 'Restore \u202egnp.exe\u0007 <script>alert(1)</script> | ~~x~~ $y$ &lt; `z`';

describe('a report', () => {
  const record = recordFor({
    summary: HOSTILE,
    runbook: { name: 'orders', title: HOSTILE, file: 'a.runbook.yaml', sha256: 'a'.repeat(64) },
    notes: [{ severity: 'warning', message: HOSTILE }],
    steps: [{ id: HOSTILE, kind: 'manual', state: 'confirmed', by: 'Ann', approvedBy: 'Cy' }],
  });

  it('shows what would turn the direction of its text, and runs nothing', () => {
    for (const page of [renderReport(record), renderMarkdown(record)]) {
      for (const hidden of ['\u0007', '\u202e', '<script>']) assert.ok(!page.includes(hidden));
      assert.match(page, /Restore \\+u202egnp\.exe\\+u0007/u);
      assert.match(page, /approved by Cy/u);
    }
    assert.match(renderMarkdown(record), /\\~\\~x\\~\\~ \\\$y\\\$ \\&lt; \\`z\\`/u);
  });

  it('says "RTO met" only of what passed, and nothing of a backup that no drill looks for', () => {
    const measured = { elapsedMs: 600, rtoMs: 3_600_000, withinRto: true, untimedManualSteps: 0 };
    const drill = (result: 'passed' | 'cancelled'): string =>
      renderMarkdown(recordFor({ kind: 'drill', level: 5, requestedLevel: 5, result, measured }));
    assert.match(drill('passed'), /600 ms of 60 min: RTO met/u);
    assert.doesNotMatch(drill('cancelled'), /RTO met|none found/u);
    assert.match(drill('cancelled'), /the run did not pass, so it shows no recovery time/u);
  });

  it('says what effort and money came to against their budgets', () => {
    const items: [] = [];
    assert.equal(
      costWords({ cost: { budget: 50, currency: 'USD', over: false, pricesAsOf: '2026-11-01' }, items }),
      'not estimated: nothing that has a price is read; the budget is 50 USD',
    );
    assert.equal(
      costWords({ cost: { estimated: 12, budget: 10, currency: 'USD', over: true, pricesAsOf: '2026-11-01' }, items }),
      'estimated 12 USD: over the budget of 10 USD; prices of 2026-11-01',
    );
    assert.equal(
      effortWords({ effort: { measuredMs: 60_000, budgetMs: 900_000, over: false }, items }),
      'measured 60.0 s of a budget of 15 min',
    );
    assert.deepEqual([10_368_000_000, 86_400_000, 129_600_000, 7_200_000].map(shortTime), [
      '120 d',
      '1 d',
      '1.5 d',
      '2.0 h',
    ]);
  });

  it('breaks no word of a step in a narrow column, and says the newest time of the trend beside its dot', () => {
    const history = [5400, 3100].map((elapsedMs, index) => ({
      ...({ id: `r${index}`, file: '', runbook: record.runbook.name, dryRun: record.dryRun } as EvidenceEntry),
      result: 'passed' as const,
      level: 3,
      elapsedMs,
      finishedAt: `2026-11-2${index}T00:00:00.000Z`,
    }));
    assert.match(trendSvg(history, 3_600_000), /<text class="time" x="468" y="[\d.]+">3\.1 s<\/text>/u);
    assert.match(renderReport(record), /<td class="name">[^<]+<\/td><td class="short">manual<\/td>/u);
  });

  it('names the scenario that was played where it names the run', () => {
    const played = recordFor({ scenario: 'newest-corrupt' });
    assert.match(renderReport(played), /<h1>[^<]+, scenario newest-corrupt<\/h1>/u);
    assert.match(renderMarkdown(played), /^# .+, scenario newest-corrupt$/mu);
  });
});
