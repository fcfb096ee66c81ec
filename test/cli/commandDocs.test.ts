/** The pages of the commands say what the commands themselves say. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../support/program.ts';

describe('docs/commands', () => {
  it('is what --help prints', () => {
    const done = spawnSync(process.execPath, [join(PROJECT, 'scripts/command-docs.mjs'), '--check'], {
      encoding: 'utf8',
    });
    assert.equal(done.status, 0, done.stderr);
  });
});
