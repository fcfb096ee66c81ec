/** What the server sends over a stream: each message whole, in one write. */
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import type { Message } from 'vscode-languageserver/node';
import { WholeWriter } from '../../server/src/lsp/nodeWriter.ts';

describe('the writer of messages', () => {
  const message = { jsonrpc: '2.0', method: 'said', params: 'déjà ✓' } as Message;

  it('sends head and body in one write, with the length in bytes', async () => {
    const writes: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        writes.push(chunk.toString());
        done();
      },
    });
    await new WholeWriter(stream).write(message);
    const body = '{"jsonrpc":"2.0","method":"said","params":"déjà ✓"}';
    assert.deepEqual(writes, [`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`]);
  });

  it('tells of a stream that takes no more, and that it is closed', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => {
        done(new Error('the reader is gone'));
      },
    });
    const writer = new WholeWriter(stream);
    const told: string[] = [];
    let closed = false;
    writer.onError(([error, of]) => told.push(`${error.message} ${of === message}`));
    const isClosed = new Promise<void>((resolve) => {
      writer.onClose(() => {
        closed = true;
        resolve();
      });
    });
    await assert.rejects(writer.write(message), /the reader is gone/u);
    await isClosed;
    assert.ok(closed);
    assert.ok(told.includes('the reader is gone true'));
  });
});
