/** Parts of objects read straight into memory: over plain and secure sockets, and what is left to a client of HTTP. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createSecure } from 'node:tls';
import type { DownloadAnswer, DownloadRequest, Downloads } from '../../server/src/core/ports.ts';
import { createDownloads } from '../../server/src/platform/downloads.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';

const BODY = randomBytes(300_000);

/** What is said to the answer number `count` (from 0) on the connection number `connection`. */
type Say = (socket: Socket, count: number, connection: number, head: string) => void;

describe('downloads', () => {
  let server: Server | undefined;
  let downloads: Downloads;
  let sockets: Socket[];
  beforeEach(() => {
    downloads = createDownloads();
    sockets = [];
  });
  afterEach(async () => {
    downloads.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  });

  async function serve(say: Say, secure?: { readonly key: string; readonly cert: string }): Promise<number> {
    const onSocket = (socket: Socket): void => {
      const connection = sockets.push(socket) - 1;
      let count = 0;
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          const head = text.slice(0, end);
          text = text.slice(end + 4);
          say(socket, count++, connection, head);
        }
      });
    };
    server = secure ? createSecure(secure, onSocket) : createServer(onSocket);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  function get(port: number, more: Partial<DownloadRequest> = {}): Promise<DownloadAnswer | undefined> {
    return downloads.get({
      secure: false,
      host: '127.0.0.1',
      port,
      target: '/vault/object?x-id=GetObject',
      headers: { host: `127.0.0.1:${port}`, range: 'bytes=0-299999' },
      connectMs: 5000,
      answerMs: 5000,
      idleMs: 5000,
      ...more,
    });
  }

  const part = (length = BODY.length, more = ''): string =>
    `HTTP/1.1 206 Partial Content\r\nContent-Length: ${length}\r\nETag: "x"\r\n${more}\r\n`;

  /** All of it, in blocks of 7,000 bytes that are used again. */
  async function all(answer: DownloadAnswer | undefined): Promise<Buffer> {
    assert.ok(answer);
    const parts: Buffer[] = [];
    const block = Buffer.alloc(7000);
    for (let count = await answer.body.fill(block); count > 0; count = await answer.body.fill(block))
      parts.push(Buffer.from(block.subarray(0, count)));
    answer.body.stop();
    return Buffer.concat(parts);
  }

  it('reads one part after another over one connection, and sends what it was given', async () => {
    const heads: string[] = [];
    const port = await serve((socket, _count, _connection, head) => {
      heads.push(head);
      socket.write(Buffer.concat([Buffer.from(part(), 'latin1'), BODY]));
    });
    for (let index = 0; index < 3; index++) {
      const answer = await get(port);
      assert.equal(answer?.headers['etag'], '"x"');
      assert.equal(answer.bytes, BODY.length);
      assert.deepEqual(await all(answer), BODY);
    }
    assert.equal(sockets.length, 1);
    assert.equal(
      heads[0],
      `GET /vault/object?x-id=GetObject HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nrange: bytes=0-299999`,
    );
  });

  it('takes a head in pieces, a body that comes with it, and one that comes byte by byte', async () => {
    const port = await serve((socket) => {
      const bytes = Buffer.concat([Buffer.from(part(20), 'latin1'), BODY.subarray(0, 20)]);
      const next = (at: number): void => {
        if (at < bytes.length) socket.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
      };
      next(0);
    });
    assert.deepEqual(await all(await get(port)), BODY.subarray(0, 20));
  });

  it('keeps apart what came with the head and a small block, which may lie in the same memory', async () => {
    const port = await serve((socket) => socket.write(`${part(5)}abcde`, 'latin1'));
    const answer = await get(port);
    const block = Buffer.allocUnsafe(5).fill('-');
    assert.equal(await answer?.body.fill(block), 5);
    assert.equal(block.toString(), 'abcde');
    answer?.body.stop();
  });

  it('takes headers that come twice for lists, as of a store behind a proxy, but those that the body is read by', async () => {
    let twice = 'Vary: Origin\r\nVary: Accept-Encoding\r\n';
    const port = await serve((socket) =>
      socket.write(Buffer.concat([Buffer.from(part(20, twice), 'latin1'), BODY.subarray(0, 20)])),
    );
    const answer = await get(port);
    assert.equal(answer?.headers['vary'], 'Origin, Accept-Encoding');
    assert.deepEqual(await all(answer), BODY.subarray(0, 20));
    for (twice of [
      'Content-Length: 20\r\n',
      'ETag: "y"\r\n',
      'Content-Range: bytes 0-1/2\r\nContent-Range: bytes 2-3/4\r\n',
    ])
      assert.equal(await get(port), undefined, twice);
  });

  describe('over TLS', function () {
    this.timeout(60_000);
    let certificates: Certificates;
    let good: { readonly key: string; readonly cert: string };
    before(async () => {
      certificates = await makeCertificates();
      const { key, cert } = certificates.good;
      good = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    });
    after(() => {
      Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
      certificates.remove();
    });

    it('refuses a certificate of nobody, and reads the same bytes', async () => {
      const port = await serve((socket) => socket.write(Buffer.concat([Buffer.from(part(), 'latin1'), BODY])), good);
      const secure = { secure: true, host: 'localhost' };
      await assert.rejects(get(port, secure), /certificate/iu);
      // The same trust as all of Node's connections; another authority can't be had once the program runs.
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      for (let index = 0; index < 3; index++) assert.deepEqual(await all(await get(port, secure)), BODY);
      assert.ok(sockets.length <= 2, `${sockets.length} connections`);
    });
  });

  it('leaves every other answer to a client of HTTP', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
      'HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 307 Temporary Redirect\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.0 206 Partial Content\r\nContent-Length: 3\r\n\r\nabc',
      'HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
      'HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc',
      'HTTP/1.1 206 Partial Content\r\nContent-Length: +3\r\n\r\nabc',
      'HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc',
      'HTTP/1.1 206 Partial Content\r\nContent-Length : 3\r\n\r\nabc',
      'HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n folded: x\r\n\r\nabc',
      'HTTP/1.1 206 Partial Content\r\n\r\nabc',
      `HTTP/1.1 206 Partial Content\r\nx: ${'y'.repeat(40_000)}`,
      'SSH-2.0-OpenSSH\r\n\r\n',
    ];
    const port = await serve((socket, _count, connection) => socket.write(answers[connection] ?? '', 'latin1'));
    for (const answer of answers) assert.equal(await get(port), undefined, answer.slice(0, 80));
    const before = sockets.length;
    assert.equal(await get(port, { headers: { host: 'x', 'if-match': 'a\r\nx-evil: 1' } }), undefined);
    assert.equal(await get(port, { target: '/a b' }), undefined);
    assert.equal(sockets.length, before, 'what can’t be sent is not sent');
  });

  it('gives what came before a break, then says that it broke', async () => {
    const port = await serve((socket) =>
      socket.end(Buffer.concat([Buffer.from(part(), 'latin1'), BODY.subarray(0, 10_000)])),
    );
    const answer = await get(port);
    const block = Buffer.alloc(20_000);
    assert.equal(await answer?.body.fill(block), 10_000);
    assert.deepEqual(block.subarray(0, 10_000), BODY.subarray(0, 10_000));
    await assert.rejects(async () => await answer?.body.fill(block), { code: 'ECONNRESET' });
    answer?.body.stop();
  });

  it('fills blocks that were given together in their order, with no byte beside them', async () => {
    const port = await serve((socket) => socket.write(Buffer.concat([Buffer.from(part(), 'latin1'), BODY])));
    const answer = await get(port);
    // One memory for all: what belongs to one block may not be taken for another's.
    const memory = Buffer.alloc(BODY.length + 100, 7);
    const counts: Promise<number | undefined>[] = [];
    for (let at = 0; at < BODY.length + 100; at += 70_000)
      counts.push(answer?.body.fill(memory.subarray(at, at + 70_000)) ?? Promise.resolve(undefined));
    assert.deepEqual(await Promise.all(counts), [70_000, 70_000, 70_000, 70_000, 20_000]);
    assert.deepEqual(memory, Buffer.concat([BODY, Buffer.alloc(100, 7)]));
    assert.equal(await answer?.body.fill(memory), 0);
    answer?.body.stop();
  });

  it('gives the block that was begun at a break, and none behind it', async () => {
    const port = await serve((socket) =>
      socket.end(Buffer.concat([Buffer.from(part(), 'latin1'), BODY.subarray(0, 10_000)])),
    );
    const answer = await get(port);
    const [first, second, third] = [8000, 8000, 8000].map((size) => answer?.body.fill(Buffer.alloc(size)));
    assert.equal(await first, 8000);
    assert.equal(await second, 2000);
    await assert.rejects(async () => await third, { code: 'ECONNRESET' });
    answer?.body.stop();
  });

  it('asks again on a new connection where the old one was closed meanwhile, and not where an answer had begun', async () => {
    const port = await serve((socket, count) => {
      if (count > 0) socket.destroy();
      else socket.write(Buffer.concat([Buffer.from(part(5), 'latin1'), BODY.subarray(0, 5)]));
    });
    assert.deepEqual(await all(await get(port)), BODY.subarray(0, 5));
    assert.deepEqual(await all(await get(port)), BODY.subarray(0, 5));
    assert.equal(sockets.length, 2);
    await assert.rejects(
      async () => {
        server?.close();
        const cut = await serve((socket) => socket.end('HTTP/1.1 206 Par'));
        await get(cut);
      },
      { code: 'ECONNRESET' },
    );
  });

  it('uses no connection again that said more than was asked for, or that closes', async () => {
    const port = await serve((socket) => {
      const close = sockets.length === 2 ? 'Connection: close\r\n' : '';
      socket.write(Buffer.concat([Buffer.from(part(5, close), 'latin1'), BODY.subarray(0, close === '' ? 9 : 5)]));
    });
    for (let index = 0; index < 3; index++) assert.deepEqual(await all(await get(port)), BODY.subarray(0, 5));
    assert.equal(sockets.length, 3);
  });

  it('gives up on silence: before the answer, and in the middle of it', async () => {
    const port = await serve((socket, _count, connection) => {
      if (connection > 0) socket.write(part(5), 'latin1');
    });
    await assert.rejects(get(port, { answerMs: 20 }), { name: 'TimeoutError' });
    const answer = await get(port, { idleMs: 20 });
    await assert.rejects(async () => await answer?.body.fill(Buffer.alloc(5)), { name: 'TimeoutError' });
    answer?.body.stop();
  });

  it('stops at once when it is called off', async () => {
    const port = await serve((socket, _count, connection) => {
      if (connection > 0) socket.write(part(5), 'latin1');
    });
    const first = new AbortController();
    const waiting = get(port, { signal: first.signal });
    setImmediate(() => first.abort());
    await assert.rejects(waiting, { name: 'AbortError' });
    const second = new AbortController();
    const answer = await get(port, { signal: second.signal });
    const filling = answer?.body.fill(Buffer.alloc(5));
    second.abort();
    await assert.rejects(async () => await filling, { name: 'AbortError' });
    await assert.rejects(get(port, { signal: second.signal }), { name: 'AbortError' });
  });
});
