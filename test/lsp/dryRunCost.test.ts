/** Level 4 costs money: the estimate comes before, nothing starts without a limit, and the limit reaches the run. */
import assert from 'node:assert/strict';
import type { ServerDependencies } from '../../server/src/lsp/dependencies.ts';
import { dryRunArguments } from '../../server/src/lsp/dryRunProcess.ts';
import type { DryRunResponse } from '../../server/src/protocol.ts';
import { startClient, type TestClient } from '../support/languageClient.ts';

const URI = 'file:///work%20space/ledger.runbook.yaml';
const TEXT = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: ledger }
environment: cloud
resources:
  primary: { kind: aws/rds-instance, id: ledger-prod }
backups:
  own: { of: primary, tool: rds-snapshot, schedule: "0 2 * * *" }
restore: { rpo: 2h, rto: 1h }
dryRuns:
  monthly: { backup: own, level: 4, timeout: 2h, sandbox: { use: away } }
`;
const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: cloud }
aws: { account: "123456789012", regions: [eu-west-1] }
sandboxes:
  away: { kind: cloud, class: db.t4g.medium }
prices:
  asOf: 2026-11-01
  "rds:db.t4g.medium per hour": 0.10 USD
  "rds:storage per GiB month": 0.20 USD
`;

describe('a dry run at level 4', () => {
  let client: TestClient | undefined;
  let started: Parameters<NonNullable<ServerDependencies['startDryRun']>>[0][] = [];
  afterEach(async () => {
    await client?.close();
    client = undefined;
    started = [];
  });

  async function ask(more: object, bytes?: number): Promise<DryRunResponse> {
    const at = '2026-11-20T10:00:00.000Z';
    client = await startClient({
      files: { 'ledger.runbook.yaml': TEXT, 'cloud.environment.yaml': ENVIRONMENT },
      initialize: { initializationOptions: { trusted: true, liveOnOpen: false, showsReports: true } },
      dependencies: {
        readEvidence: () =>
          Promise.resolve({
            problems: [],
            entries:
              bytes === undefined
                ? []
                : [
                    {
                      id: '1',
                      runbook: 'ledger',
                      dryRun: 'monthly',
                      level: 1,
                      result: 'passed' as const,
                      proves: 'backup' as const,
                      startedAt: at,
                      finishedAt: at,
                      backup: { id: 'x', bytes },
                    },
                  ],
          }),
        startDryRun: (start) => {
          started.push(start);
          return Promise.resolve({ result: 'passed', message: 'It came back.' });
        },
      },
    });
    client.open(URI, TEXT);
    await client.diagnostics(URI);
    return client.request<DryRunResponse>('workspace/executeCommand', {
      command: 'drillbook.dryRun',
      arguments: [{ uri: URI, runbook: 'ledger', name: 'monthly', ...more }],
    });
  }

  it('is estimated from the last seen size and the prices, before anything is agreed to', async () => {
    const response = await ask({}, 20 * 1024 ** 3);
    assert.ok('plan' in response, JSON.stringify(response));
    assert.match(
      response.plan.estimate ?? '',
      /^Estimated to cost at most 0\.\d+ USD \(2\.0 h of db\.t4g\.medium, 20 GiB/u,
    );
  });

  it('says what the cost depends on where that is not known yet', async () => {
    const response = await ask({});
    assert.ok('plan' in response);
    assert.match(response.plan.estimate ?? '', /depends on the size of the backup/);
  });

  it('says nothing of money at a level that costs none', async () => {
    const response = await ask({ level: 1 });
    assert.ok('plan' in response);
    assert.equal(response.plan.estimate, undefined);
  });

  it('is not started without a limit, even where it was confirmed', async () => {
    const response = await ask({ confirmed: true });
    assert.equal(response.status, 'refused');
    assert.match('message' in response ? response.message : '', /maxCost/);
    assert.deepEqual(started, []);
  });

  it('refuses a limit that is no amount of money', async () => {
    const response = await ask({ confirmed: true, maxCost: 'twenty' });
    assert.equal(response.status, 'refused');
    assert.match('message' in response ? response.message : '', /"twenty" is no amount of money/);
    assert.deepEqual(started, []);
  });

  it('hands the limit on to the run', async () => {
    const response = await ask({ confirmed: true, maxCost: '20 USD' });
    assert.equal(response.status, 'passed', JSON.stringify(response));
    const [start] = started;
    assert.ok(start);
    const given = dryRunArguments(start);
    assert.deepEqual(given.slice(given.indexOf('--max-cost'), given.indexOf('--max-cost') + 2), [
      '--max-cost',
      '20 USD',
    ]);
    assert.deepEqual(given.slice(given.indexOf('--level'), given.indexOf('--level') + 2), ['--level', '4']);
  });
});
