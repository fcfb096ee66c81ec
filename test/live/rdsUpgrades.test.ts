/** What RDS upgrades to, as its API tells it: moto doesn't know the call, so an answer of its published shape stands in. */
import assert from 'node:assert/strict';
import { CreateDBInstanceCommand, CreateDBSnapshotCommand } from '@aws-sdk/client-rds';
import { driftRequests } from '../../server/src/app/detectDrift.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { findingSpan } from '../../server/src/core/findingSpan.ts';
import { environmentsOf } from '../../server/src/core/drift/environments.ts';
import { permissionsFor } from '../../server/src/live/permissions.ts';
import { aws, environment, runbook } from '../support/aws.ts';
import { queryError, startFaultProxy, type Fault, type FaultProxy } from '../support/faultProxy.ts';
import { driftOf, lookupFor, said, workspaceOf } from '../support/look.ts';
import { useMoto } from '../support/servers.ts';

const version = (engine: string, from: string, ...into: readonly string[]): string =>
  `<DBEngineVersion><Engine>${engine}</Engine><EngineVersion>${from}</EngineVersion><Status>available</Status><ValidUpgradeTarget>${into
    .map(
      (each) =>
        `<UpgradeTarget><Engine>${engine}</Engine><EngineVersion>${each}</EngineVersion><AutoUpgrade>false</AutoUpgrade><IsMajorVersionUpgrade>true</IsMajorVersionUpgrade></UpgradeTarget>`,
    )
    .join('')}</ValidUpgradeTarget></DBEngineVersion>`;

const answer = (versions: string, marker = ''): Fault => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: `<DescribeDBEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBEngineVersionsResult>${marker}<DBEngineVersions>${versions}</DBEngineVersions></DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>`,
});

const PATHS = answer(
  version('postgres', '11.22', '11.22-rds.20241121', '12.22', '13.18', '16.6') +
    version('postgres', '15.4', '15.5', '15.10', '16.6') +
    version('postgres', '16.6', '17.2'),
);

const place = 'region: eu-west-1, account: prod';
const runbookOf = (sandbox: string, steps = '[]'): string =>
  runbook(
    `
old: { kind: aws/rds-instance, id: old, ${place} }
db: { kind: aws/rds-instance, id: orders, ${place} }
`,
    `backups:
  old: { of: old, tool: rds-snapshot, schedule: "0 3 * * *" }
  db: { of: db, tool: rds-snapshot, schedule: "0 3 * * *" }
restore: { steps: ${steps} }
dryRuns:
  one: { backup: old, sandbox: { kind: cloud, engine: postgres, version: "${sandbox}" }, checks: [] }
  two: { backup: db, sandbox: { kind: cloud, engine: postgres, version: "15" }, checks: [] }
`,
  );

describe('what RDS upgrades to', () => {
  const moto = useMoto();
  let proxy: FaultProxy;

  before(async () => {
    proxy = await startFaultProxy(moto().endpoint);
    await moto().reset();
    const { rds } = aws(moto().endpoint);
    for (const [DBInstanceIdentifier, EngineVersion] of [
      ['old', '11.22'],
      ['orders', '15.4'],
    ] as const)
      await rds.send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier,
          EngineVersion,
          DBInstanceClass: 'db.t3.micro',
          Engine: 'postgres',
          AllocatedStorage: 20,
          MasterUsername: 'a',
          MasterUserPassword: 'long-enough',
          BackupRetentionPeriod: 7,
        }),
      );
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'old', DBSnapshotIdentifier: 'old-1' }));
  });
  after(async () => await proxy.stop());

  const asked = (): readonly string[] => proxy.seen.filter((seen) => seen.includes('Action=DescribeDBEngineVersions'));

  const drift = async (text: string, fault: Fault | ((seen: string) => Fault)) => {
    proxy.use((seen) => {
      if (!seen.includes('Action=DescribeDBEngineVersions')) return 'pass';
      return typeof fault === 'function' ? fault(seen) : fault;
    });
    const before = asked().length;
    const result = await driftOf({ 'e.environment.yaml': environment(proxy.url), 'r.runbook.yaml': text });
    return {
      result,
      said: said(result.findings).filter((each) => !/^drift\/(restore-loses|end-of-support) /.test(each)),
      messages: result.findings.map(({ message }) => message).join('\n'),
      asked: asked().slice(before),
      permissions: result.findings.map(({ data }) => data?.['permission']),
    };
  };

  it('is one call for all versions, and its lack an error where a dry run names the version', async () => {
    const broken = await drift(runbookOf('17'), PATHS);
    assert.deepEqual(broken.said, ['drift/incompatible-restore dryRuns.one.sandbox.version']);
    assert.match(
      broken.messages,
      /old runs postgres 11\.22: RDS has no upgrade from 11\.22 straight to 17, only to .*12\.22, 13\.18, 16\.6\./,
    );
    assert.equal(broken.asked.length, 1);
    for (const part of ['engine-version', '11.22', '15.4', 'IncludeAll=true'])
      assert.ok(decodeURIComponent(broken.asked[0] ?? '').includes(part), part);
    assert.deepEqual((await drift(runbookOf('16'), PATHS)).said, []);
    assert.deepEqual((await drift(runbookOf('11'), PATHS)).said, []);
  });

  it('never goes back, which needs no answer', async () => {
    const back = await drift(runbookOf('10'), { status: 403, body: queryError('AccessDenied') });
    assert.deepEqual(back.said, ['drift/incompatible-restore dryRuns.one.sandbox.version']);
    assert.match(back.messages, /never goes back from 11\.22 to 10/);
  });

  it('is followed step by step', async () => {
    const steps = (first: string, second: string): string =>
      `[{ id: a, run: "aws rds modify-db-instance --db-instance-identifier old --engine-version ${first} --apply-immediately" }, { id: b, run: "aws rds modify-db-instance --db-instance-identifier old --allow-major-version-upgrade --engine-version=${second}" }]`;
    assert.deepEqual((await drift(runbookOf('11', steps('16.6', '17.2')), PATHS)).said, []);
    const broken = await drift(runbookOf('11', steps('16.6', '17.9')), PATHS);
    assert.deepEqual(broken.said, ['drift/incompatible-restore restore.steps.1.run']);
    const first = await drift(runbookOf('11', steps('17.2', '17.2')), PATHS);
    assert.deepEqual(first.said, ['drift/incompatible-restore restore.steps.0.run']);
  });

  it('is said of the very version that a command names, however the text is written', async () => {
    const command = 'aws rds modify-db-instance --db-instance-identifier old';
    for (const run of [
      `"echo 17.2 && ${command} --engine-version \\"17.2\\" --apply-immediately"`,
      `'echo it''s 17.2; ${command} --engine-version=17.2'`,
    ]) {
      const text = runbookOf('11', `[{ id: a, run: ${run} }]`);
      const { findings } = (await drift(text, PATHS)).result;
      const finding = findings.find((each) => each.code === 'drift/incompatible-restore');
      assert.ok(finding, run);
      const { start, end } = findingSpan(parse(text), finding);
      assert.equal(text.slice(start, end), '17.2');
      assert.match(text.slice(0, start), /--engine-version[ =\\"]+$/u);
    }
  });

  it('is read to its last page', async () => {
    const paged = await drift(runbookOf('16'), (seen) =>
      seen.includes('Marker=more')
        ? answer(version('postgres', '11.22', '16.6'))
        : answer(version('postgres', '15.4', '16.6'), '<Marker>more</Marker>'),
    );
    assert.deepEqual(paged.said, []);
    assert.equal(paged.asked.length, 2);
  });

  it('is unchecked where it is refused, or where RDS lists no such version', async () => {
    const denied = await drift(runbookOf('17'), { status: 403, body: queryError('AccessDenied') });
    assert.deepEqual(denied.said, ['unchecked/denied dryRuns.one.sandbox.version']);
    assert.ok(denied.permissions.includes('rds:DescribeDBEngineVersions'));
    const unlisted = await drift(runbookOf('17'), answer(version('postgres', '15.4', '16.6')));
    assert.deepEqual(unlisted.said, ['unchecked/undecided dryRuns.one.sandbox.version']);
    assert.match(unlisted.messages, /RDS lists no postgres 11\.22/);
  });

  it('holds a snapshot against the version that its database must run', async () => {
    const text = (wanted: string): string =>
      runbook(`
old: { kind: aws/rds-instance, id: OLD, ${place}, expect: { version: "${wanted}" } }
snap: { kind: aws/rds-snapshot, id: old-1, ${place} }
`);
    const broken = await drift(text('17'), PATHS);
    assert.deepEqual(broken.said, [
      'drift/incompatible-restore resources.snap.id',
      'drift/version-major resources.old.expect.version',
    ]);
    assert.match(broken.messages, /The snapshot old-1 holds postgres 11\.22, and OLD must run 17/);
    assert.deepEqual((await drift(text('11'), PATHS)).said, []);
  });

  it('is planned as it is asked, and in what must be granted', () => {
    const asks = (text: string): readonly [number, boolean] => {
      const workspace = workspaceOf({ 'e.environment.yaml': environment(proxy.url), 'r.runbook.yaml': text });
      const requests = driftRequests(workspace, workspace.entries);
      const calls = lookupFor(workspace)
        .plan(requests)
        .filter(({ call }) => call.endsWith(':DescribeDBEngineVersions'));
      const actions = permissionsFor(requests, environmentsOf(workspace)).aws.flatMap(({ policy }) =>
        policy.Statement.flatMap(({ Action }) => Action),
      );
      return [calls.reduce((sum, { count }) => sum + count, 0), actions.includes('rds:DescribeDBEngineVersions')];
    };
    assert.deepEqual(asks(runbookOf('17')), [1, true]);
    assert.deepEqual(asks(runbook(`db: { kind: aws/rds-instance, id: orders, ${place}, expect: { version: "15" } }`)), [
      0,
      false,
    ]);
  });
});
