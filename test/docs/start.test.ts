/** The newcomer's page, followed: its commands, in its order, in a new repository with no account anywhere. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { commandLinesOf, readPage, wordsOf } from '../support/pages.ts';
import { drillbook, folderOf } from '../support/cli.ts';

describe('docs/start.md', function () {
  this.timeout(60_000);

  it('goes as it says', async () => {
    const folder = folderOf({});
    try {
      assert.equal(spawnSync('git', ['init', '--quiet'], { cwd: folder.path }).status, 0);
      const lines = commandLinesOf(readPage('docs/start.md')).filter((line) => !line.prose);
      const statuses = new Map<string, number | null>();
      for (const { text } of lines) {
        // Nobody is there who could be asked.
        const args = text.startsWith('dry-run') ? [...wordsOf(text), '--yes'] : wordsOf(text);
        const { status, stdout, stderr } = await drillbook(args, { cwd: folder.path });
        statuses.set(text, status);
        if (text.startsWith('drift --plan')) assert.match(stdout, /none was made/iu, stdout + stderr);
      }
      assert.deepEqual(Object.fromEntries(statuses), {
        '--version': 0,
        init: 0,
        check: 0,
        'drift --plan': 0,
        'drift --permissions': 0,
        // Nobody has said yet where live is: not checked. There is no backup where the runbook says: failed.
        drift: 3,
        'dry-run my-service': 1,
        'evidence show latest': 0,
      });
    } finally {
      folder.remove();
    }
  });
});
