/** What the server hears over a stream: each message whole, however its bytes come. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { WholeReader } from '../../server/src/lsp/nodeReader.ts';

/** A reader, what it heard and what it said of faults. */
function listening(): { readonly stream: PassThrough; readonly heard: unknown[]; readonly faults: string[] } {
  const stream = new PassThrough();
  const reader = new WholeReader(stream);
  const heard: unknown[] = [];
  const faults: string[] = [];
  reader.onError((error) => faults.push(error.message));
  reader.listen((message) => heard.push(message));
  return { stream, heard, faults };
}

function message(value: unknown, head = ''): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}

const MESSAGES = [{ method: 'a', params: 'déjà ✓ 🗄' }, { method: 'b' }, { method: 'c', params: 'x'.repeat(300) }];

describe('the reader of messages', () => {
  for (const size of [1, 2, 3, 7, 64, 100_000])
    it(`hears the same messages in pieces of ${size} bytes`, async () => {
      const { stream, heard, faults } = listening();
      const type = 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n';
      const bytes = Buffer.concat(MESSAGES.map((each, index) => message(each, index === 1 ? type : '')));
      for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
      await turn();
      assert.deepEqual(heard, MESSAGES);
      assert.deepEqual(faults, []);
    });

  it('hands a message over as soon as its last byte is there', async () => {
    const { stream, heard } = listening();
    const bytes = message(MESSAGES[0]);
    stream.write(bytes.subarray(0, -1));
    await turn();
    assert.deepEqual(heard, []);
    stream.write(Buffer.concat([bytes.subarray(-1), message(MESSAGES[1]).subarray(0, 5)]));
    await turn();
    assert.deepEqual(heard, [MESSAGES[0]]);
  });

  it('tells of a head without a length and of a body that is no JSON, and hears what follows', async () => {
    const { stream, heard, faults } = listening();
    stream.write('Content-Type: x\r\n\r\n');
    stream.write('Content-Length: 3\r\n\r\n{a}');
    stream.write(message(MESSAGES[1]));
    await turn();
    assert.deepEqual(heard, [MESSAGES[1]]);
    assert.equal(faults.length, 2);
    assert.match(faults[0] ?? '', /Content-Length.*Content-Type: x/u);
  });

  it('finds the next message behind one that is longer or shorter than it said, or than anything', async () => {
    const { stream, heard, faults } = listening();
    const body = JSON.stringify(MESSAGES[0]);
    stream.write(`Content-Length: 5\r\n\r\n${body}`);
    stream.write(message(MESSAGES[1]));
    stream.write(`Content-Length: ${Buffer.byteLength(body) + 60}\r\n\r\n${body}`);
    stream.write(message(MESSAGES[2], 'Content-Type: x\r\n'));
    stream.write('Content-Length: 99999999999999999999\r\n\r\n');
    stream.write(message(MESSAGES[1]));
    await turn();
    assert.deepEqual(heard, [MESSAGES[1], MESSAGES[2], MESSAGES[1]]);
    assert.equal(faults.length, 3);
    assert.match(faults[0] ?? '', /5 bytes are no JSON/u);
    assert.match(faults[2] ?? '', /more than can be read/u);
  });

  it('tells that the stream is closed', async () => {
    const stream = new PassThrough();
    const reader = new WholeReader(stream);
    const closed = new Promise<void>((resolve) => reader.onClose(resolve));
    reader.listen(() => undefined);
    stream.destroy();
    await closed;
  });
});
