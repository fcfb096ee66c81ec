/** How objectives, schedules and copies are judged where the pages' examples don't say: what is inherited, and what is no fault. */
import assert from 'node:assert/strict';
import { POLICY_RULES } from '../../../../server/src/core/rules/policy/table.ts';
import { findingsOf } from '../../../support/ruleExamples.ts';

async function codes(yaml: string): Promise<string[]> {
  return (await findingsOf({ yaml, records: [], codeOwners: undefined }, POLICY_RULES)).map(
    (finding) => `${finding.code} ${finding.path.join('.')}`,
  );
}
const runbook = (yaml: string): Promise<string[]> => codes(`kind: Runbook\n${yaml}`);

describe('policy judgements', () => {
  it('judge the RPO by the best backup of a source', async () => {
    const weekly =
      '  weekly: { of: primary, database: orders, tool: pg_dump, in: { bucket: vault, prefix: w/ }, schedule: "0 3 * * 0", retention: 90d, checksum: sha256, health: { metric: m, alert: a } }\n';
    assert.deepEqual(await runbook(`backups:\n${weekly}`), []);
    assert.deepEqual(await runbook(`backups:\n  hourly: null\n  hourly-dr: null\n${weekly}`), [
      'policy/rpo-schedule backups.weekly.schedule',
      'policy/copies backups.weekly',
      'policy/separate-region backups.weekly',
    ]);
  });

  it('judge each database of a service by itself', async () => {
    const other =
      '  users: { of: primary, database: users, tool: pg_dump, in: { bucket: vault, prefix: u/ }, schedule: "0 3 * * *", retention: 90d, checksum: sha256, immutable: true, health: { metric: m, alert: a } }\n  users-dr: { copyOf: users, in: { bucket: vault-dr }, within: 1h }\n';
    assert.deepEqual(await runbook(`backups:\n${other}`), ['policy/rpo-schedule backups.users.schedule']);
  });

  it('count the time that a backup takes, and uneven schedules by their longest gap', async () => {
    assert.deepEqual(await runbook('backups:\n  hourly: { schedule: "0 */2 * * *", takes: null }\n'), []);
    assert.deepEqual(await runbook('backups:\n  hourly: { schedule: "0 */2 * * *", takes: 1m }\n'), [
      'policy/rpo-schedule backups.hourly.schedule',
    ]);
    assert.deepEqual(await runbook('backups:\n  hourly: { schedule: "0 8-18 * * *", takes: null }\n'), [
      'policy/rpo-schedule backups.hourly.schedule',
    ]);
  });

  it('inherit what the runbook leaves out', async () => {
    assert.deepEqual(await runbook('restore: { rpo: null, rto: null, budget: null }\nrecovery: null\n'), []);
    assert.deepEqual(await runbook('restore: { rpo: null }\nbackups:\n  hourly: { schedule: "0 */6 * * *" }\n'), [
      'policy/rpo-schedule backups.hourly.schedule',
    ]);
    assert.deepEqual(await runbook('backups:\n  hourly: { retention: null }\n'), []);
  });

  it('hold no more against a runbook than its own objective where no policy applies', async () => {
    const free = 'kind: Policy\nclasses: null\n---\nkind: Runbook\ndataClass: null\n';
    assert.deepEqual(await codes(free), []);
    assert.deepEqual(await codes(`${free}restore: { rpo: 30m }\n`), [
      'policy/rpo-schedule backups.hourly.schedule',
      'policy/rpo-copy backups.hourly-dr.within',
    ]);
  });

  it('follow needs: steps side by side take as long as the longest', async () => {
    const steps = (needs: string): string =>
      `restore:\n  steps:\n    - { id: a, run: x, timeout: 40m }\n    - { id: b, run: y, timeout: 40m, needs: [${needs}] }\n`;
    assert.deepEqual(await runbook(steps('')), []);
    assert.deepEqual(await runbook(steps('a')), ['policy/rto-steps restore.rto']);
    assert.deepEqual(
      await runbook(
        'restore:\n  steps:\n    - { id: a, run: x, timeout: 40m, needs: [b] }\n    - { id: b, run: y, timeout: 10m, needs: [a] }\n',
      ),
      [],
      'a circle is the reference rules’ to say',
    );
  });

  it('judge replication by its lag, and not by the backup that stands beside it', async () => {
    const replica = 'strategy: replication\nreplica: vault-dr\n';
    const nightly = 'backups:\n  hourly: { schedule: "0 3 * * *" }\n  hourly-dr: { within: 1d }\n';
    assert.deepEqual(await runbook(`${replica}lag: <=5m\n${nightly}`), []);
    assert.deepEqual(await runbook(`${replica}lag: <=3h\n${nightly}`), ['policy/replication-lag lag']);
  });

  it('claim nothing about places that are not known', async () => {
    assert.deepEqual(await runbook('resources:\n  vault: { account: null }\n  vault-dr: { account: null }\n'), []);
    assert.deepEqual(await runbook('resources:\n  primary: { region: null }\n'), []);
  });

  it('do not compare money of different currencies, and say so', async () => {
    const [other] = await findingsOf(
      { yaml: 'kind: Runbook\nrestore: { budget: { cost: 1 EUR } }\n', records: [], codeOwners: undefined },
      POLICY_RULES,
    );
    assert.match(
      other?.message ?? '',
      /^The cost budget of 1 EUR an incident can't be held against .*: give it in USD\.$/u,
    );
    assert.deepEqual(await runbook('restore: { budget: { cost: 9000 USD } }\n'), ['policy/budget restore.budget.cost']);
  });

  it('hold a mandated class to exactly what it says, and an ephemeral one to nothing', async () => {
    const mandated =
      'kind: Policy\nclasses:\n  card: { mandated: PCI DSS, rpo: 15m }\n---\nkind: Runbook\ndataClass: card\n';
    assert.deepEqual(await codes(mandated), ['policy/rpo restore.rpo']);
    assert.deepEqual(
      await codes(
        'kind: Policy\nclasses:\n  tmp: { ephemeral: true, why: made anew }\n---\nkind: Runbook\ndataClass: tmp\nbackups: null\ndryRuns: null\nrestore: null\n',
      ),
      [],
    );
  });
});
