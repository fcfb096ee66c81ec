/** A store whose certificate nobody known signed: no fault of the backup, and what to do is said. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { folderRunbook, makeBench, type Bench } from '../support/dryRun.ts';
import { makeCertificates, type Certificate, type Certificates } from '../support/certificates.ts';

const OWN = { AWS_ACCESS_KEY_ID: 'AKIACALLER', AWS_SECRET_ACCESS_KEY: 'caller-secret-canary-6f1e' };

const RESOURCES = 'resources:\n  vault: { kind: aws/s3-bucket, id: vault, region: eu-west-1 }\nbackups:';

describe('a store with a certificate that can’t be verified', function () {
  this.timeout(60_000);
  let certificates: Certificates;
  let bench: Bench;
  let server: Server;
  const saved = { ...process.env };
  before(async () => {
    Object.assign(process.env, OWN);
    certificates = await makeCertificates();
  });
  after(() => {
    certificates.remove();
    for (const name of Object.keys(OWN))
      if (saved[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = saved[name];
  });
  beforeEach(async () => (bench = await makeBench(OWN)));
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await bench.remove();
  });

  const summary = async ({ cert, key }: Certificate): Promise<string> => {
    server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_asked, answer) => answer.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await bench.write(
      'production.environment.yaml',
      `apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\naws: { account: "123456789012", regions: [eu-west-1], endpoint: "https://127.0.0.1:${port}" }\n`,
    );
    const place = '{ bucket: vault, prefix: nightly/ }';
    await bench.write(
      'a.runbook.yaml',
      folderRunbook({ in: place, dryRun: 'level: 1' }).replace('backups:', RESOURCES),
    );
    const { record } = await bench.run();
    assert.equal(record.result, 'inconclusive', record.summary);
    return record.summary;
  };

  it('is told with the variable that names an authority of one’s own', async () => {
    assert.match(
      await summary(certificates.good),
      /shows a certificate that can't be verified \([A-Z_]+\): where an authority of your own signed it, or nobody but itself, name the file of that certificate in NODE_EXTRA_CA_CERTS\.$/u,
    );
  });
});
