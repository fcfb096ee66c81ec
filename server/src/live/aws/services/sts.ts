/** STS: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  STSClient,
  GetCallerIdentityCommand,
  type STSClientConfig,
  type GetCallerIdentityCommandInput,
  type GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';

export function client(config: STSClientConfig): STSClient {
  return new STSClient(config);
}

export const commands = {
  GetCallerIdentity: GetCallerIdentityCommand,
};

export interface Calls {
  'sts:GetCallerIdentity': [GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput];
}
