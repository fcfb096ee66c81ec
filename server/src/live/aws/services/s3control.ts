/** S3 Control: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  S3ControlClient,
  GetPublicAccessBlockCommand,
  type S3ControlClientConfig,
  type GetPublicAccessBlockCommandInput,
  type GetPublicAccessBlockCommandOutput,
} from '@aws-sdk/client-s3-control';

export function client(config: S3ControlClientConfig): S3ControlClient {
  if (typeof config.endpoint !== 'string') return new S3ControlClient(config);
  // The rules put the account before the host, which an address doesn't take: a custom endpoint is used as it is.
  const url = new URL(config.endpoint);
  const signingRegion = typeof config.region === 'string' ? config.region : 'us-east-1';
  return new S3ControlClient({
    ...config,
    endpointProvider: () => ({
      url,
      properties: { authSchemes: [{ name: 'sigv4', signingName: 's3', signingRegion, properties: {} }] },
    }),
  });
}

export const commands = {
  GetPublicAccessBlock: GetPublicAccessBlockCommand,
};

export interface Calls {
  's3control:GetPublicAccessBlock': [GetPublicAccessBlockCommandInput, GetPublicAccessBlockCommandOutput];
}
