/** Evidence names what lies in the workspace from its root, and everything else as it is. */
import assert from 'node:assert/strict';
import { portable } from '../../../server/src/core/recovery/portable.ts';

describe('portable evidence', () => {
  it('names what lies below the root from there, wherever it is said', () => {
    const record = {
      backup: { uri: 'file:///home/me/my%20shop/backups/a.dump', bytes: 1 },
      stages: [{ message: 'found file:///home/me/my%20shop/backups/a.dump, in /home/me/my shop/backups: 1' }],
    };
    assert.deepEqual(portable(record, '/home/me/my shop/'), {
      backup: { uri: 'backups/a.dump', bytes: 1 },
      stages: [{ message: 'found backups/a.dump, in backups: 1' }],
    });
  });

  it('leaves other places alone', () => {
    const record = {
      removed: ['folder /tmp/dbk-1', '/srv/home/me/shop/x', 's3://home/me/shop/x', '/home/me/shopping/x'],
      none: null,
      proven: true,
    };
    assert.deepEqual(portable(record, '/home/me/shop'), record);
    assert.deepEqual(portable(record, '/'), record);
  });
});
