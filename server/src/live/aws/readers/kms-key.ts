/** Reads KMS keys by id, ARN or alias. */
import { fact, isCode, needs, whole } from '../awsReader.ts';
import { iso, singleReader, values } from './single.ts';

export const kmsKeyReader = singleReader({
  kind: 'aws/kms-key',
  operation: 'kms:DescribeKey',
  absentCodes: ['NotFoundException'],
  details: [{ operation: 'kms:GetKeyRotationStatus', facts: ['rotation'] }],
  async describe(request, target) {
    const key = whole((await target.call('kms:DescribeKey', { KeyId: request.id })).KeyMetadata, 'kms:DescribeKey');
    const found = values({
      state: key.KeyState,
      arn: key.Arn,
      deletionDate: iso(key.DeletionDate),
      manager: key.KeyManager,
    });
    if (needs(request, 'rotation')) {
      // The status takes no alias.
      found['rotation'] = await fact(async () => {
        try {
          const status = await target.call('kms:GetKeyRotationStatus', { KeyId: key.KeyId ?? request.id });
          return status.KeyRotationEnabled ?? false;
        } catch (error) {
          // Asymmetric keys, HMACs and imported material never rotate by themselves.
          if (isCode(error, 'UnsupportedOperationException')) return false;
          throw error;
        }
      });
    }
    return found;
  },
});
