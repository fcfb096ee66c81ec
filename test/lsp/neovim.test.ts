/** Neovim's built-in client, which nobody here wrote, against the built program: diagnostics, completion, lenses, a command. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram, PROJECT } from '../support/program.ts';
import { WORKSPACE } from '../support/runbooks.ts';

describe('Neovim’s language client', function () {
  this.timeout(60_000);
  let folder = '';
  const seen: Record<string, unknown>[] = [];
  const of = (key: string): unknown[] => seen.filter((each) => key in each).map((each) => each[key]);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'drillbook-nvim-'));
    const text = (WORKSPACE['runbooks/orders.runbook.yaml'] ?? '').replace('recovery: scripted', 'recovery: scriptd');
    const doc = join(folder, 'orders.runbook.yaml');
    writeFileSync(doc, text);
    for (const [file, each] of Object.entries(WORKSPACE)) {
      if (!file.includes('orders')) writeFileSync(join(folder, file.replace(/.*\//u, '')), each);
    }
    const out = join(folder, 'seen.jsonl');
    const nvim = spawnSync(
      'nvim',
      ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `luafile ${join(PROJECT, 'test/lsp/neovim/client.lua')}`],
      {
        cwd: folder,
        encoding: 'utf8',
        timeout: 55_000,
        env: {
          ...process.env,
          DOC: doc,
          OUT: out,
          LINE: String(text.split('\n').findIndex((line) => line.startsWith('recovery:'))),
          PROGRAM: JSON.stringify([process.execPath, builtProgram(), 'lsp']),
          XDG_STATE_HOME: folder,
          XDG_CACHE_HOME: folder,
        },
      },
    );
    assert.ok(!nvim.error, `nvim could not be run (install Neovim): ${String(nvim.error)}`);
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    seen.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    assert.deepEqual(of('problem'), [], nvim.stderr);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('attaches and stops', () => {
    assert.deepEqual(of('attached'), [true]);
    assert.deepEqual(of('stopped'), [true]);
  });
  it('shows diagnostics', () => {
    const found = of('diagnostic') as {
      code: string;
      line: number;
      column: number;
      severity: number;
      source: string;
    }[];
    const wrong = found.find((each) => each.code === 'schema/value');
    assert.deepEqual(wrong, { code: 'schema/value', line: 11, column: 10, severity: 1, source: 'drillbook' });
  });
  it('completes', () => {
    const [answer] = of('textDocument/completion') as { items: { label: string }[] }[];
    assert.ok(answer?.items.some((item) => item.label === 'scripted'));
  });
  it('hovers and outlines', () => {
    assert.match(JSON.stringify(of('textDocument/hover')), /scripted/);
    assert.match(JSON.stringify(of('textDocument/documentSymbol')), /orders-db/);
  });
  it('shows the lens and runs its command, which asks for confirmation first', () => {
    const lenses = of('lens') as { title: string; command: string }[];
    assert.ok(lenses.some((lens) => lens.command === 'drillbook.dryRun' && lens.title.startsWith('Dry-run restore')));
    const [answer] = of('workspace/executeCommand') as { status: string; plan: { runbook: string } }[];
    assert.equal(answer?.status, 'needs-confirmation');
    assert.equal(answer.plan.runbook, 'orders-db');
  });
});
