/** The scripts of completion, loaded by the shells themselves: what each offers where the person presses Tab. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../server/src/cli/table.ts';
import { FORMAT_NAMES } from '../../server/src/cli/format/names.ts';
import { drillbook, folderOf, type Folder } from '../support/cli.ts';

/** Presses Tab in a terminal of zsh's own and reads until it shows `$3`; forever where it doesn't. */
const ZSH_DRIVER = String.raw`
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1='' ; autoload -Uz compinit; compinit -u -D; source '$1'; zstyle ':completion:*' list-colors ''; LISTMAX=0; setopt no_beep auto_list no_list_ambiguous no_menu_complete no_auto_menu; bindkey '^I' complete-word; print rea''dy"
zpty -r z seen '*ready*'
zpty -w -n z "$2"$'\t'
zpty -r z seen "*$3*"
zpty -d z
`;

describe('completion', function () {
  this.timeout(60_000);
  let folder: Folder;
  before(async () => {
    folder = folderOf({ 'a.runbook.yaml': 'x', 'driver.zsh': ZSH_DRIVER });
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { status, stdout } = await drillbook(['completion', shell], { cwd: folder.path });
      assert.equal(status, 0);
      writeFileSync(join(folder.path, `drillbook.${shell}`), stdout);
    }
  });
  after(() => folder.remove());

  function shell(program: string, args: readonly string[]): string {
    const done = spawnSync(program, args, { cwd: folder.path, encoding: 'utf8', timeout: 30_000 });
    assert.equal(done.error, undefined, `this test needs ${program}: install it`);
    assert.equal(done.status, 0, done.stderr);
    return done.stdout;
  }

  /** What bash offers for these words; the last one is being typed. */
  function bash(...words: string[]): string[] {
    const script =
      'source ./drillbook.bash; shift 0; COMP_WORDS=(drillbook "$@"); COMP_CWORD=$#; _drillbook; printf "%s\\n" "${COMPREPLY[@]}"';
    return shell('bash', ['--norc', '-c', script, 'bash', ...words])
      .split('\n')
      .filter((word) => word !== '');
  }
  function fish(line: string): string[] {
    return shell('fish', ['--no-config', '-c', `source ./drillbook.fish; complete -C '${line}'`])
      .split('\n')
      .map((each) => each.split('\t')[0] ?? '')
      .filter((word) => word !== '');
  }

  it('bash: registers itself', () => {
    assert.match(shell('bash', ['--norc', '-c', 'source ./drillbook.bash; complete -p drillbook']), /_drillbook/u);
  });

  it('bash: offers commands, options, subcommands, values and files', () => {
    for (const { name } of COMMANDS) assert.ok(bash('').includes(name), name);
    assert.deepEqual(bash('dr'), ['drift', 'dry-run']);
    assert.deepEqual(bash('drift', '--perm'), ['--permissions']);
    assert.deepEqual(bash('evidence', 'ver'), ['verify']);
    assert.deepEqual(bash('check', '--fail-on', 'w'), ['warning']);
    assert.deepEqual(bash('check', 'a.'), ['a.runbook.yaml']);
  });

  it('bash: offers formats, also behind the equals sign at which it takes words apart', () => {
    assert.deepEqual(bash('check', '--format', ''), [...FORMAT_NAMES]);
    assert.deepEqual(bash('check', '--format', '='), [...FORMAT_NAMES]);
    assert.deepEqual(bash('check', '--format', '=', 's'), ['sarif']);
    assert.deepEqual(bash('plan', '--format', 'me'), ['mermaid']);
    assert.deepEqual(bash('export', '--format', ''), ['markdown', 'html']);
  });

  it('fish: offers commands, options, subcommands and values', () => {
    for (const { name } of COMMANDS) assert.ok(fish('drillbook ').includes(name), name);
    assert.deepEqual(fish('drillbook dr'), ['drift', 'dry-run']);
    assert.deepEqual(fish('drillbook drift --perm'), ['--permissions']);
    assert.deepEqual(fish('drillbook check --fail-on '), ['error', 'information', 'warning']);
    assert.deepEqual(fish('drillbook evidence ver'), ['verify']);
    assert.deepEqual(fish('drillbook check --format '), [...FORMAT_NAMES].sort());
  });

  it('zsh: offers commands, options, subcommands and values', () => {
    const offers = (line: string, shown: string): string =>
      shell('zsh', ['-f', './driver.zsh', join(folder.path, 'drillbook.zsh'), line, shown]);
    offers('drillbook ', 'Where each runbook stands');
    offers('drillbook drift --perm', 'drift --permissions');
    offers('drillbook check --fail-on w', '--fail-on warning');
    offers('drillbook check --format sa', '--format sarif');
    offers('drillbook evidence ver', 'evidence verify');
  });
});
