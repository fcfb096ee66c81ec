/** Emacs' language client, eglot, set up as docs/editors.md says: diagnostics, completion, quick fixes, definition, rename. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram, PROJECT } from '../support/program.ts';
import { WORKSPACE } from '../support/runbooks.ts';

/** The registration of the page, with this program in place of the one on PATH. */
function configuration(): string {
  const page = readFileSync(join(PROJECT, 'docs', 'editors.md'), 'utf8');
  const block = /^```elisp\n([\s\S]*?eglot-server-programs[\s\S]*?)^```/mu.exec(page)?.[1];
  assert.ok(block, 'docs/editors.md has no configuration for eglot');
  const program = [process.execPath, builtProgram()].map((each) => JSON.stringify(each)).join(' ');
  const made = block.replace('"drillbook"', program);
  assert.notEqual(made, block);
  return made;
}

describe('Emacs’ language client', function () {
  this.timeout(60_000);
  let folder = '';
  const seen: Record<string, unknown>[] = [];
  const of = (key: string): unknown[] => seen.filter((each) => key in each).map((each) => each[key]);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'drillbook-emacs-'));
    mkdirSync(join(folder, '.git'));
    for (const [file, each] of Object.entries(WORKSPACE)) writeFileSync(join(folder, file.replace(/.*\//u, '')), each);
    const doc = join(folder, 'orders.runbook.yaml');
    writeFileSync(doc, readFileSync(doc, 'utf8').replace('recovery: scripted', 'recovery: scriptd'));
    const config = join(folder, 'config.el');
    writeFileSync(config, configuration());
    const out = join(folder, 'seen.jsonl');
    writeFileSync(out, '');
    const emacs = spawnSync('emacs', ['--batch', '--load', join(PROJECT, 'test/lsp/emacs/client.el')], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 55_000,
      env: { ...process.env, HOME: folder, XDG_CACHE_HOME: folder, DOC: doc, CONFIG: config, OUT: out },
    });
    assert.ok(!emacs.error, `emacs could not be run (install Emacs, and eglot below Emacs 29): ${String(emacs.error)}`);
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    seen.push(...lines.filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>));
    assert.deepEqual(of('problem'), [], `${emacs.stderr} (Emacs below 29 needs the package eglot)`);
    assert.deepEqual(of('attached'), [true], emacs.stderr);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows diagnostics', () => {
    const found = of('diagnostic') as { line: number; text: string }[];
    const wrong = found.find((each) => each.text.includes('schema/value'));
    assert.equal(wrong?.line, 12);
    assert.match(wrong.text, /did you mean `scripted`/);
  });
  it('completes and offers quick fixes', () => {
    assert.deepEqual(of('completion'), [['passive', 'scripted', 'automated']]);
    assert.ok((of('action')[0] as string[]).includes('Change to `scripted`'));
  });
  it('goes to definitions and renames', () => {
    assert.match(String((of('definition')[0] as string[])[0]), /primary:/);
    assert.deepEqual(of('renamed'), [[true, true]]);
  });
});
