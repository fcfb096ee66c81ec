/** Files made for another user: theirs from the first byte on, and never where that user's folder is not. */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chownSync,
  chmodSync,
} from 'node:fs';
import { join } from 'node:path';
import { unprivileged } from '../../scripts/services/postgres.mjs';
import { createFile, openFile } from '../../server/src/platform/openFile.ts';

describe('files made for another user', () => {
  const { uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0 } = unprivileged();
  const owner = { uid, gid };
  let root: string;
  let theirs: string;
  beforeEach(() => {
    root = mkdtempSync('/tmp/drillbook-test-');
    chmodSync(root, 0o711);
    theirs = join(root, 'theirs');
    mkdirSync(theirs);
    chownSync(theirs, uid, gid);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are theirs and theirs alone, are written at any place and read back', async () => {
    const file = await createFile(join(theirs, 'a'), owner);
    await Promise.all([file.write(Buffer.from('world'), 6), file.write(Buffer.from('hello '), 0)]);
    const block = Buffer.alloc(20);
    assert.equal(await file.read(block, 3), 8);
    await file.close();
    assert.equal(readFileSync(join(theirs, 'a'), 'utf8'), 'hello world');
    const { mode, ...stat } = statSync(join(theirs, 'a'));
    assert.deepEqual([stat.uid, stat.gid, mode & 0o777], [uid, gid, 0o600]);
    const again = await openFile(join(theirs, 'a'));
    assert.equal(await again.read(block.subarray(0, 5), 0), 5);
    assert.equal(await again.read(block, 11), 0);
    await again.close();
  });

  it('are not made over anything, nor through a link', async () => {
    writeFileSync(join(root, 'secret'), 'mine');
    symlinkSync(join(root, 'secret'), join(theirs, 'link'));
    symlinkSync(join(root, 'new'), join(theirs, 'nowhere'));
    for (const name of ['link', 'nowhere'])
      await assert.rejects(createFile(join(theirs, name), owner), { code: 'EEXIST' });
    assert.equal(readFileSync(join(root, 'secret'), 'utf8'), 'mine');
    const other = join(root, 'other');
    symlinkSync(theirs, other);
    await assert.rejects(createFile(join(other, 'a'), owner), { code: /ENOTDIR|ELOOP/u });
  });

  it('are not made in a folder that is not theirs', async function () {
    if (process.getuid?.() !== 0) {
      // Only who has more rights than the other user could be led astray.
      this.skip();
    }
    const ours = join(root, 'ours');
    mkdirSync(ours);
    await assert.rejects(createFile(join(ours, 'a'), owner), { code: 'EPERM' });
    // A folder of ours that the other user led the path to.
    symlinkSync(ours, join(theirs, 'stage'));
    await assert.rejects(createFile(join(theirs, 'stage', 'a'), owner), { code: /ENOTDIR|ELOOP/u });
    rmSync(ours, { recursive: true });
  });
});
