/** Files that root writes into folders of the sandbox's user, who may swap them meanwhile. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { RunContext } from '../../server/src/core/recovery/engine.ts';
import { makeFolder, replaceFile } from '../../server/src/dryrun/writeFile.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';

describe('a file in a folder of the sandbox’s user', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await makeBench()));
  afterEach(async () => await bench.remove());

  it('is replaced there and theirs, and nowhere else where they swapped the folder for a link', async () => {
    const owner = await bench.ports.processes.unprivilegedOwner();
    assert.ok(owner, 'this test needs root');
    const run = { folder: bench.root, owner, signal: new AbortController().signal } as unknown as RunContext;
    const folder = path.join(bench.root, 'data');
    await makeFolder(bench.ports, run, folder);
    const file = path.join(folder, 'postgresql.conf');
    for (const text of ['one', 'two']) await replaceFile(bench.ports, run, file, text);
    assert.deepEqual(
      [readFileSync(file, 'utf8'), statSync(file).uid, readdirSync(folder)],
      ['two', owner.uid, ['postgresql.conf']],
    );
    const system = path.join(bench.root, 'etc');
    mkdirSync(system);
    writeFileSync(path.join(system, 'postgresql.conf'), 'of the machine');
    renameSync(folder, `${folder}-away`);
    symlinkSync(system, folder);
    await assert.rejects(replaceFile(bench.ports, run, file, 'three'), /could not be written/u);
    assert.equal(readFileSync(path.join(system, 'postgresql.conf'), 'utf8'), 'of the machine');
    assert.deepEqual(readdirSync(system), ['postgresql.conf']);
  });
});
