/** Credentials and clients for AWS and what speaks like it: the account's own chain, then the restore role; all loaded lazily. */
import type { AccountAccess, RolePlan } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { EnginePorts } from '../ports.ts';
import { awsFault, isSilence, nameOf } from './awsFault.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** What every client of the run is made with, and whose rights it has. */
export interface AwsAccess {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials: () => Promise<Credentials>;
  readonly assumed: boolean;
  readonly used?: string;
  readonly why?: string;
}

const DEFAULT_REGION = 'us-east-1';
const CONNECT_MS = 5000;
/** A server that has said nothing for so long is asked again, or given up. */
const SILENT_MS = 10_000;
const IDLE_MS = 20_000;
/** How long a server is waited for, by whatever client. */
export const PATIENCE = { connectMs: CONNECT_MS, answerMs: SILENT_MS, idleMs: IDLE_MS };

/** A request handler that neither hangs on connecting nor on a silent server, and writes nothing to the console. */
export async function requestHandler() {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  return new NodeHttpHandler({
    connectionTimeout: CONNECT_MS,
    requestTimeout: SILENT_MS,
    throwOnRequestTimeout: true,
    socketTimeout: IDLE_MS,
  });
}

/** What a client of S3 is made with: by path where an endpoint is named, since other stores need not answer to `BUCKET.host`. */
export async function s3Options(access: AwsAccess) {
  return {
    region: access.region,
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint, forcePathStyle: true }),
    credentials: access.credentials,
    maxAttempts: 3,
    requestHandler: await requestHandler(),
  };
}

/**
 * Credentials for `account`, as the restore role where one is named and can be assumed. Where it can't, the account's own
 * rights are used and `why` says so. Rejects with a StageFault where there are no credentials, or they are another account's.
 */
export async function openAws(
  ports: Pick<EnginePorts, 'hosts' | 'secrets'>,
  account: AccountAccess,
  role: RolePlan | undefined,
  denyRole: boolean,
  signal: AbortSignal,
): Promise<AwsAccess> {
  refuseUnapproved(ports, account.endpoint);
  const region = account.region ?? DEFAULT_REGION;
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const shared = { region, ...(account.endpoint === undefined ? {} : { endpoint: account.endpoint }) };
  const chain = fromNodeProviderChain({
    ...(account.profile === undefined ? {} : { profile: account.profile }),
    clientConfig: shared,
  });
  const base =
    account.assumeRole === undefined
      ? chain
      : fromTemporaryCredentials({
          masterCredentials: chain,
          params: { RoleArn: account.assumeRole, RoleSessionName: 'drillbook' },
          clientConfig: shared,
        });
  const { STSClient, GetCallerIdentityCommand, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  let credentials: Credentials;
  try {
    credentials = await base();
  } catch (error) {
    throw awsFault(error, `credentials for account ${account.alias ?? account.id ?? 'default'}`, { credentials: true });
  }
  register(ports, credentials);
  const sts = new STSClient({
    ...shared,
    credentials: base,
    maxAttempts: 2,
    requestHandler: await requestHandler(),
  });
  try {
    let caller: string | undefined;
    try {
      const identity = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      caller = identity.Arn;
      if (account.id !== undefined && identity.Account !== undefined && identity.Account !== account.id) {
        throw new StageFault(
          'inconclusive',
          `The credentials belong to account ${identity.Account}, but the environment says ${account.id}: nothing was read with them.`,
          { code: 'unchecked/wrong-account' },
        );
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StageFault) throw error;
      if (
        /ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|InvalidAccessKeyId|UnrecognizedClient/u.test(
          nameOf(error),
        )
      )
        throw awsFault(error, 'the caller');
      // An endpoint of one's own that is silent here is silent everywhere: the other services are not waited for as well.
      if (account.endpoint !== undefined && isSilence(error))
        throw awsFault(error, `the caller at ${account.endpoint}`);
    }
    const own = async (): Promise<Credentials> => await base();
    const result = { region, ...(account.endpoint === undefined ? {} : { endpoint: account.endpoint }) };
    if (!role)
      return { ...result, credentials: own, assumed: false, ...(caller === undefined ? {} : { used: caller }) };
    if (denyRole)
      throw new StageFault(
        'failed',
        `The restore role ${role.name} was denied by the scenario, and the runbook names no other way to the backup.`,
      );
    if (role.arn === undefined) {
      return {
        ...result,
        credentials: own,
        assumed: false,
        ...(caller === undefined ? {} : { used: caller }),
        why: `the restore role "${role.name}" has no ARN and its account is not known`,
      };
    }
    try {
      const answer = await sts.send(
        new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'drillbook-dry-run' }),
        { abortSignal: signal },
      );
      const made = answer.Credentials;
      if (made?.AccessKeyId === undefined || made.SecretAccessKey === undefined)
        throw new Error('no credentials came back');
      const assumed: Credentials = {
        accessKeyId: made.AccessKeyId,
        secretAccessKey: made.SecretAccessKey,
        ...(made.SessionToken === undefined ? {} : { sessionToken: made.SessionToken }),
      };
      register(ports, assumed);
      return {
        ...result,
        credentials: () => Promise.resolve(assumed),
        assumed: true,
        used: answer.AssumedRoleUser?.Arn ?? role.arn,
      };
    } catch (error) {
      signal.throwIfAborted();
      return {
        ...result,
        credentials: own,
        assumed: false,
        ...(caller === undefined ? {} : { used: caller }),
        why: `${role.arn} can't be assumed (${nameOf(error)})`,
      };
    }
  } finally {
    sts.destroy();
  }
}

function register(ports: Pick<EnginePorts, 'secrets'>, credentials: Credentials): void {
  ports.secrets.conceal?.(credentials.secretAccessKey);
  if (credentials.sessionToken !== undefined) ports.secrets.conceal?.(credentials.sessionToken);
}

/** AWS's own endpoint of a service: below amazonaws.com there are also machines, gateways and buckets of anybody. */
export function isServiceHost(host: string): boolean {
  return /^(?:s3|sts|rds|dynamodb|backup|ec2|ebs|iam|kms)(?:-fips)?(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/u.test(
    host,
  );
}

/** Loopback always, AWS itself always, others only where the person approved them. */
function refuseUnapproved(ports: Pick<EnginePorts, 'hosts'>, endpoint: string | undefined): void {
  if (endpoint === undefined) return;
  let host: string;
  try {
    host = new URL(endpoint).hostname;
  } catch {
    throw new StageFault('inconclusive', `The endpoint "${endpoint}" of the environment is no URL.`);
  }
  if (isServiceHost(host) || ports.hosts.isApproved(host)) return;
  throw new StageFault(
    'inconclusive',
    `The host ${host} is not approved for requests signed with your credentials: approve it with --allow-host ${host}.`,
    { code: 'unchecked/host-not-approved' },
  );
}
