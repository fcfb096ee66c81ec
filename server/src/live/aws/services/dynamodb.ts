/** DynamoDB: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  DynamoDBClient,
  DescribeTableCommand,
  ListTablesCommand,
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  type DynamoDBClientConfig,
  type DescribeTableCommandInput,
  type ListTablesCommandInput,
  type ListTablesCommandOutput,
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
  ListTables: ListTablesCommand,
  DescribeContinuousBackups: DescribeContinuousBackupsCommand,
  DescribeTimeToLive: DescribeTimeToLiveCommand,
  ListTagsOfResource: ListTagsOfResourceCommand,
};

export interface Calls {
  'dynamodb:ListTables': [ListTablesCommandInput, ListTablesCommandOutput];
  'dynamodb:DescribeTable': [DescribeTableCommandInput, DescribeTableCommandOutput];
  'dynamodb:DescribeContinuousBackups': [DescribeContinuousBackupsCommandInput, DescribeContinuousBackupsCommandOutput];
  'dynamodb:DescribeTimeToLive': [DescribeTimeToLiveCommandInput, DescribeTimeToLiveCommandOutput];
  'dynamodb:ListTagsOfResource': [ListTagsOfResourceCommandInput, ListTagsOfResourceCommandOutput];
}
