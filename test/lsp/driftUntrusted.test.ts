/** What is shown of an untrusted workspace: in stretches, and of no file that was trusted or went meanwhile. */
import assert from 'node:assert/strict';
import type { ServerDependencies } from '../../server/src/lsp/dependencies.ts';
import type { Diagnostics } from '../../server/src/lsp/diagnostics.ts';
import { newState } from '../../server/src/lsp/driftState.ts';
import { showUntrusted } from '../../server/src/lsp/driftUntrusted.ts';
import { Root } from '../../server/src/lsp/root.ts';
import { RUNBOOK } from '../support/runbooks.ts';

const FILES = ['a.runbook.yaml', 'b.runbook.yaml', 'c.runbook.yaml'];

/** Shows three runbooks where each look at the clock takes ten milliseconds; `meanwhile` runs between two stretches. */
async function shown(meanwhile: (turn: number, root: Root) => void, isTrusted = () => false): Promise<string[]> {
  const root = new Root('/work');
  for (const file of FILES) root.setText(file, RUNBOOK.replace('orders-db', file.slice(0, 1)));
  let ms = 0;
  let turns = 0;
  const dependencies = {
    clock: { now: () => (ms += 10) },
    soon: (callback: () => void) => {
      meanwhile(++turns, root);
      setImmediate(callback);
      return () => undefined;
    },
  } as unknown as ServerDependencies;
  const published: string[] = [];
  const diagnostics = {
    set: () => undefined,
    publish: (_root: Root, file: string) => published.push(`${turns} ${file}`),
  } as unknown as Diagnostics;
  await showUntrusted({ dependencies, diagnostics }, root, newState(), FILES, { isTrusted, stop: () => undefined });
  return published;
}

describe('an untrusted workspace', () => {
  it('is shown in stretches, with what is typed in between', async () => {
    assert.deepEqual(await shown(() => undefined), ['1 a.runbook.yaml', '2 b.runbook.yaml', '3 c.runbook.yaml']);
  });

  it('is not said to be untrusted of a file that is gone by then, or once it is trusted', async () => {
    let trusted = false;
    const published = await shown(
      (turn, root) => {
        if (turn === 2) root.remove('b.runbook.yaml');
        trusted = turn === 3;
      },
      () => trusted,
    );
    assert.deepEqual(published, ['1 a.runbook.yaml']);
  });
});
