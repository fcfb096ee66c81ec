/** Cadence from evidence: what counts, from when it is due, what failed, and what has changed since it was proven. */
import assert from 'node:assert/strict';
import { cadenceOf, restoreFingerprint } from '../../../server/src/core/recovery/cadence.ts';
import { sha256 } from '../../../server/src/core/recovery/sha256.ts';
import type { EvidenceEntry } from '../../../server/src/core/rules/rule.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const RUNBOOK = {
  metadata: { name: 'orders' },
  backups: { nightly: { tool: 'pg_dump' } },
  dryRuns: { full: { backup: 'nightly' } },
};
const CLASS = { verify: { restoreTest: { every: '30d', level: 3 }, drill: { every: '90d' } } };

function record(given: Partial<EvidenceEntry>): EvidenceEntry {
  const at = given.finishedAt ?? '2026-11-20T00:00:00Z';
  return {
    id: at,
    runbook: 'orders',
    dryRun: 'full',
    level: 3,
    result: 'passed',
    proves: 'backup',
    startedAt: at,
    finishedAt: at,
    ...given,
  };
}
const states = (...entries: EvidenceEntry[]): string[] =>
  cadenceOf(RUNBOOK, CLASS, { entries }, NOW).layers.map((layer) => `${layer.layer} ${layer.state}`);

describe('cadence', () => {
  it('is overdue where there is no evidence at all', () => {
    assert.deepEqual(states(), ['restore-test never', 'drill never']);
  });

  it('is current, due soon and overdue by the age of the last pass', () => {
    assert.equal(states(record({ finishedAt: '2026-11-20T00:00:00Z' }))[0], 'restore-test current');
    assert.equal(states(record({ finishedAt: '2026-10-25T00:00:00Z' }))[0], 'restore-test due-soon');
    assert.equal(states(record({ finishedAt: '2026-10-20T00:00:00Z' }))[0], 'restore-test overdue');
  });

  it('counts neither a lesser level, nor a failure, a scenario, another dry run, another runbook or the future', () => {
    for (const given of [
      { level: 2 },
      { result: 'failed' as const },
      { result: 'inconclusive' as const },
      { scenario: 'newest-corrupt' },
      { dryRun: 'other' },
      { runbook: 'payments' },
      { finishedAt: '2026-12-24T00:00:00Z' },
      { level: 5 },
    ]) {
      assert.equal(states(record(given))[0], 'restore-test never', JSON.stringify(given));
    }
  });

  it('counts level 4 as 3, and a drill as a drill only', () => {
    assert.equal(states(record({ level: 4 }))[0], 'restore-test current');
    assert.deepEqual(states(record({ level: 5 })), ['restore-test never', 'drill current']);
  });

  it('holds the checksum to a cadence of its own where the class gives it one', () => {
    const layers = (checksum: unknown, ...entries: EvidenceEntry[]) =>
      cadenceOf(RUNBOOK, { verify: { checksum } }, { entries }, NOW).layers.map(
        (each) => `${each.layer} ${each.state}`,
      );
    assert.deepEqual(layers('every-backup'), []);
    assert.deepEqual(layers({ every: '7d' }), ['checksum never']);
    assert.deepEqual(layers({ every: '7d' }, record({ level: 1 })), ['checksum never']);
    assert.deepEqual(layers({ every: '7d' }, record({ level: 2 })), ['checksum current']);
    assert.deepEqual(layers({ every: '7d' }, record({ level: 3, finishedAt: '2026-11-01T00:00:00Z' })), [
      'checksum overdue',
    ]);
  });

  it('asks for proof of the runbook where the class does', () => {
    const proves = { verify: { restoreTest: { every: '30d', proves: 'runbook' } } };
    const layer = (given: Partial<EvidenceEntry>) =>
      cadenceOf(RUNBOOK, proves, { entries: [record(given)] }, NOW).layers[0]?.state;
    assert.equal(layer({}), 'never');
    assert.equal(layer({ proves: 'runbook' }), 'current');
  });

  it('asks for that no dry run which can’t give it, where another of the same backups can', () => {
    const proves = { verify: { restoreTest: { every: '30d', proves: 'runbook' } } };
    const dryRuns = {
      full: { backup: 'nightly' },
      steps: { backup: 'nightly', steps: true },
      other: { backups: ['nightly', 'weekly'] },
    };
    const layers = cadenceOf({ ...RUNBOOK, dryRuns }, proves, { entries: [] }, NOW).layers;
    assert.deepEqual(
      layers.map((each) => each.dryRun),
      ['steps', 'other'],
    );
  });

  it('knows what failed last, and forgets it once it passes; inconclusive runs decide nothing', () => {
    const failed = (...entries: EvidenceEntry[]) => cadenceOf(RUNBOOK, CLASS, { entries }, NOW).failed.length;
    const failure = record({ result: 'failed', finishedAt: '2026-11-10T00:00:00Z' });
    assert.equal(failed(failure), 1);
    assert.equal(failed(failure, record({ finishedAt: '2026-11-11T00:00:00Z' })), 0);
    assert.equal(failed(failure, record({ result: 'inconclusive', finishedAt: '2026-11-11T00:00:00Z' })), 1);
    assert.equal(failed(failure, record({ scenario: 'slow-store', finishedAt: '2026-11-11T00:00:00Z' })), 1);
    assert.equal(failed(record({ result: 'failed', dryRun: 'gone' })), 0, 'a dry run that the runbook no longer has');
  });

  it('needs a new verification when the restore sections changed, and only then', () => {
    const changed = (fingerprint: string | undefined) =>
      cadenceOf(
        RUNBOOK,
        CLASS,
        { entries: [record(fingerprint === undefined ? {} : { restoreFingerprint: fingerprint })] },
        NOW,
      ).needsVerify.length;
    assert.equal(changed(restoreFingerprint(RUNBOOK)), 0);
    assert.equal(changed('of something else'), 1);
    assert.equal(changed(undefined), 0, 'an old record that has none claims nothing');
  });

  it('needs a new verification when a later run saw another version of the backup tool', () => {
    const made = (day: string, toolVersion: string, more: Partial<EvidenceEntry> = {}) =>
      record({
        finishedAt: `2026-11-${day}T02:00:00Z`,
        backup: { id: day, time: `2026-11-${day}T01:00:00Z`, toolVersion },
        ...more,
      });
    const changes = (...entries: EvidenceEntry[]) =>
      cadenceOf(RUNBOOK, CLASS, { entries }, NOW).needsVerify.flatMap((each) => each.changes);
    const pass = made('10', 'pg_dump 15.4');
    assert.deepEqual(changes(pass, made('12', 'pg_dump 16.3', { level: 1 })), [
      'the backup tool was pg_dump 15.4 and is pg_dump 16.3',
    ]);
    assert.deepEqual(changes(pass, made('12', 'pg_dump 16.3')), [], 'it has passed with the new one');
    assert.deepEqual(changes(pass, made('12', 'pg_dump 15.4', { level: 1 })), []);
    const older = { id: 'old', time: '2026-11-01T01:00:00Z', toolVersion: 'pg_dump 14.1' };
    assert.deepEqual(
      changes(pass, made('12', '', { level: 1, backup: older })),
      [],
      'an older backup, looked at later',
    );
  });

  it('needs a new verification when a later run saw other live facts than those that were proven', () => {
    const saw = (day: string, facts: Record<string, string>, more: Partial<EvidenceEntry> = {}) =>
      record({ finishedAt: `2026-11-${day}T00:00:00Z`, facts, ...more });
    const changes = (...entries: EvidenceEntry[]) =>
      cadenceOf(RUNBOOK, CLASS, { entries }, NOW).needsVerify.flatMap((each) => each.changes);
    const pass = saw('10', { 'primary.version': '15.4', 'primary.storageEncrypted': 'true' });
    const failed = { result: 'failed' as const, dryRun: 'other' };
    assert.deepEqual(changes(pass, saw('12', { 'primary.version': '15.9', 'new.fact': 'x' }, failed)), [
      'primary.version was 15.4 and is 15.9',
    ]);
    assert.deepEqual(changes(pass, saw('12', { 'primary.version': '15.4' }, failed)), []);
    assert.deepEqual(changes(pass, saw('12', { 'primary.version': '15.9' })), [], 'it has passed on the new one');
    assert.deepEqual(changes(saw('9', { 'primary.version': '14.1' }, failed), pass), [], 'seen before the pass');
  });

  it('survives any shape', () => {
    for (const value of [undefined, null, 7, 'x', [], { metadata: 3, dryRuns: [1], backups: null }]) {
      assert.doesNotThrow(() =>
        cadenceOf(value, value, { entries: [record({ finishedAt: 'never', startedAt: '' })] }, NOW),
      );
    }
  });
});

describe('restore fingerprint', () => {
  const base = {
    metadata: { name: 'orders', title: 'Orders', reviewedOn: '2026-01-01' },
    resources: { db: { kind: 'database/postgres', id: 'db', expect: { version: '15' } } },
    backups: { nightly: { of: 'db', tool: 'pg_dump', schedule: '0 1 * * *', retention: '35d', in: { folder: 'x' } } },
    restore: { rto: '1h', steps: [{ id: 'load', run: 'pg_restore  \nanalyze', timeout: '10m' }] },
  };

  it('stays when titles, dates, objectives, schedules, timeouts, key order and trailing white space change', () => {
    const other = {
      restore: { steps: [{ timeout: '1h', run: 'pg_restore\r\nanalyze', id: 'load' }], rto: '4h' },
      backups: { nightly: { in: { folder: 'x' }, tool: 'pg_dump', of: 'db', schedule: '0 2 * * *', retention: '7d' } },
      resources: { db: { expect: { version: '15' }, id: 'db', kind: 'database/postgres' } },
      metadata: { name: 'orders', title: 'The orders', reviewedOn: '2026-11-01' },
    };
    assert.equal(restoreFingerprint(other), restoreFingerprint(base));
  });

  it('changes with a step, an expectation, the order of steps, or how a backup is read', () => {
    const all = new Set(
      [
        base,
        { ...base, restore: { steps: [{ id: 'load', run: 'psql' }] } },
        { ...base, resources: { db: { ...base.resources.db, expect: { version: '16' } } } },
        { ...base, backups: { nightly: { ...base.backups.nightly, tool: 'restic' } } },
        {
          ...base,
          restore: {
            steps: [
              { id: 'a', run: 'x' },
              { id: 'b', run: 'y' },
            ],
          },
        },
        {
          ...base,
          restore: {
            steps: [
              { id: 'b', run: 'y' },
              { id: 'a', run: 'x' },
            ],
          },
        },
      ].map(restoreFingerprint),
    );
    assert.equal(all.size, 6);
  });

  it('is SHA-256', () => {
    assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(sha256('é😀'.repeat(100)).length, 64);
    assert.match(restoreFingerprint(undefined), /^[0-9a-f]{64}$/u);
  });
});
