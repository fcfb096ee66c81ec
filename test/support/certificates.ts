/** Certificates for tests of TLS, made by openssl: an authority, a stranger to it, and servers good, expired and misnamed. */
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivileged } from '../../scripts/services/postgres.mjs';
import { runTool } from '../../scripts/services/processes.mjs';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** The authority's certificate. */
  readonly ca: string;
  /** An authority that signed none of them. */
  readonly otherCa: string;
  /** For 127.0.0.1 and localhost. */
  readonly good: Certificate;
  readonly expired: Certificate;
  /** For db.example alone. */
  readonly misnamed: Certificate;
  remove(): void;
}

/** Makes them all in a folder that unprivileged servers may read. */
export async function makeCertificates(): Promise<Certificates> {
  const home = mkdtempSync(join(tmpdir(), 'drill-tls-'));
  const openssl = async (...args: readonly string[]): Promise<void> => {
    await runTool('openssl', [...args], { cwd: home });
  };
  const give = (file: string): void => {
    const { uid, gid } = unprivileged();
    chmodSync(join(home, file), 0o600);
    if (uid !== undefined && gid !== undefined) chownSync(join(home, file), uid, gid);
  };
  chmodSync(home, 0o711);
  for (const name of ['ca', 'other'])
    await openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=Test ${name}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  writeFileSync(join(home, 'index.txt'), '');
  writeFileSync(join(home, 'serial'), '01\n');
  writeFileSync(
    join(home, 'ca.cnf'),
    '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\nunique_subject=no\ncopy_extensions=copy\npolicy=any\n[any]\ncommonName=supplied\n',
  );
  const leaf = async (name: string, alternatives: string, from: string, to: string): Promise<Certificate> => {
    await openssl(
      ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.csr`],
    );
    await openssl(
      ...['ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', `${name}.csr`],
      ...['-out', `${name}.pem`, '-notext', '-startdate', from, '-enddate', to],
    );
    give(`${name}.key`);
    chmodSync(join(home, `${name}.pem`), 0o644);
    return { cert: join(home, `${name}.pem`), key: join(home, `${name}.key`) };
  };
  const here = 'IP:127.0.0.1,DNS:localhost';
  return {
    ca: join(home, 'ca.pem'),
    otherCa: join(home, 'other.pem'),
    good: await leaf('good', here, '20200101000000Z', '20490101000000Z'),
    expired: await leaf('expired', here, '20200101000000Z', '20210101000000Z'),
    misnamed: await leaf('misnamed', 'DNS:db.example', '20200101000000Z', '20490101000000Z'),
    remove: () => {
      rmSync(home, { recursive: true, force: true });
    },
  };
}
