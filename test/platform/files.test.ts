/** The file system's adapter: whole files or none, streams to their end, locks that hold. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createFiles } from '../../server/src/platform/files.ts';

describe('platform files', () => {
  const files = createFiles();
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'drillbook-files-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string): string => join(folder, name);

  async function* chunks(count: number, size: number): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < count; index += 1) yield await Promise.resolve(new Uint8Array(size).fill(index));
  }

  it('writes whole files, makes folders, keeps the mode and leaves nothing beside them', async () => {
    await files.writeAtomic(at('a/b/c.txt'), 'one');
    chmodSync(at('a/b/c.txt'), 0o600);
    await files.writeAtomic(at('a/b/c.txt'), 'two');
    assert.equal(readFileSync(at('a/b/c.txt'), 'utf8'), 'two');
    assert.equal(statSync(at('a/b/c.txt')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(at('a/b')), ['c.txt']);
  });

  it('gives up on a folder that can’t be made, also where its parent takes none', async () => {
    writeFileSync(at('plain'), '');
    for (const none of [at('plain'), at('plain/below'), ...(process.platform === 'linux' ? ['/proc/none/below'] : [])])
      await assert.rejects(files.makeFolder(none), { syscall: 'mkdir' });
    await Promise.all([files.makeFolder(at('x/y/z')), files.makeFolder(at('x/y')), files.makeFolder(at('x/y/z'))]);
    assert.ok(statSync(at('x/y/z')).isDirectory());
  });

  it('writes what only its owner may read, also over a file that all could', async () => {
    await files.writeAtomic(at('key'), 'secret', 0o600);
    assert.equal(statSync(at('key')).mode & 0o777, 0o600);
    chmodSync(at('key'), 0o644);
    await files.writeAtomic(at('key'), 'secret', 0o600);
    assert.equal(statSync(at('key')).mode & 0o777, 0o600);
  });

  it('tells whoever reads late that a file is gone, and ends nothing before', async () => {
    const stream = files.readStream(at('gone'));
    assert.ok(stream instanceof Readable);
    await new Promise((resolve) => stream.once('close', resolve));
    await assert.rejects(async () => {
      for await (const _chunk of stream);
    }, /ENOENT/u);
  });

  it('leaves the old file where the new one can’t be written', async () => {
    writeFileSync(at('file'), 'old');
    await assert.rejects(files.writeAtomic(join(at('file'), 'below.txt'), 'new'));
    assert.equal(readFileSync(at('file'), 'utf8'), 'old');
  });

  it('streams to the end and says how much, with and without a signal', async () => {
    assert.equal(await files.writeStream(at('s'), chunks(20, 70_000)), 1_400_000);
    assert.equal(await files.writeStream(at('s'), chunks(3, 10), new AbortController().signal), 30);
    assert.equal(statSync(at('s')).size, 30);
    assert.equal(statSync(at('s')).mode & 0o777, 0o600);
  });

  it('stops a stream that never ends when the signal says so', async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      controller.abort(new Error('enough'));
      await new Promise(() => undefined);
    }
    await assert.rejects(files.writeStream(at('s'), endless(), controller.signal));
  });

  it('reads ranges, the end exclusive', async () => {
    writeFileSync(at('r'), '0123456789');
    let text = '';
    for await (const chunk of files.readStream(at('r'), { start: 2, end: 5 })) text += Buffer.from(chunk).toString();
    assert.equal(text, '234');
  });

  it('sets the mode of what lies there itself, whatever it is, and not of what a link leads to', async () => {
    writeFileSync(at('theirs'), 'x', { mode: 0o600 });
    symlinkSync(at('theirs'), at('link'));
    await assert.rejects(files.setMode(at('link'), 0o666), { code: 'ELOOP' });
    assert.equal(statSync(at('theirs')).mode & 0o777, 0o600);
    mkdirSync(at('folder'), { mode: 0o000 });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    for (const name of ['theirs', 'folder', 'socket']) {
      await files.setMode(at(name), 0o710);
      assert.equal(statSync(at(name)).mode & 0o777, 0o710, name);
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it('lets one of many take a lock', async () => {
    const taken = await Promise.all(
      Array.from({ length: 20 }, async () => await files.createExclusive(at('lock'), 'x')),
    );
    assert.equal(taken.filter(Boolean).length, 1);
  });

  it('says undefined of what is not there, and rejects on what can’t be read', async () => {
    assert.equal(await files.info(at('nothing')), undefined);
    await assert.rejects(files.readText(at('nothing')), { code: 'ENOENT' });
    assert.ok((await files.freeBytes(at('not/yet/there'))) > 0);
  });

  it('makes short temporary folders for the owner alone', async () => {
    const made = await files.makeTemporaryFolder('t');
    assert.ok(made.length < 60);
    assert.equal(statSync(made).mode & 0o777, 0o700);
    await files.remove(made);
    assert.equal(await files.info(made), undefined);
  });
});
