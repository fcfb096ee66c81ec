/** MongoDB's protocol as an independent server speaks it. It is Java's, from Maven: where there is none, it says so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort, startService } from '../../scripts/services/processes.mjs';
import { runbook } from '../support/aws.ts';
import { driftOf, said } from '../support/look.ts';

const VERSION = '1.47.0';
const HOME = join(import.meta.dirname, '../../.tools/mongodb');
const POM = `<project><modelVersion>4.0.0</modelVersion><groupId>t</groupId><artifactId>t</artifactId><version>1</version><dependencies><dependency><groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server</artifactId><version>${VERSION}</version></dependency></dependencies></project>`;
const SERVER = `import de.bwaldvogel.mongo.*;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;
public class Serve {
  public static void main(String[] a) throws Exception {
    MongoVersion newer = new MongoVersion() {
      public List<Integer> getVersionArray() { return List.of(6, 0, 14, 0); }
      public int getWireVersion() { return 17; }
    };
    for (int i = 0; i < a.length; i++) {
      MongoServer server = new MongoServer(i == 0 ? new MemoryBackend().version(newer) : new MemoryBackend());
      server.bind("127.0.0.1", Integer.parseInt(a[i]));
    }
    System.out.println("listening");
    Thread.currentThread().join();
  }
}
`;

/** Class path of the server, fetched once; undefined where there is no Java or no Maven. */
function classPath(): string | undefined {
  const has = (name: string): boolean => spawnSync(name, ['-version'], { stdio: 'ignore' }).status === 0;
  const jars = join(HOME, `jars-${VERSION}`);
  if (!has('java')) return undefined;
  if (!existsSync(jars)) {
    if (!has('mvn')) return undefined;
    mkdirSync(HOME, { recursive: true });
    writeFileSync(join(HOME, 'pom.xml'), POM);
    writeFileSync(join(HOME, 'Serve.java'), SERVER);
    const made = spawnSync('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`], {
      cwd: HOME,
      timeout: 240_000,
      encoding: 'utf8',
    });
    assert.equal(made.status, 0, `Maven could not fetch mongo-java-server ${VERSION}: ${made.stdout}`);
  }
  return join(jars, '*');
}

const texts = (port: number, expect: string, more = ''): Readonly<Record<string, string>> => ({
  'e.environment.yaml': `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\ndatabases:\n  db: { engine: mongodb, host: 127.0.0.1, port: ${String(port)}${more} }\n`,
  'r.runbook.yaml': runbook(`db: { kind: database/mongodb, id: db, expect: { ${expect} } }`),
});

describe('database/mongodb', () => {
  let stop: (() => Promise<void>) | undefined;
  let port = 0;
  let old = 0;

  before(async function () {
    this.timeout(300_000);
    const jars = classPath();
    if (jars === undefined) {
      console.error('not run: database/mongodb needs Java and Maven (Debian: default-jdk-headless, maven).');
      return this.skip();
    }
    [port, old] = [await freePort(), await freePort()];
    const service = await startService('java', ['-cp', jars, join(HOME, 'Serve.java'), String(port), String(old)], {
      name: 'mongo-java-server',
      ready: /listening/,
    });
    stop = async () => await service.stop();
    const client = new MongoClient(`mongodb://127.0.0.1:${String(port)}/`, { directConnection: true });
    await client.db('orders').collection('orders').insertOne({ total: 1 });
    await client.close();
  });
  after(async () => await stop?.());

  it('holds and does not hold', async () => {
    const holds = await driftOf(texts(port, 'version: "6.0", databases: [orders]'));
    assert.deepEqual(holds.findings, []);
    assert.deepEqual(holds.calls, { 'mongodb:command': 2, 'mongodb:connect': 1 });
    const result = await driftOf(texts(port, 'version: "7.0", databases: [orders, ledger], replicaLag: 1m'));
    assert.deepEqual(said(result.findings), [
      'drift/value resources.db.expect.databases.1',
      'drift/value resources.db.expect.replicaLag',
      'drift/version-major resources.db.expect.version',
    ]);
  });

  it('leaves unchecked, fact by fact, what a compatible server has no command for', async () => {
    const result = await driftOf(
      texts(port, 'version: "6.0", settings: { featureCompatibilityVersion: "6.0" }, roles: [backup]'),
    );
    assert.deepEqual(said(result.findings), [
      'unchecked/unsupported resources.db.expect.roles',
      'unchecked/unsupported resources.db.expect.settings.featureCompatibilityVersion',
    ]);
  });

  it('says at once that a server is too old, and that nobody listens', async () => {
    const message = async (at: number): Promise<string> => {
      const { findings } = await driftOf(texts(at, 'version: "6.0"'), { options: { callTimeoutMs: 60_000 } });
      return findings.map((finding) => `${finding.code} ${finding.message}`).join('\n');
    };
    assert.match(await message(old), /^unchecked\/unsupported .*older than MongoDB 4\.4/);
    assert.match(await message(9), /^unchecked\/unreachable .*ECONNREFUSED/);
  });
});
