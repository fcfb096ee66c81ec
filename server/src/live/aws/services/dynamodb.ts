/** DynamoDB: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  DynamoDBClient,
  DescribeTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  type DynamoDBClientConfig,
  type DescribeTableCommandInput,
  type DescribeTableCommandOutput,
  type DescribeContinuousBackupsCommandInput,
  type DescribeContinuousBackupsCommandOutput,
  type DescribeTimeToLiveCommandInput,
  type DescribeTimeToLiveCommandOutput,
  type ListTagsOfResourceCommandInput,
  type ListTagsOfResourceCommandOutput,
} from '@aws-sdk/client-dynamodb';

export function client(config: DynamoDBClientConfig): DynamoDBClient {
  return new DynamoDBClient(config);
}

export const commands = {
  DescribeTable: DescribeTableCommand,
  DescribeContinuousBackups: DescribeContinuousBackupsCommand,
  DescribeTimeToLive: DescribeTimeToLiveCommand,
  ListTagsOfResource: ListTagsOfResourceCommand,
};

export interface Calls {
  'dynamodb:DescribeTable': [DescribeTableCommandInput, DescribeTableCommandOutput];
  'dynamodb:DescribeContinuousBackups': [DescribeContinuousBackupsCommandInput, DescribeContinuousBackupsCommandOutput];
  'dynamodb:DescribeTimeToLive': [DescribeTimeToLiveCommandInput, DescribeTimeToLiveCommandOutput];
  'dynamodb:ListTagsOfResource': [ListTagsOfResourceCommandInput, ListTagsOfResourceCommandOutput];
}
