/** Credentials of an account: static ones from the environment document's references, a profile, a role, or the platform's chain. */
import type { AwsAccount } from '../../core/drift/environment.ts';
import type { Unknown } from '../../core/drift/observation.ts';
import type { Secrets } from '../../core/ports.ts';

/** What the SDK asks for. */
export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
export type CredentialProvider = () => Promise<AwsIdentity>;

export class NoCredentials extends Error {
  override readonly name = 'CredentialsProviderError';
  readonly unknown: Unknown;
  constructor(detail: string, unknown?: Unknown) {
    super(detail);
    this.unknown = unknown ?? { reason: 'no-credentials', detail };
  }
}

export interface StsEndpoint {
  readonly endpoint: string | undefined;
  readonly region: string;
}

/** How a person gets credentials for this account, for messages. */
export function loginAdvice(account: AwsAccount): string {
  if (account.accessKeyId)
    return `set ${account.accessKeyId.env ?? account.accessKeyId.file ?? 'its access key'} to a valid key`;
  if (account.profile !== undefined)
    return `log in with "aws sso login --profile ${account.profile}" or renew the profile's keys`;
  return 'log in with "aws sso login" or set AWS_PROFILE';
}

/** The provider of an account's credentials, memoised by the SDK until they expire. SDK code is loaded when first asked. */
export function providerOf(account: AwsAccount, secrets: Secrets, sts: StsEndpoint): CredentialProvider {
  let made: Promise<CredentialProvider> | undefined;
  return async () => {
    made ??= make(account, secrets, sts);
    return await (
      await made
    )();
  };
}

async function make(account: AwsAccount, secrets: Secrets, sts: StsEndpoint): Promise<CredentialProvider> {
  const sdk = await import('./credentialSdk.ts');
  const base = account.accessKeyId
    ? staticProvider(account, secrets)
    : account.profile === undefined
      ? sdk.fromNodeProviderChain({ clientConfig: { region: sts.region } })
      : sdk.fromIni({ profile: account.profile, clientConfig: { region: sts.region } });
  if (account.assumeRole === undefined) return sdk.memoised(base);
  return sdk.memoised(
    assuming(
      account.assumeRole,
      sdk.fromTemporaryCredentials({
        masterCredentials: base,
        params: {
          RoleArn: account.assumeRole,
          RoleSessionName: 'drillbook',
          ...(account.externalId === undefined ? {} : { ExternalId: account.externalId }),
        },
        clientConfig: { region: sts.region, ...(sts.endpoint === undefined ? {} : { endpoint: sts.endpoint }) },
      }),
    ),
  );
}

/** A refusal to assume the role is about that role, not about the call that was waiting for its credentials. */
function assuming(role: string, provider: CredentialProvider): CredentialProvider {
  return async () => {
    try {
      return await provider();
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (!/^AccessDenied/.test(name)) throw error;
      const detail = `the credentials may not assume ${role}: they need sts:AssumeRole, and the role must trust them`;
      throw new NoCredentials(detail, { reason: 'denied', detail, permission: 'sts:AssumeRole' });
    }
  };
}

function staticProvider(account: AwsAccount, secrets: Secrets): CredentialProvider {
  return async () => {
    const accessKeyId = account.accessKeyId && (await secrets.read(account.accessKeyId));
    const secretAccessKey = account.secretAccessKey && (await secrets.read(account.secretAccessKey));
    if (!accessKeyId || !secretAccessKey) {
      const missing = accessKeyId ? account.secretAccessKey : account.accessKeyId;
      const where = missing?.env ?? missing?.file ?? "its secret access key, which the environment doesn't name,";
      throw new NoCredentials(`${where} is not set, so account ${account.alias} has no credentials`);
    }
    const sessionToken = account.sessionToken && (await secrets.read(account.sessionToken));
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  };
}
