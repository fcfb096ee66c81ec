/** Links into the console: each partition has its own. */
import assert from 'node:assert/strict';
import { consoleUrl } from '../../../server/src/core/drift/console.ts';

describe('links into the console', () => {
  it('lead to the console of the partition', () => {
    const vault = (region: string): string | undefined => consoleUrl({ kind: 'aws/backup-vault', id: 'safe', region });
    assert.match(vault('eu-west-1') ?? '', /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/backup\//);
    assert.match(vault('us-gov-west-1') ?? '', /^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\/backup\//);
    assert.match(vault('cn-north-1') ?? '', /^https:\/\/cn-north-1\.console\.amazonaws\.cn\/backup\//);
    const role = (id: string): string | undefined => consoleUrl({ kind: 'aws/iam-role', id });
    assert.equal(role('restore'), 'https://console.aws.amazon.com/iam/home#/roles/details/restore');
    assert.match(
      role('arn:aws-cn:iam::123456789012:role/team/restore') ?? '',
      /^https:\/\/console\.amazonaws\.cn\/iam/,
    );
  });

  it('are none where the region is not known, or the kind has no page', () => {
    assert.equal(consoleUrl({ kind: 'aws/s3-bucket', id: 'vault' }), undefined);
    assert.equal(consoleUrl({ kind: 'database/postgres', id: 'orders', region: 'eu-west-1' }), undefined);
  });
});
