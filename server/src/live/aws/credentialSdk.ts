/** The SDK's credential providers, in a module of their own so that they load when first needed. */
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { AwsIdentity, CredentialProvider } from './credentials.ts';

export { fromIni, fromNodeProviderChain, fromTemporaryCredentials };

/** Asks once until five minutes before they expire; a failure is asked again next time. */
export function memoised(provider: CredentialProvider): CredentialProvider {
  let held: Promise<AwsIdentity> | undefined;
  return async () => {
    const current = held && (await held.catch(() => undefined));
    const left = current?.expiration ? current.expiration.getTime() - Date.now() : Infinity;
    if (!current || left < 300_000) held = provider();
    return await (held as Promise<AwsIdentity>);
  };
}
