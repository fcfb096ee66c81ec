/** How old the newest backup is: from live facts, else from evidence, else the way to look. */
import assert from 'node:assert/strict';
import type { Command } from 'vscode-languageserver-types';
import { codeLenses } from '../../server/src/language/codeLens.ts';
import type { LiveResource, LiveView } from '../../server/src/language/context.ts';
import { dryRunsOf } from '../../server/src/language/dryRuns.ts';
import type { EvidenceEntry } from '../../server/src/core/rules/rule.ts';
import { TEST_NOW } from '../support/languageClient.ts';
import { contextAt } from '../support/markedContext.ts';

const FILE = 'runbooks/ledger.runbook.yaml';
const TEXT = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: ledger }
resources:
  primary: { kind: aws/rds-instance, id: ledger-prod }
  points: { kind: aws/recovery-points, id: daily-vault, expect: { of: primary } }
backups:
  own: { of: primary, tool: rds-snapshot, schedule: "0 2 * * *" }
  kept: { of: primary, tool: aws-backup, in: { vault: points }, schedule: "0 2 * * *" }
restore: { rpo: 2h, rto: 1h }
dryRuns:
  weekly: { backup: own, level: 1 }
`;

function seen(name: string, kind: string, id: string, facts: Readonly<Record<string, unknown>>): LiveResource {
  return {
    file: FILE,
    document: 0,
    path: ['resources', name],
    name,
    kind,
    id,
    observation: {
      state: 'found',
      at: new Date(TEST_NOW - 5 * 60_000).toISOString(),
      source: 'live',
      facts: Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, { value }])),
    },
  };
}

const minutesAgo = (minutes: number): string => new Date(TEST_NOW - minutes * 60_000).toISOString();

function commands(resources: readonly LiveResource[], entries: readonly EvidenceEntry[] = []): Command[] {
  const live: LiveView = { resourcesOf: () => resources, all: () => resources, stateOf: () => undefined };
  const { context } = contextAt(TEXT, { file: FILE, live, evidence: { entries, problems: [] } });
  return codeLenses(context).flatMap(({ command }) => command ?? []);
}

function run(level: number, daysAgo: number, more: Partial<EvidenceEntry> = {}): EvidenceEntry {
  const at = minutesAgo(daysAgo * 24 * 60);
  return {
    id: `${level}-${daysAgo}`,
    runbook: 'ledger',
    dryRun: 'weekly',
    level,
    result: 'passed',
    proves: 'backup',
    startedAt: at,
    finishedAt: at,
    ...more,
  };
}

describe('the lens of a backup', () => {
  it('says the age now of what the last look-up saw, and looks up anew', () => {
    const found = commands([seen('primary', 'aws/rds-instance', 'ledger-prod', { latestRestorable: minutesAgo(30) })]);
    const lens = found.find(({ title }) => title.startsWith('newest 30 min old'));
    assert.equal(lens?.title, 'newest 30 min old · RPO 2 h · checked 5 min ago · re-check');
    assert.equal(lens.command, 'drillbook.refreshDrift');
  });

  it('says that the RPO is missed', () => {
    const found = commands([seen('primary', 'aws/rds-instance', 'ledger-prod', { latestRestorable: minutesAgo(180) })]);
    assert.ok(found.some(({ title }) => title === 'newest 3 h old · RPO 2 h · over · checked 5 min ago · re-check'));
  });

  it('takes the newest finished point of its own source in a vault', () => {
    const point = (resource: string, status: string, minutes: number) => ({
      arn: 'arn:aws:backup:x',
      resource,
      status,
      createdAt: minutesAgo(minutes),
    });
    const found = commands([
      seen('primary', 'aws/rds-instance', 'ledger-prod', {}),
      seen('points', 'aws/recovery-points', 'daily-vault', {
        points: [
          point('arn:aws:rds:eu-west-1:123456789012:db:ledger-prod', 'COMPLETED', 90),
          point('arn:aws:rds:eu-west-1:123456789012:db:ledger-prod', 'PARTIAL', 10),
          point('arn:aws:rds:eu-west-1:123456789012:db:other', 'COMPLETED', 20),
        ],
      }),
    ]);
    assert.ok(
      found.some(({ title }) => title.startsWith('newest 90 min old') || title.startsWith('newest 1 h old')),
      found.map(({ title }) => title).join('\n'),
    );
  });

  it('offers to look where nothing is known, without restoring anything', () => {
    const lens = commands([]).find(({ title }) => title.startsWith('newest'));
    assert.equal(lens?.title, 'newest not looked at yet · RPO 2 h · look (level 1)');
    assert.equal((lens.arguments?.[0] as { level?: number }).level, 1);
  });

  it('knows a fact that could not be read for no age', () => {
    const denied = seen('primary', 'aws/rds-instance', 'ledger-prod', {});
    const facts = { latestRestorable: { unknown: { reason: 'denied' as const, detail: 'access was denied' } } };
    const observation = { ...denied.observation, facts } as LiveResource['observation'];
    assert.ok(!commands([{ ...denied, observation }]).some(({ title }) => /newest .* old/u.test(title)));
  });
});

describe('the lens of a dry run', () => {
  const title = (entries: readonly EvidenceEntry[]): string =>
    commands([], entries).find(({ command }) => command === 'drillbook.dryRun')?.title ?? '';

  it('still says when the backup was last really restored, after a run that only looked', () => {
    assert.match(title([run(3, 5), run(1, 1)]), /last passed 24 h ago at level 1 · restore passed 5 days ago$/);
    assert.match(title([run(3, 9, { result: 'failed' }), run(1, 1)]), / · restore failed 9 days ago$/);
  });

  it('says that it was never restored where it only ever looked', () => {
    assert.match(title([run(1, 1)]), / · never restored$/);
    assert.doesNotMatch(title([run(3, 1)]), /never restored/);
  });

  it('leaves restores of a scenario out', () => {
    const { context } = contextAt(TEXT, { file: FILE });
    assert.equal(dryRunsOf(context.entries[0]!, context.workspace, context.evidence).length, 1);
    assert.match(title([run(3, 2, { scenario: 'role-denied' }), run(1, 1)]), / · never restored$/);
  });
});
