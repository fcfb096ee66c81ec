/** Wrong usage: status 2, one sentence that names what was wrong and what there is, with the nearest word where one is near. */
import assert from 'node:assert/strict';
import { nearest } from '../../server/src/cli/suggest.ts';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';

describe('usage errors', () => {
  let folder: Folder;
  before(() => (folder = folderOf({})));
  after(() => folder.remove());

  for (const [args, says] of [
    ['chek', /no command "chek".*Did you mean "check"\?/u],
    ['check --formt json', /no option --formt\. Did you mean --format\?/u],
    ['check --format jsn', /not "jsn"\. Did you mean "json"\?/u],
    ['check --fail-on warnings', /not "warnings"\. Did you mean "warning"\?/u],
    ['dry-run x --level 9', /--level is one of 0, 1, 2, 3, 4, not "9"\.\n/u],
    ['evidence shw', /no "shw"; it has .*Did you mean "show"\?/u],
    ['rules drift/mising', /no finding "drift\/mising"\. Did you mean "drift\/missing"\?/u],
    ['completion fihs', /Did you mean "fish"\?/u],
    ['check --format', /--format needs a value/u],
    ['check --format json --format sarif', /can't both go to standard output/u],
    ['check --quiet=yes', /--quiet takes no value/u],
    ['init --from-live aws/s3-buket x', /aws\/s3-bucket/u],
    ['--formt', /no option --formt/u],
    ['plan --format mermade', /Did you mean "mermaid"\?/u],
  ] as const) {
    it(`drillbook ${args}`, async () => {
      const { status, stdout, stderr } = await drillbook(args.split(' '), { cwd: folder.path });
      assert.equal(status, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, says);
      assert.match(stderr, /^drillbook/u);
    });
  }

  it('offers no word of which nothing was typed', () => {
    assert.equal(nearest('9', ['0', '1']), undefined);
    assert.equal(nearest('xyz', ['json', 'text']), undefined);
    assert.equal(nearest('jsno', ['json', 'text']), 'json');
    assert.equal(nearest('mark', ['markdown', 'text']), 'markdown');
  });
});
