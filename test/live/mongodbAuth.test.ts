/** MongoDB's authentication (SCRAM) and TLS as FerretDB does them, an independent server; built by Go, and where there is none, it says so. */
import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startService } from '../../scripts/services/processes.mjs';
import { runbook } from '../support/aws.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';
import { driftOf, said, secretsFrom } from '../support/look.ts';

const VERSION = 'v1.24.2';
const MODULE = 'github.com/FerretDB/FerretDB';
const HOME = join(import.meta.dirname, '../../.tools/ferretdb');
const PASSWORD = 'a pass/word:of%the@test';

/** The server, built once; where that can't be, why. */
function server(): { readonly program: string } | { readonly lacks: string } {
  const program = join(HOME, `ferretdb-${VERSION}`);
  if (existsSync(program)) return { program };
  const go = (args: readonly string[], cwd: string): SpawnSyncReturns<string> =>
    spawnSync('go', args, { cwd, encoding: 'utf8', timeout: 300_000, env: { ...process.env, GOFLAGS: '' } });
  if (go(['version'], '.').status !== 0) return { lacks: 'Go (Debian: golang-go).' };
  const source = join(HOME, 'source');
  rmSync(source, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  writeFileSync(join(HOME, 'go.mod'), 'module tools\n');
  const fetched = go(['mod', 'download', '-json', `${MODULE}@${VERSION}`], HOME);
  if (fetched.status !== 0) return { lacks: `${MODULE} ${VERSION}: ${fetched.stdout}${fetched.stderr}` };
  cpSync((JSON.parse(fetched.stdout) as { Dir: string }).Dir, source, { recursive: true });
  spawnSync('chmod', ['-R', 'u+w', source]);
  writeFileSync(join(source, 'build/version/version.txt'), `${VERSION}\n`);
  const built = go(['build', '-o', program, './cmd/ferretdb'], source);
  rmSync(source, { recursive: true, force: true });
  return built.status === 0 ? { program } : { lacks: `a build of ${MODULE} ${VERSION}: ${built.stderr}` };
}

describe('database/mongodb with a user, over TLS', () => {
  let stop: (() => Promise<void>) | undefined;
  let folder = '';
  let certificates: Certificates | undefined;
  let [plain, secure] = [0, 0];

  before(async function () {
    this.timeout(600_000);
    const made = server();
    if ('lacks' in made) {
      console.error(`not run: authentication and TLS of database/mongodb need ${made.lacks}`);
      return this.skip();
    }
    certificates = await makeCertificates();
    folder = mkdtempSync(join(tmpdir(), 'ferretdb-'));
    mkdirSync(join(folder, 'data'));
    [plain, secure] = [await freePort(), await freePort()];
    const options: Readonly<Record<string, string>> = {
      handler: 'sqlite',
      'sqlite-url': `file:${join(folder, 'data')}/`,
      'state-dir': folder,
      telemetry: 'disable',
      'debug-addr': '-',
      'listen-addr': `127.0.0.1:${String(plain)}`,
      'listen-tls': `127.0.0.1:${String(secure)}`,
      'listen-tls-cert-file': certificates.good.cert,
      'listen-tls-key-file': certificates.good.key,
      'setup-database': 'admin',
      'setup-username': 'drill',
      'setup-password': PASSWORD,
    };
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const service = await startService(made.program, [...args, '--test-enable-new-auth'], {
      name: 'ferretdb',
      ready: /Listening on TLS/,
    });
    stop = async () => await service.stop();
  });
  after(async () => {
    await stop?.();
    certificates?.remove();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  const drift = async (target: string, expect: string, password = PASSWORD) => {
    const result = await driftOf(
      {
        'e.environment.yaml': `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\ndatabases:\n  db: { engine: mongodb, host: 127.0.0.1, ${target} }\n`,
        'r.runbook.yaml': runbook(`db: { kind: database/mongodb, id: db, expect: { ${expect} } }`),
      },
      { secrets: secretsFrom({ PW: password }) },
    );
    const messages = result.findings.map(({ message }) => message).join('\n');
    assert.ok(!messages.includes(password), 'the password is told');
    return { said: said(result.findings), messages, compared: result.factsCompared };
  };
  const user = 'user: drill, password: { env: PW }';

  it('proves the password to the server without sending it, and reads as that user', async () => {
    const read = await drift(
      `port: ${String(plain)}, ${user}`,
      'version: "7.0", databases: [admin], roles: { drill: {} }',
    );
    assert.deepEqual(read.said, []);
    assert.equal(read.compared, 4);
  });

  it('tells a wrong password, and a user that is not there, from everything else', async () => {
    for (const [as, password] of [
      [user, 'wrong'],
      ['user: nobody, password: { env: PW }', PASSWORD],
    ] as const) {
      const refused = await drift(`port: ${String(plain)}, ${as}`, 'version: "7.0"', password);
      assert.deepEqual(refused.said, ['unchecked/no-credentials resources.db.id']);
      assert.match(refused.messages, /the server refused the user or the password/);
      assert.equal(refused.compared, 0);
    }
  });

  it('leaves unchecked, fact by fact, what no user may read', async () => {
    const read = await drift(`port: ${String(plain)}`, 'version: "7.0", databases: [admin]');
    assert.deepEqual(read.said, ['unchecked/denied resources.db.expect.databases']);
    assert.match(read.messages, /ask for clusterMonitor/);
  });

  it('believes a certificate of the authority that is named, and no other', async () => {
    const at = `port: ${String(secure)}, ${user}`;
    const ca = certificates?.ca ?? '';
    assert.deepEqual((await drift(`${at}, tls: verify-full, ca: ${ca}`, 'version: "7.0"')).said, []);
    assert.deepEqual((await drift(`${at}, tls: require`, 'version: "7.0"')).said, []);
    for (const other of ['', `, ca: ${certificates?.otherCa ?? ''}`]) {
      const unknown = await drift(`${at}, tls: verify-full${other}`, 'version: "7.0"');
      assert.deepEqual(unknown.said, ['unchecked/unreachable resources.db.id']);
      assert.match(unknown.messages, /certificate of an authority that is not trusted/);
    }
  });

  it('says which of the two speaks TLS where the environment has it the other way', async () => {
    const over = await drift(`port: ${String(plain)}, ${user}, tls: verify-full`, 'version: "7.0"');
    assert.deepEqual(over.said, ['unchecked/unreachable resources.db.id']);
    assert.match(over.messages, new RegExp(`127.0.0.1:${plain} speaks no TLS; .*tls: disable`));
    const without = await drift(`port: ${String(secure)}, ${user}, tls: disable`, 'version: "7.0"');
    assert.deepEqual(without.said, ['unchecked/unreachable resources.db.id']);
    assert.match(without.messages, new RegExp(`127.0.0.1:${secure} speaks TLS alone; set .tls: verify-full`));
  }).timeout(30_000);
});
