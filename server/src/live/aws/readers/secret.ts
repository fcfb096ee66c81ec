/** Describes secrets; their values are never read, and there is no command here that could. */
import { whole } from '../awsReader.ts';
import { iso, singleReader, values } from './single.ts';

export const secretReader = singleReader({
  kind: 'aws/secret',
  operation: 'secretsmanager:DescribeSecret',
  absentCodes: ['ResourceNotFoundException'],
  details: [],
  async describe(request, target) {
    const secret = await target.call('secretsmanager:DescribeSecret', { SecretId: request.id });
    whole(secret.ARN ?? secret.Name, 'secretsmanager:DescribeSecret');
    return values({
      rotation: secret.RotationEnabled ?? false,
      deletedAt: iso(secret.DeletedDate),
      kmsKey: secret.KmsKeyId,
    });
  },
});
