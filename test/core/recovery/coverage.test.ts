/** Coverage: covered means backed up and restored; what could not be listed is said; a baseline accepts gaps for a while. */
import assert from 'node:assert/strict';
import { coverage, coverageStatus, renderCoverage } from '../../../server/src/app/coverage.ts';
import { parse } from '../../../server/src/core/document/parse.ts';
import type { Inventory, LiveStore } from '../../../server/src/core/ports.ts';
import type { CoverageReport } from '../../../server/src/core/recovery/coverage.ts';
import type { EvidenceEntry } from '../../../server/src/core/rules/rule.ts';
import { buildWorkspace } from '../../../server/src/core/workspaceIndex.ts';
import { exampleFiles } from '../../support/ruleExamples.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const AT = '2026-11-22T11:59:00Z';
const PASS: EvidenceEntry = {
  id: '1',
  runbook: 'orders-db',
  dryRun: 'orders',
  level: 3,
  result: 'passed',
  proves: 'backup',
  startedAt: AT,
  finishedAt: AT,
};

function store(kind: string, id: string, more: Partial<LiveStore> = {}): LiveStore {
  return { kind, id, region: 'eu-west-1', account: '123456789012', source: 'live', at: AT, ...more };
}

async function report(
  resources: readonly LiveStore[],
  options: { records?: EvidenceEntry[]; baseline?: string; unchecked?: boolean; yaml?: string } = {},
): Promise<CoverageReport> {
  const files = await exampleFiles({ yaml: options.yaml ?? 'kind: None', records: [], codeOwners: undefined });
  const workspace = buildWorkspace(files.map(({ file, text }) => ({ file, parsed: parse(text) })));
  const denied = {
    what: 'aws/dynamodb-table',
    account: '123456789012',
    region: 'eu-central-1',
    unknown: { reason: 'denied' as const, detail: 'Not allowed to list tables.', permission: 'dynamodb:ListTables' },
  };
  const inventory: Inventory = {
    list: () => Promise.resolve({ resources, unchecked: options.unchecked === true ? [denied] : [] }),
  };
  return coverage(workspace, {
    inventory,
    evidence: { entries: options.records ?? [], problems: [] },
    now: NOW,
    signal: new AbortController().signal,
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
  });
}
const stateOf = async (each: LiveStore, options: Parameters<typeof report>[1] = {}): Promise<string | undefined> =>
  (await report([each], options)).rows[0]?.state;

describe('coverage', () => {
  it('knows the instance behind the host of a database, and offers no command that there is not', async () => {
    const host = 'shop-1.c9akciq32.eu-west-1.rds.amazonaws.com';
    const yaml = `kind: Environment\ndatabases: { shop: { engine: postgres, host: ${host}, user: u } }\n---\nkind: Runbook\nresources: { primary: { kind: database/postgres, id: shop, region: null, account: null, expect: { version: "15" } } }\n`;
    const stores = [store('aws/rds-instance', 'shop-1'), store('terraform/aws_efs_file_system', 'fs-1')];
    const { rows } = await report(stores, { records: [PASS], yaml });
    assert.deepEqual(
      rows.map(({ id, state, command }) => [id, state, command]),
      [
        ['fs-1', 'uncovered', undefined],
        ['shop-1', 'covered', undefined],
      ],
    );
    assert.match(rows[0]?.why ?? '', /^no runbook can name it/u);
  });

  it('is covered only when a backup is declared and a dry run of it has passed', async () => {
    assert.equal(await stateOf(store('aws/rds-instance', 'orders-prod'), { records: [PASS] }), 'covered');
    assert.equal(await stateOf(store('aws/rds-instance', 'orders-prod')), 'untested');
    assert.equal(
      await stateOf(store('aws/rds-instance', 'orders-prod'), { records: [{ ...PASS, level: 2 }] }),
      'untested',
    );
    assert.equal(
      await stateOf(store('aws/rds-instance', 'orders-prod'), { records: [{ ...PASS, result: 'failed' }] }),
      'untested',
    );
  });

  it('tells the account and the region apart, and database names by no case', async () => {
    assert.equal(await stateOf(store('aws/rds-instance', 'Orders-Prod'), { records: [PASS] }), 'covered');
    assert.equal(
      await stateOf(store('aws/rds-instance', 'orders-prod', { region: 'us-east-1' }), { records: [PASS] }),
      'uncovered',
    );
    assert.equal(
      await stateOf(store('aws/rds-instance', 'orders-prod', { account: '999999999999' }), { records: [PASS] }),
      'uncovered',
    );
  });

  it('leaves out what holds backups, by use, by tag and by name', async () => {
    assert.equal(await stateOf(store('aws/s3-bucket', 'acme-backups', { account: '210987654321' })), 'left-out');
    assert.equal(await stateOf(store('aws/s3-bucket', 'acme-cloudtrail')), 'left-out');
    assert.equal(
      await stateOf(store('aws/s3-bucket', 'things', { tags: { 'drillbook:ignore': 'made anew nightly' } })),
      'left-out',
    );
    assert.equal(await stateOf(store('aws/s3-bucket', 'catalogs')), 'uncovered', 'a word that only ends like logs');
  });

  it('gives the command that writes a first runbook', async () => {
    const { rows } = await report([store('aws/dynamodb-table', 'carts')]);
    assert.equal(rows[0]?.command, 'drillbook init --from-live aws/dynamodb-table carts');
  });

  it('never says that all is covered where something could not be listed', async () => {
    const seen = await report([store('aws/rds-instance', 'orders-prod')], { records: [PASS], unchecked: true });
    assert.equal(coverageStatus(seen), 3);
    assert.match(renderCoverage(seen, 'text'), /could not be listed.*[\s\S]*dynamodb:ListTables/u);
    assert.match(renderCoverage(seen, 'markdown'), /## Not checked/u);
    assert.equal(coverageStatus(await report([store('aws/rds-instance', 'orders-prod')], { records: [PASS] })), 0);
    assert.equal(coverageStatus(await report([store('aws/s3-bucket', 'uploads')], { unchecked: true })), 1);
  });

  it('accepts a gap until its day, and says when that has passed or is idle', async () => {
    const baseline = (until: string): string =>
      JSON.stringify({
        version: 1,
        accept: [{ kind: 'aws/s3-bucket', id: 'uploads', reason: 'moved in March', until }],
      });
    assert.equal(await stateOf(store('aws/s3-bucket', 'uploads'), { baseline: baseline('2026-11-22') }), 'accepted');
    const untested = baseline('2027-01-01')
      .replace('aws/s3-bucket', 'aws/rds-instance')
      .replace('uploads', 'orders-prod');
    assert.equal(await stateOf(store('aws/rds-instance', 'orders-prod'), { baseline: untested }), 'accepted');
    const late = await report([store('aws/s3-bucket', 'uploads')], { baseline: baseline('2026-11-01') });
    assert.equal(late.rows[0]?.state, 'uncovered');
    assert.match(late.baseline[0] ?? '', /which has passed/u);
    assert.match((await report([], { baseline: baseline('2027-01-01') })).baseline[0] ?? '', /no gap any more/u);
    assert.match(
      (await report([], { baseline: '{ version: 1, accept: [{ kind: x, id: y }] }' })).baseline[0] ?? '',
      /needs kind, id, reason and until/u,
    );
  });
});
