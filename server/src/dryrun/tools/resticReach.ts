/** Where a restic repository lies and what restic may find in its environment: no secret to a host that nobody approved, no program that a document names. */
import { StageFault } from '../../core/recovery/stageFault.ts';
import { asMap, type PlainMap } from '../../core/references/read.ts';
import type { EnginePorts } from '../ports.ts';
import { isServiceHost } from '../stores/aws.ts';

/**
 * What restic reads of its environment that is a credential, a name or a number. Others name programs (`RESTIC_PASSWORD_COMMAND`,
 * `PATH`, `LD_PRELOAD`), files that name programs (`AWS_CONFIG_FILE`, `HOME`), or places to send secrets to (`HTTPS_PROXY`).
 */
const VARIABLES = new Set(
  [
    'AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_DEFAULT_REGION AWS_REGION',
    'RESTIC_REST_USERNAME RESTIC_REST_PASSWORD RESTIC_KEY_HINT RESTIC_PASSWORD RESTIC_READ_CONCURRENCY RESTIC_CACERT',
    'B2_ACCOUNT_ID B2_ACCOUNT_KEY',
    'AZURE_ACCOUNT_NAME AZURE_ACCOUNT_KEY AZURE_ACCOUNT_SAS',
    'GOOGLE_PROJECT_ID GOOGLE_ACCESS_TOKEN',
    'ST_USER ST_KEY OS_USERNAME OS_PASSWORD OS_USER_ID OS_REGION_NAME OS_PROJECT_ID OS_PROJECT_NAME OS_TENANT_ID',
    'OS_TENANT_NAME OS_USER_DOMAIN_NAME OS_USER_DOMAIN_ID OS_PROJECT_DOMAIN_NAME OS_PROJECT_DOMAIN_ID OS_TRUST_ID',
    'OS_APPLICATION_CREDENTIAL_ID OS_APPLICATION_CREDENTIAL_NAME OS_APPLICATION_CREDENTIAL_SECRET OS_AUTH_TOKEN',
    'SWIFT_DEFAULT_CONTAINER_POLICY GOMAXPROCS',
  ].flatMap((line) => line.split(' ')),
);
/** Their values are addresses that credentials are sent to. */
const ADDRESSES = new Set(['OS_AUTH_URL', 'OS_STORAGE_URL', 'ST_AUTH']);
/** The provider's own service, whatever the repository says behind it. */
const PROVIDERS = new Set(['b2', 'azure', 'gs']);

/** Rejects where restic would send secrets to a host that the person did not approve, or run what a document names. */
export function refuseReach(ports: EnginePorts, repository: string, variables: PlainMap): void {
  const odd = Object.keys(variables).find(
    (name) => !VARIABLES.has(name) && !ADDRESSES.has(name) && !isOwnFile(name, variables[name]),
  );
  if (odd !== undefined)
    throw new StageFault(
      'inconclusive',
      `The variable ${odd} is not given to restic, because it could name a program to run or a place to send secrets to: leave it out of "in.env", or make the backup one of tool "command".`,
    );
  const host = hostOf(repository);
  if (host !== undefined) refuseUnapproved(ports, host);
}

/** A file of Google's credentials says where they are sent, so it is the person's own variable that names it. */
function isOwnFile(name: string, value: unknown): boolean {
  return name === 'GOOGLE_APPLICATION_CREDENTIALS' && asMap(value)['env'] === name;
}

/** Rejects where a variable's value is an address whose host the person did not approve. */
export function refuseAddress(ports: EnginePorts, name: string, value: string): void {
  if (!ADDRESSES.has(name)) return;
  try {
    refuseUnapproved(ports, new URL(value).hostname);
  } catch (error) {
    if (error instanceof StageFault) throw error;
    throw new StageFault('inconclusive', `The variable ${name} of "in.env" holds no URL.`);
  }
}

/** The host of a repository; undefined for a folder and for a provider's own service. */
function hostOf(repository: string): string | undefined {
  const found = /^([a-z0-9]+):(.*)$/isu.exec(repository);
  const scheme = found?.[1]?.toLowerCase();
  const rest = found?.[2] ?? '';
  // One letter is a drive; swift's host stands in its variables.
  if (scheme === undefined || scheme.length === 1 || scheme === 'local' || scheme === 'swift') return undefined;
  if (PROVIDERS.has(scheme)) return undefined;
  if (scheme === 's3')
    return urlHost(/^(?:https?:)?\/\//iu.test(rest) ? rest.replace(/^\/\//u, 'https://') : `https://${rest}`);
  if (scheme === 'rest') return urlHost(rest);
  if (scheme === 'sftp') {
    const place = rest.startsWith('//') ? rest.slice(2).split('/')[0] : rest.split(':')[0];
    return (place ?? '').replace(/^[^@]*@/u, '').replace(/:\d*$/u, '');
  }
  throw new StageFault(
    'inconclusive',
    `Where the repository "${scheme}:" lies can't be told, so no secret is sent there: use one of s3, rest, sftp, swift, b2, azure, gs or a folder, or make the backup one of tool "command".`,
    { code: 'unchecked/host-not-approved' },
  );
}

function urlHost(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    throw new StageFault(
      'inconclusive',
      'The repository of restic names no host that can be read; write it as s3:https://HOST/BUCKET or rest:https://HOST/.',
    );
  }
}

function refuseUnapproved(ports: EnginePorts, host: string): void {
  if (isServiceHost(host) || ports.hosts.isApproved(host)) return;
  throw new StageFault(
    'inconclusive',
    `The host ${host} of the restic repository is not approved for sending secrets to: approve it with --allow-host ${host}.`,
    { code: 'unchecked/host-not-approved' },
  );
}
