/** How policy rules judge places, roles, windows and measured times, and that one fault is one finding. */
import assert from 'node:assert/strict';
import type { EvidenceEntry } from '../../../../server/src/core/rules/rule.ts';
import { RULES } from '../../../../server/src/core/rules/table.ts';
import { findingsOf } from '../../../support/ruleExamples.ts';

async function messages(yaml: string, code: string, records: readonly EvidenceEntry[] = []): Promise<string[]> {
  const found = await findingsOf({ yaml, records, codeOwners: undefined }, RULES);
  return found.filter((finding) => finding.code === code).map(({ message }) => message);
}

function passed(given: Partial<EvidenceEntry>): EvidenceEntry {
  const at = '2026-11-20T10:00:00Z';
  const run = { id: 'r', runbook: 'orders-db', level: 3, result: 'passed', proves: 'backup' } as const;
  return { ...run, dryRun: 'orders', startedAt: at, finishedAt: at, elapsedMs: 600_000, ...given };
}

/** Without a dry run: a drill is none. */
function drill(given: Partial<EvidenceEntry>): EvidenceEntry {
  const { dryRun: _, ...record } = passed({ level: 5, ...given });
  return record;
}

describe('policy judgements of places and measures', () => {
  const database = (account: string): string =>
    `kind: Runbook\nresources:\n  primary: { kind: database/postgres, id: orders, account: ${account}, region: null }\n`;

  it('find a database that no cloud names in the account of its copies', async () => {
    assert.equal((await messages(database('backup'), 'policy/separate-account')).length, 1);
    assert.deepEqual(await messages(database('prod'), 'policy/separate-account'), []);
    assert.deepEqual(await messages(database('elsewhere'), 'policy/separate-account'), []);
  });

  it('take a role by its ARN for the role of that name', async () => {
    const operator = (arn: string): string =>
      `kind: Runbook\nresources:\n  operator: { kind: aws/iam-role, id: "${arn}", account: null }\n`;
    const arn = 'arn:aws:iam::123456789012:role/orders-backup';
    assert.equal((await messages(operator(arn), 'practice/shared-role')).length, 1);
    assert.deepEqual(await messages(operator(arn.replace('1234', '9999')), 'practice/shared-role'), []);
  });

  it('say once that a bucket is open, whatever lies in it', async () => {
    const open = await messages(
      'kind: Runbook\nresources:\n  vault: { expect: { encryption: none } }\nbackups:\n  hourly-dr: { in: { bucket: vault } }\n',
      'policy/encrypted',
    );
    assert.equal(open.length, 1);
    assert.match(open[0] ?? '', /^Backups hourly and hourly-dr lie unencrypted: /);
  });

  it('say once that the environment reads no metrics', async () => {
    const health = '{ health: { metric: m, alert: a } }';
    const yaml = `kind: Environment\nmetrics: null\n---\nkind: Runbook\nbackups:\n  hourly: ${health}\n  hourly-dr: ${health}\n`;
    assert.equal((await messages(yaml, 'policy/health-unreadable')).length, 1);
  });

  it('take the window of a continuous backup for how long it is kept', async () => {
    const window = (days: string, more = ''): string =>
      `kind: Runbook\nbackups:\n  hourly: null\n  hourly-dr: null\n  wal: { of: primary, tool: pgbackrest, in: { stanza: o }, continuous: { lag: "<=8h", window: ${days} } }\n${more}`;
    assert.deepEqual(await messages(window('7d'), 'policy/retention'), [
      'Backup wal of primary is kept 7d, but class customer-critical of policy acme asks for 35d: keep it that long.',
    ]);
    assert.deepEqual(await messages(window('40d'), 'policy/retention'), []);
    const copy = '  copy: { copyOf: wal, in: { bucket: vault } }\n';
    assert.deepEqual(await messages(window('7d', copy), 'policy/retention'), [], 'the copy inherits 35d');
    assert.match((await messages(window('40d'), 'policy/rpo-lag'))[0] ?? '', /may lag 8h behind/);
  });

  it('measure the RTO by the slowest of what passed last, drills included', async () => {
    const hours = (count: number): Partial<EvidenceEntry> => ({ elapsedMs: count * 3_600_000 });
    const measured = (...records: EvidenceEntry[]): Promise<string[]> =>
      messages('kind: Runbook\n', 'policy/rto-measured', records);
    assert.match((await measured(passed({}), drill(hours(2))))[0] ?? '', /^The drill of 2026-11-20 took 2h, /);
    const earlier = '2026-11-01T10:00:00Z';
    assert.deepEqual(await measured(passed({ ...hours(3), finishedAt: earlier }), passed({})), []);
    assert.deepEqual(await measured(passed({ ...hours(3), dryRun: 'gone' })), []);
    assert.deepEqual(await measured(drill({ ...hours(2), result: 'failed' })), []);
  });

  it('hold what a drill and a dry run took against the budget', async () => {
    const minute = 60_000;
    const effort = (minutes: number): Partial<EvidenceEntry> => ({
      spent: { effort: { total: minutes * minute, largest: { item: 'cutover', amount: (minutes - 5) * minute } } },
    });
    const cost = (total: number, currency = 'USD'): Partial<EvidenceEntry> => ({
      spent: {
        cost: {
          total,
          currency,
          atLeast: true,
          pricesAsOf: '2026-11-01',
          largest: { item: 'transfer', amount: total - 20 },
        },
      },
    });
    const measured = (...records: EvidenceEntry[]): Promise<string[]> =>
      messages('kind: Runbook\n', 'policy/budget-measured', records);
    assert.deepEqual(await measured(drill(effort(45)), passed(effort(20))), [
      "The drill of 2026-11-20 took 45m of people's time, the largest part for cutover (40m), more than the effort budget of 15m: script some of it, or raise the budget.",
    ]);
    assert.deepEqual(await measured(passed(cost(620.5))), [
      'The restore of 2026-11-20 cost at least 620.50 USD by prices of 2026-11-01, the largest part for transfer (600.50 USD), more than the cost budget of 500 USD: restore from where reading costs less, or raise the budget.',
    ]);
    assert.deepEqual(await measured(drill(effort(15)), passed(cost(500))), []);
    assert.deepEqual(await measured(passed(cost(9000, 'EUR'))), [], 'another currency is not compared');
    assert.deepEqual(await measured(drill({ ...effort(45), result: 'failed' })), [], 'evidence/failed says it');
    const earlier = '2026-11-01T10:00:00Z';
    assert.deepEqual(await measured(drill({ ...effort(45), finishedAt: earlier }), drill(effort(10))), []);
    const planned = 'kind: Runbook\nrestore: { steps: [{ id: all, manual: Do it., effort: 40m }] }\n';
    assert.deepEqual(await messages(planned, 'policy/budget-measured', [drill(effort(45))]), [], 'the steps say it');
  });

  it('say that what restore tests cost in another currency can not be held against the bound', async () => {
    const policy =
      'kind: Policy\nclasses: { customer-critical: { verify: { restoreTest: { every: 30d, costPerMonth: 1 USD } } } }\n';
    const prices = (price: string): string =>
      `${policy}---\nkind: Environment\nprices: { "egress per GiB": ${price} }\n`;
    const size = (gib: number): EvidenceEntry[] => [passed({ backup: { id: 'o', bytes: gib * 2 ** 30 } })];
    assert.deepEqual(await messages(prices('0.09 EUR'), 'policy/verify-cost', size(50)), [
      "Restoring 50.0 GiB every 30d costs about 4.50 EUR a month, which can't be held against the 1 USD that class customer-critical of policy acme allows: give the prices of environment production in USD.",
    ]);
    assert.match((await messages(prices('0.09 USD'), 'policy/verify-cost', size(50)))[0] ?? '', /more than the 1 USD/);
    assert.deepEqual(await messages(prices('0.09 EUR'), 'policy/verify-cost', size(0)), []);
  });

  it('name the kind of a sandbox as people do', async () => {
    const into = (sandbox: string): string =>
      `kind: Environment\nsandboxes: { shared: ${sandbox} }\n---\nkind: Policy\nclasses: { customer-critical: { restoreIn: [workstation] } }\n---\nkind: Runbook\ndryRuns: { orders: { sandbox: { engine: null, version: null, use: shared } } }\n`;
    const said = async (sandbox: string): Promise<string> =>
      (await messages(into(sandbox), 'policy/restore-in'))[0]?.split(', but')[0] ?? '';
    const start = 'Dry run orders restores into sandbox shared, ';
    assert.equal(await said('{ kind: kubernetes, namespace: drills }'), `${start}a namespace of Kubernetes`);
    assert.equal(await said('{ kind: server, host: scratch.internal }'), `${start}a server`);
  });

  it('offer to raise a budget only as far as the class allows', async () => {
    const fixes = async (budget: string): Promise<readonly string[]> => {
      const yaml = `kind: Runbook\nrestore: { budget: { effort: ${budget} } }\n`;
      const records = [drill({ spent: { effort: { total: 12.5 * 60_000 } } })];
      const found = await findingsOf({ yaml, records, codeOwners: undefined }, RULES);
      return found
        .filter(({ code }) => code === 'policy/budget-measured')
        .flatMap((finding) => (finding.fixes ?? []).map(({ title }) => title));
    };
    assert.deepEqual(await fixes('10m'), ['Raise the budget to 13m']);
    assert.deepEqual(await fixes('15m'), []);
  });

  it('count the way out of an archive in the RTO', async () => {
    const steps = async (yaml: string, ...records: EvidenceEntry[]): Promise<string[]> =>
      await messages(`kind: Runbook\n${yaml}`, 'policy/rto-steps', records);
    const both = (more: string): string => `backups:\n  hourly: ${more}\n  hourly-dr: ${more}\n`;
    const glacier = '{ in: { storageClass: GLACIER } }';
    assert.deepEqual(await steps(both(glacier)), [
      'Steps freeze, fetch, load and cutover may take 50m together after 5h to get hourly out of GLACIER, longer than the RTO of 1h: keep the newest backup where it can be read at once, or accept a longer RTO.',
    ]);
    assert.deepEqual(await steps(both('{ in: { storageClass: GLACIER_IR } }')), []);
    assert.match((await steps(both('{ retrieval: 20m }')))[0] ?? '', /50m together after 20m to get hourly to hand/);
    assert.deepEqual(await steps(both('{ retrieval: 5m }')), []);
    const unnamed = 'restore: { steps: [{ id: a, run: ./restore.sh, timeout: 30m }] }\n';
    assert.deepEqual(await steps(`backups:\n  hourly-dr: ${glacier}\n${unnamed}`), [], 'the other one opens at once');
    const seen = (storageClass: string): EvidenceEntry => passed({ backup: { id: 'x', storageClass } });
    assert.match((await steps('', seen('DEEP_ARCHIVE')))[0] ?? '', /after 12h to get hourly out of DEEP_ARCHIVE/);
    assert.deepEqual(await steps('', seen('STANDARD')), []);
    const asked =
      'restore:\n  rto: 7h\n  steps: [{ id: thaw, run: aws s3api restore-object --bucket b --key k && ./wait.sh, timeout: 6h }, { id: a, run: "./load ${{ backups.hourly.latest.uri }}", timeout: 30m }]\n';
    assert.deepEqual(await steps(both(glacier) + asked), [], 'the step has waited');
    assert.match((await steps(`${both(glacier)}restore: { steps: [] }\n`))[0] ?? '', /^It may take 5h to get /);
  });

  it('know what kind of sandbox the environment means by its name', async () => {
    const level = (kind: string): Promise<string[]> =>
      messages(
        `kind: Policy\nclasses:\n  customer-critical: { verify: { restoreTest: { every: 30d, level: 4 } } }\n---\nkind: Environment\nsandboxes:\n  lab: { kind: ${kind} }\n---\nkind: Runbook\ndryRuns:\n  orders: { sandbox: { use: lab, engine: null, version: null } }\n`,
        'policy/restore-test-level',
      );
    assert.match(
      (await level('server'))[0] ?? '',
      /reaches level 3, .* asks for level 4: give it a sandbox of kind cloud/,
    );
    assert.deepEqual(await level('cloud'), []);
  });

  it('mark the name of a runbook that relies on replication by its class alone', async () => {
    const yaml =
      'kind: Policy\nclasses:\n  customer-critical: { strategy: replication }\n---\nkind: Runbook\nreplica: null\n';
    const found = await findingsOf({ yaml, records: [], codeOwners: undefined }, RULES);
    for (const code of ['policy/strategy', 'policy/replication-lag'])
      assert.deepEqual(found.find((each) => each.code === code)?.path, ['metadata', 'name'], code);
  });

  it('name the key that mends a step without a timeout, and what gives way to a late copy', async () => {
    const step = 'kind: Runbook\nrestore:\n  steps:\n    - { id: a, run: ./restore.sh }\n';
    assert.deepEqual(await messages(step, 'practice/no-timeout'), [
      'Step a has no timeout, so it may hang unseen: add timeout with what it may take of the 1h that the RTO gives.',
    ]);
    const late = 'kind: Runbook\nbackups:\n  hourly-dr: { within: 3h }\n';
    assert.match((await messages(late, 'policy/rpo-copy'))[0] ?? '', /: copy sooner, or accept a longer RPO\.$/);
  });

  it('name what a health lacks, and count one runbook as one', async () => {
    assert.match(
      (await messages('kind: Runbook\nbackups:\n  hourly: { health: null }\n', 'policy/health'))[0] ?? '',
      /names no health metric or alert,/,
    );
    assert.match(
      (await messages('kind: Policy\nappliesTo: [nowhere/**]\n', 'policy/applies-to-nothing'))[0] ?? '',
      /fits not the one runbook there is,/,
    );
  });
});
