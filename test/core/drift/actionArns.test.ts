/** Backups of a DynamoDB table lie under one of two ARNs: rights on one of them alone decide nothing. */
import assert from 'node:assert/strict';
import { eitherWay } from '../../../server/src/core/drift/kinds/aws/action-arns.ts';

const OWN = 'arn:aws:backup:eu-west-1:123456789012:recovery-point:x';
const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/backup/x';
const SNAPSHOT = 'arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:x';

describe('the ARNs of recovery points', () => {
  it('leave open what is allowed on one of the two of a table alone', () => {
    assert.deepEqual(eitherWay([OWN, TABLE], ['allowed', 'not-allowed']), ['allowed', 'undecided']);
    assert.deepEqual(eitherWay([OWN, TABLE], ['denied', 'allowed']), ['undecided', 'allowed']);
  });

  it('keep what is the same for both', () => {
    assert.deepEqual(eitherWay([OWN, TABLE], ['not-allowed', 'denied']), ['not-allowed', 'denied']);
    assert.deepEqual(eitherWay([OWN, TABLE], ['allowed', 'allowed']), ['allowed', 'allowed']);
  });

  it('excuse nothing but a table', () => {
    assert.deepEqual(eitherWay([OWN, SNAPSHOT], ['allowed', 'not-allowed']), ['allowed', 'not-allowed']);
    assert.deepEqual(eitherWay([SNAPSHOT, OWN, TABLE], ['not-allowed', 'allowed', 'denied']), [
      'not-allowed',
      'allowed',
      'undecided',
    ]);
  });
});
