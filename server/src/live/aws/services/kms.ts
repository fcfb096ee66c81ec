/** KMS: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  KMSClient,
  DescribeKeyCommand,
  GetKeyRotationStatusCommand,
  type KMSClientConfig,
  type DescribeKeyCommandInput,
  type DescribeKeyCommandOutput,
  type GetKeyRotationStatusCommandInput,
  type GetKeyRotationStatusCommandOutput,
} from '@aws-sdk/client-kms';

export function client(config: KMSClientConfig): KMSClient {
  return new KMSClient(config);
}

export const commands = {
  DescribeKey: DescribeKeyCommand,
  GetKeyRotationStatus: GetKeyRotationStatusCommand,
};

export interface Calls {
  'kms:DescribeKey': [DescribeKeyCommandInput, DescribeKeyCommandOutput];
  'kms:GetKeyRotationStatus': [GetKeyRotationStatusCommandInput, GetKeyRotationStatusCommandOutput];
}
