/** CloudWatch: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type CloudWatchClientConfig,
  type DescribeAlarmsCommandInput,
  type DescribeAlarmsCommandOutput,
} from '@aws-sdk/client-cloudwatch';

export function client(config: CloudWatchClientConfig): CloudWatchClient {
  return new CloudWatchClient(config);
}

export const commands = {
  DescribeAlarms: DescribeAlarmsCommand,
};

export interface Calls {
  'cloudwatch:DescribeAlarms': [DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput];
}
