/** First documents: valid as they stand, from live facts where there are some, and never over what is there. */
import assert from 'node:assert/strict';
import { checkWorkspace } from '../../server/src/app/checkWorkspace.ts';
import { initWorkspace, LIVE_KINDS, type InitRequest, type InitResult } from '../../server/src/app/initWorkspace.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import type { Observation } from '../../server/src/core/drift/observation.ts';
import type { Files, Lookup } from '../../server/src/core/ports.ts';
import { buildWorkspace } from '../../server/src/core/workspaceIndex.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const ENVIRONMENT =
  'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1] }\ndatabases: { shop: { engine: postgres, host: localhost } }\n';

/** A folder in memory behind the port. */
function folder(written: Map<string, string>): Files {
  const refuse = (): never => {
    throw new Error('not needed here');
  };
  return {
    info: (path: string) =>
      Promise.resolve(written.has(path) ? { size: 1, modifiedMs: 0, isDirectory: false } : undefined),
    makeFolder: () => Promise.resolve(),
    writeAtomic: (path: string, content: string) => {
      written.set(path, content);
      return Promise.resolve();
    },
    readText: refuse,
    readBytes: refuse,
    list: refuse,
    remove: refuse,
    freeBytes: refuse,
  } as unknown as Files;
}

async function init(
  request: Partial<InitRequest>,
  observation?: Observation,
  before = new Map<string, string>(),
  environment = ENVIRONMENT,
): Promise<{ result: InitResult; files: Map<string, string> }> {
  const workspace = buildWorkspace(
    environment === '' ? [] : [{ file: 'production.environment.yaml', parsed: parse(environment) }],
  );
  const lookup = {
    plan: () => [],
    look: () => Promise.resolve({ observations: observation ? [observation] : [], calls: {} }),
  } as unknown as Lookup;
  const result = await initWorkspace(
    { root: '/w', ...request },
    { workspace, files: folder(before), now: NOW, signal: new AbortController().signal, lookup },
  );
  return { result, files: before };
}
function found(facts: Record<string, unknown>): Observation {
  return {
    state: 'found',
    at: '2026-11-22T11:59:00Z',
    source: 'live',
    region: 'eu-west-1',
    account: '123456789012',
    facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value }])),
  };
}
function errorsOf(files: ReadonlyMap<string, string>, environment = ''): string[] {
  const texts = [...files].map(([path, text]) => ({ file: path.replace('/w/', ''), text }));
  if (environment !== '') texts.push({ file: 'production.environment.yaml', text: environment });
  const workspace = buildWorkspace(texts.map(({ file, text }) => ({ file, parsed: parse(text) })));
  const findings = checkWorkspace(workspace, { now: NOW, evidence: { entries: [], problems: [] } });
  return findings
    .filter((finding) => finding.severity === 'error')
    .map((finding) => `${finding.code}: ${finding.message}`);
}

const FACTS: Readonly<Record<string, Record<string, unknown>>> = {
  'aws/s3-bucket': {
    versioning: 'enabled',
    objectLock: { mode: 'compliance', retentionDays: 35 },
    encryption: 'AES256',
    publicAccess: 'blocked',
  },
  'aws/rds-instance': {
    engine: 'postgres',
    version: '15.4',
    storageEncrypted: true,
    backupRetentionDays: 7,
    multiAz: false,
    deletionProtection: true,
  },
  'aws/rds-cluster': {
    engine: 'aurora-mysql',
    version: '8.0.mysql_aurora.3.05.2',
    storageEncrypted: true,
    backupRetentionDays: 14,
  },
  'aws/dynamodb-table': { pitr: 'enabled', recoveryDays: 35, deletionProtection: false },
  'database/postgres': { version: '15.4', databases: ['shop'], extensions: { postgis: '3.4.2' } },
  'database/mysql': { version: '8.0.36', databases: ['shop'] },
  'database/mariadb': { version: '10.11.6', databases: ['shop'] },
  'database/mongodb': { version: '7.0.4', databases: ['shop'] },
  'database/redis': { version: '7.2.4' },
};

describe('init', () => {
  it('writes a policy, an environment and a runbook without an error in them', async () => {
    const { result, files } = await init({}, undefined, new Map(), '');
    assert.equal(result.state, 'written');
    assert.deepEqual(
      [...files.keys()],
      ['/w/recovery.policy.yaml', '/w/production.environment.yaml', '/w/runbooks/my-service.runbook.yaml'],
    );
    assert.deepEqual(errorsOf(files), []);
  });

  it('overwrites nothing, and then writes nothing', async () => {
    const { result, files } = await init({}, undefined, new Map([['/w/runbooks/my-service.runbook.yaml', 'mine']]));
    assert.deepEqual(result, { state: 'exists', file: 'runbooks/my-service.runbook.yaml' });
    assert.equal(files.size, 1);
  });

  for (const kind of LIVE_KINDS) {
    it(`writes a runbook without an error from a live ${kind}`, async () => {
      const { result, files } = await init({ fromLive: { kind, id: 'shop' } }, found(FACTS[kind] ?? {}));
      assert.equal(result.state, 'written');
      const engine = kind.startsWith('database/') ? kind.slice('database/'.length) : 'postgres';
      assert.deepEqual(errorsOf(files, ENVIRONMENT.replace('engine: postgres', `engine: ${engine}`)), []);
    });
  }

  it('takes the class that asks for least, and says so', async () => {
    const policy = `${ENVIRONMENT}---
apiVersion: drillbook/v1
kind: Policy
metadata: { name: p }
classes:
  scratch: { ephemeral: true, why: x }
  critical: { rpo: 1h }
  internal: { rpo: 1d }
  card-data: { mandated: PCI DSS, rpo: 2d }
`;
    const asked = { fromLive: { kind: 'database/postgres', id: 'shop' } };
    const { result, files } = await init(asked, found(FACTS['database/postgres'] ?? {}), new Map(), policy);
    assert.match(files.get('/w/runbooks/shop.runbook.yaml') ?? '', /^dataClass: internal$/mu);
    assert.ok(result.state === 'written' && result.notes.some((note) => note.includes('internal')));
  });

  it('expects what is live, versions by their major', async () => {
    const { files } = await init(
      { fromLive: { kind: 'aws/rds-instance', id: 'Shop_DB' } },
      found(FACTS['aws/rds-instance'] ?? {}),
    );
    const text = files.get('/w/runbooks/shop-db.runbook.yaml') ?? '';
    assert.match(text, /version: "15"/u);
    assert.match(text, /backupRetentionDays: ">=7"/u);
    assert.match(text, /storageEncrypted: true/u);
    assert.doesNotMatch(text, /multiAz/u, 'what is off is no expectation');
  });

  it('writes nothing where the resource is absent or could not be looked up', async () => {
    const asked = { fromLive: { kind: 'aws/s3-bucket', id: 'x' } };
    const absent = await init(asked, { state: 'absent', at: '', source: 'live' });
    assert.equal(absent.result.state, 'absent');
    const denied = await init(asked, {
      state: 'unknown',
      at: '',
      source: 'live',
      unknown: { reason: 'denied', detail: 'No.', permission: 's3:ListAllMyBuckets' },
    });
    assert.equal(denied.result.state, 'unknown');
    assert.equal((await init({ fromLive: { kind: 'aws/kms-key', id: 'x' } })).result.state, 'unknown');
    assert.equal(absent.files.size + denied.files.size, 0);
  });

  it('writes down the backups that RDS keeps, and no dump that nobody makes', async () => {
    for (const [kind, call, days] of [
      ['aws/rds-instance', 'restore-db-instance-to-point-in-time', 7],
      ['aws/rds-cluster', 'restore-db-cluster-to-point-in-time', 14],
    ] as const) {
      const { files } = await init({ fromLive: { kind, id: 'shop' } }, found(FACTS[kind] ?? {}));
      const text = files.get('/w/runbooks/shop.runbook.yaml') ?? '';
      assert.match(text, new RegExp(`tool: rds-snapshot\\n[^]*window: ${days}d\\n[^]*${call}`, 'u'));
      assert.doesNotMatch(text, /pg_dump|mysqldump|nightly/u);
    }
  });

  it('says that the own backups of what it found are off, and expects them on', async () => {
    const asked = { kind: 'aws/dynamodb-table', id: 'Carts', region: 'eu-west-1' };
    const table = await init({ fromLive: asked }, found({ pitr: 'disabled', recoveryDays: 0 }));
    const text = (files: ReadonlyMap<string, string>): string =>
      [...files].find(([path]) => path.includes('.runbook.'))?.[1] ?? '';
    assert.match(text(table.files), /expect:\n\s+pitr: enabled\n(?!\s+recoveryDays)/u);
    assert.match(text(table.files), /^# How it is backed up\. Point-in-time recovery of Carts is off/mu);
    assert.ok('notes' in table.result && table.result.notes.some((note) => note.includes('Carts is off')));
    const instance = await init(
      { fromLive: { ...asked, kind: 'aws/rds-instance' } },
      found({ engine: 'mysql', version: '8.0.35', backupRetentionDays: 0 }),
    );
    assert.match(text(instance.files), /backupRetentionDays: ">=1"/u);
    assert.doesNotMatch(text(instance.files), /RDS keeps these by itself/u);
    const shorter = await init({ fromLive: asked }, found({ pitr: 'enabled', recoveryDays: 7 }));
    assert.match(text(shorter.files), /recoveryDays: ">=7"[\s\S]*window: 7d/u);
    assert.ok('notes' in shorter.result && shorter.result.notes.every((note) => !note.includes(' off')));
  });
});
