/** S3 Control: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  S3ControlClient,
  GetPublicAccessBlockCommand,
  type S3ControlClientConfig,
  type GetPublicAccessBlockCommandInput,
  type GetPublicAccessBlockCommandOutput,
} from '@aws-sdk/client-s3-control';

export function client(config: S3ControlClientConfig): S3ControlClient {
  return new S3ControlClient(config);
}

export const commands = {
  GetPublicAccessBlock: GetPublicAccessBlockCommand,
};

export interface Calls {
  's3control:GetPublicAccessBlock': [GetPublicAccessBlockCommandInput, GetPublicAccessBlockCommandOutput];
}
