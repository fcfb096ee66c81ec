/** Reads DynamoDB tables: what they are, point-in-time recovery, and what a restore would lose. */
import { nameOf } from '../../../core/drift/kinds/aws/arn.ts';
import { fact, facts, needs, whole } from '../awsReader.ts';
import { singleReader, values } from './single.ts';

export const dynamodbTableReader = singleReader({
  kind: 'aws/dynamodb-table',
  operation: 'dynamodb:DescribeTable',
  absentCodes: ['ResourceNotFoundException', 'TableNotFoundException'],
  details: [
    { operation: 'dynamodb:DescribeContinuousBackups', facts: ['pitr', 'recoveryDays'] },
    { operation: 'dynamodb:DescribeTimeToLive', facts: ['ttl'] },
    { operation: 'dynamodb:ListTagsOfResource', facts: ['tags'] },
  ],
  async describe(request, target) {
    const TableName = nameOf(request.id);
    const table = whole((await target.call('dynamodb:DescribeTable', { TableName })).Table, 'dynamodb:DescribeTable');
    const found = values({
      status: table.TableStatus,
      deletionProtection: table.DeletionProtectionEnabled ?? false,
      streams: table.StreamSpecification?.StreamEnabled === true ? 'enabled' : 'none',
    });
    if (needs(request, 'pitr', 'recoveryDays')) {
      Object.assign(
        found,
        await facts(['pitr', 'recoveryDays'], async () => {
          const { ContinuousBackupsDescription: backups } = await target.call('dynamodb:DescribeContinuousBackups', {
            TableName,
          });
          const recovery = backups?.PointInTimeRecoveryDescription;
          const on = recovery?.PointInTimeRecoveryStatus === 'ENABLED';
          return { pitr: on ? 'enabled' : 'disabled', recoveryDays: on ? (recovery.RecoveryPeriodInDays ?? 35) : 0 };
        }),
      );
    }
    if (needs(request, 'ttl')) {
      found['ttl'] = await fact(async () => {
        const { TimeToLiveDescription: ttl } = await target.call('dynamodb:DescribeTimeToLive', { TableName });
        return ttl?.TimeToLiveStatus === 'ENABLED' ? 'enabled' : 'none';
      });
    }
    if (needs(request, 'tags')) {
      found['tags'] = await fact(async () => {
        const { Tags: tags } = await target.call('dynamodb:ListTagsOfResource', { ResourceArn: table.TableArn });
        return (tags ?? []).map((tag) => tag.Key ?? '');
      });
    }
    return found;
  },
});
