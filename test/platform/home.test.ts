/** The home folder: never one of the workspace, and there for a user id without an account. */
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { parse } from 'node:path';
import { homeFolder } from '../../server/src/platform/home.ts';

describe('home folder', () => {
  const ofAccount = userInfo().homedir;

  it('is what the environment names', () => {
    assert.equal(homeFolder({ HOME: '/home/someone' }), '/home/someone');
  });

  it("is the account's where the environment names none, or one that would be in the workspace", () => {
    for (const environment of [{}, { HOME: '' }, { HOME: 'relative' }])
      assert.equal(homeFolder(environment), ofAccount);
  });

  it('is the root folder for a user id without an account', () => {
    const none = (): never => {
      throw new Error('A system error occurred: uv_os_homedir returned ENOENT (no such file or directory)');
    };
    assert.equal(homeFolder({}, none), parse(process.cwd()).root);
    assert.equal(homeFolder({ HOME: '/somewhere' }, none), '/somewhere');
  });
});
