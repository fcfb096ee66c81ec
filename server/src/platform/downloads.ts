/** The `Downloads` port over sockets that read into one's own memory; it knows as much of HTTP as the parts of an object need. */
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { ByteSource, DownloadAnswer, DownloadRequest, Downloads } from '../core/ports.ts';
import { partHead, requestHead, type PartHead } from './httpPart.ts';

/** What comes while nobody has given memory: the answer's head, and the first bytes after a pause. */
const SPARE = 16 * 1024;
/** An idle connection is closed before a server may do so while a request is on its way. */
const KEPT_MS = 3000;

export function createDownloads(): Downloads {
  const idle = new Map<string, Set<Connection>>();
  const keep = (connection: Connection, origin: string): void => {
    const kept = idle.get(origin) ?? new Set();
    idle.set(origin, kept.add(connection));
    connection.rest(KEPT_MS, () => kept.delete(connection));
  };
  const reused = (origin: string): Connection | undefined => {
    const kept = idle.get(origin);
    const [first] = kept ?? [];
    if (first) kept?.delete(first);
    return first;
  };
  const ask = async (connection: Connection, request: DownloadRequest, head: string, origin: string) =>
    await connection.ask(request, head, () => keep(connection, origin));
  return {
    get: async (request) => {
      const head = requestHead(request);
      if (head === undefined) return undefined;
      const origin = `${request.secure ? 'https' : 'http'}://${request.host}:${request.port}`;
      const kept = reused(origin);
      if (kept) {
        try {
          return await ask(kept, request, head, origin);
        } catch (error) {
          // Closed by the server before it could know of the request: that is no answer.
          if (!kept.wasStale() || request.signal?.aborted === true) throw error;
        }
      }
      return await ask(await open(request), request, head, origin);
    },
    close: () => {
      for (const kept of idle.values()) for (const connection of kept) connection.end();
      idle.clear();
    },
  };
}

interface Connection {
  /** Sends a request; `onRead` is called when the whole answer was read and another may be sent. */
  ask(request: DownloadRequest, head: string, onRead: () => void): Promise<DownloadAnswer | undefined>;
  /** Whether it ended before any byte of the last answer. */
  wasStale(): boolean;
  /** Stays open for `ms` with nothing asked, and keeps no program alive; `onEnd` when it is gone. */
  rest(ms: number, onEnd: () => void): void;
  end(): void;
}

/** A socket, and what is done with what comes of it. */
interface Wire {
  readonly socket: Socket;
  readonly spare: Buffer;
  /** Takes what came; false: no more for now. */
  take: (bytes: Buffer) => boolean;
  /** Where the next bytes should be put. */
  room: () => Buffer;
  onEnd: () => void;
  onSilence: () => void;
  /** Whether anything came since the last request. */
  answered: boolean;
  failure?: Error;
}

async function open(request: DownloadRequest): Promise<Connection> {
  const { host, port, secure, signal } = request;
  signal?.throwIfAborted();
  const spare = Buffer.allocUnsafeSlow(SPARE);
  const idle: Omit<Wire, 'socket'> = {
    spare,
    take: () => false,
    room: () => spare,
    onEnd: () => undefined,
    onSilence: () => undefined,
    answered: false,
  };
  const onread = {
    buffer: () => idle.room(),
    callback: (count: number, buffer: Uint8Array) => idle.take(Buffer.from(buffer.buffer, buffer.byteOffset, count)),
  };
  // Node's types know of `onread` only without TLS.
  const options = { host, port, onread, ALPNProtocols: ['http/1.1'], ...(isIP(host) ? {} : { servername: host }) };
  const socket = secure ? connectSecure(options) : connectPlain(options);
  socket.setNoDelay(true);
  const wire: Wire = Object.assign(idle, { socket });
  socket.on('error', (error) => (wire.failure ??= error));
  socket.on('close', () => {
    wire.failure ??= reset();
    wire.onEnd();
  });
  socket.on('timeout', () => wire.onSilence());
  const onAbort = (): void => fail(wire, aborted());
  const timer = setTimeout(
    () => fail(wire, silence(`no connection within ${request.connectMs} ms`)),
    request.connectMs,
  );
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      wire.onEnd = () => reject(wire.failure ?? reset());
      socket.once(secure ? 'secureConnect' : 'connect', resolve);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  return connectionOf(wire);
}

function fail(wire: Wire, error: Error): void {
  wire.failure ??= error;
  wire.socket.destroy();
}

function connectionOf(wire: Wire): Connection {
  const { socket } = wire;
  return {
    ask: async (request, head, onRead) => {
      const onAbort = (): void => fail(wire, aborted());
      request.signal?.addEventListener('abort', onAbort, { once: true });
      const over = (mayFollow: boolean): void => {
        request.signal?.removeEventListener('abort', onAbort);
        if (mayFollow) onRead();
        else fail(wire, reset());
      };
      try {
        const answer = await answerOf(wire, request, head, over);
        if (answer === undefined) over(false);
        return answer;
      } catch (error) {
        over(false);
        throw error;
      }
    },
    wasStale: () => wire.failure !== undefined && !wire.answered && wire.failure.name !== TIMEOUT,
    rest: (ms, onEnd) => {
      const end = (): void => fail(wire, reset());
      // Nothing is due: whatever comes ends it.
      wire.take = () => (end(), false);
      wire.room = () => wire.spare;
      wire.onEnd = onEnd;
      wire.onSilence = end;
      socket.setTimeout(ms);
      socket.unref();
      socket.resume();
    },
    end: () => fail(wire, reset()),
  };
}

/** Sends the request and reads the answer's head; undefined where the answer is none that is read here. */
async function answerOf(
  wire: Wire,
  request: DownloadRequest,
  head: string,
  onOver: (mayFollow: boolean) => void,
): Promise<DownloadAnswer | undefined> {
  const { socket } = wire;
  let text = '';
  wire.answered = false;
  return await new Promise((resolve, reject) => {
    wire.onEnd = () => reject(wire.failure ?? reset());
    wire.onSilence = () => fail(wire, silence(`no answer within ${request.answerMs} ms`));
    wire.take = (bytes) => {
      wire.answered = true;
      text += bytes.toString('latin1');
      const found = partHead(text, SPARE);
      if (found === 'more') return true;
      // At once: a secure connection may give more in the same breath, though it was told to pause.
      resolve(
        found && {
          status: 206,
          headers: found.headers,
          bytes: found.bytes,
          body: bodyOf(wire, found, request.idleMs, (whole) => onOver(whole && found.keepsOpen)),
        },
      );
      return false;
    };
    if (wire.failure) {
      wire.onEnd();
      return;
    }
    socket.ref();
    socket.setTimeout(request.answerMs);
    socket.write(head, 'latin1');
    socket.resume();
  });
}

/** Memory that was given for the next bytes. */
interface Filling {
  readonly block: Buffer;
  filled: number;
  readonly settle: (filled: number) => void;
  readonly fail: (error: Error) => void;
}

function bodyOf(wire: Wire, head: PartHead, idleMs: number, onOver: (whole: boolean) => void): ByteSource {
  const { socket } = wire;
  /** What came while nobody had given memory. */
  const early: Buffer[] = head.rest.length === 0 ? [] : [head.rest];
  const wanted: Filling[] = [];
  let unasked = head.bytes;
  let left = head.bytes;
  let isOver = false;
  const finish = (whole: boolean): void => {
    if (isOver) return;
    isOver = true;
    onOver(whole);
  };
  const put = (from: Buffer): void => {
    let rest = from;
    for (let [first] = wanted; first && rest.length > 0; [first] = wanted) {
      const { block, filled } = first;
      const count = Math.min(rest.length, block.length - filled);
      // Most was read in its place.
      const isThere = rest.buffer === block.buffer && rest.byteOffset === block.byteOffset + filled;
      if (!isThere) rest.copy(block, filled, 0, count);
      first.filled += count;
      left -= count;
      rest = rest.subarray(count);
      if (first.filled === block.length) wanted.shift()?.settle(block.length);
    }
    if (rest.length > 0) early.push(Buffer.from(rest));
    // More than was announced is no beginning of another answer.
    if (left === 0) finish(early.length === 0);
  };
  const broken = (error: Error): void => {
    for (const { filled, settle, fail: refuse } of wanted.splice(0)) {
      if (filled > 0) settle(filled);
      else refuse(error);
    }
  };
  wire.room = () => {
    const [first] = wanted;
    return first ? first.block.subarray(first.filled) : wire.spare;
  };
  wire.take = (from) => {
    put(from);
    // Behind the last byte it goes on reading, to see when the server closes.
    return wanted.length > 0 || left === 0;
  };
  wire.onEnd = () => broken(wire.failure ?? reset());
  wire.onSilence = () => {
    // While nothing is asked for, the silence is ours.
    if (wanted.length > 0) fail(wire, silence(`nothing came for ${idleMs} ms`));
  };
  return {
    fill: async ({ buffer, byteOffset, length }) => {
      const count = Math.min(length, unasked);
      if (count === 0) return 0;
      unasked -= count;
      return await new Promise<number>((settle, refuse) => {
        wanted.push({ block: Buffer.from(buffer, byteOffset, count), filled: 0, settle, fail: refuse });
        for (const each of early.splice(0)) put(each);
        if (wire.failure) {
          broken(wire.failure);
        } else if (wanted.length === 1) {
          socket.setTimeout(idleMs);
          socket.resume();
        }
      });
    },
    stop: () => finish(false),
  };
}

const TIMEOUT = 'TimeoutError';

function silence(words: string): Error {
  return Object.assign(new Error(`The server was silent: ${words}.`), { name: TIMEOUT });
}

function aborted(): Error {
  return Object.assign(new Error('The request was called off.'), { name: 'AbortError' });
}

function reset(): Error {
  return Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' });
}
