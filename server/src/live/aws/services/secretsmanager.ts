/** Secrets Manager: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  SecretsManagerClient,
  DescribeSecretCommand,
  type SecretsManagerClientConfig,
  type DescribeSecretCommandInput,
  type DescribeSecretCommandOutput,
} from '@aws-sdk/client-secrets-manager';

export function client(config: SecretsManagerClientConfig): SecretsManagerClient {
  return new SecretsManagerClient(config);
}

export const commands = {
  DescribeSecret: DescribeSecretCommand,
};

export interface Calls {
  'secretsmanager:DescribeSecret': [DescribeSecretCommandInput, DescribeSecretCommandOutput];
}
