/** Messages from a stream, each handed over as soon as its last byte is there: the library's own reader takes three turns of promises and a timer for each. */
import { constants } from 'node:buffer';
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type MessageReader,
} from 'vscode-languageserver/node';

const HEAD_END = Buffer.from('\r\n\r\n');
/** Anywhere in a line: behind a message that was longer than it said, what is left of it stands before the next head. */
const LENGTH = /content-length:[ \t]*(\d+)[ \t]*$/gimu;
/** A head within a body: the message before it was shorter than it said. */
const HEAD_WITHIN = /content-length:[ \t]*\d+[ \t]*\r\n(?:[^\r\n]+\r\n)*\r\n/iu;

export class WholeReader extends AbstractMessageReader implements MessageReader {
  readonly #stream: NodeJS.ReadableStream;
  #callback: DataCallback | undefined;
  /** What came of a head or body that is not whole yet. */
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes of the body that is waited for; undefined while it is a head. */
  #wanted: number | undefined;

  constructor(stream: NodeJS.ReadableStream) {
    super();
    this.#stream = stream;
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    const take = (chunk: Buffer): void => {
      this.#take(chunk);
    };
    this.#stream.on('data', take);
    this.#stream.on('error', (error: Error) => {
      this.fireError(error);
    });
    this.#stream.on('close', () => {
      this.fireClose();
    });
    return { dispose: () => void this.#stream.off('data', take) };
  }

  /** Only named: the library tells a stream by it, and listens to `on` for the end of the input, with which the server ends. */
  read(): never {
    throw new TypeError('Messages are listened to, not read.');
  }

  on(event: string, listener: () => void): void {
    this.#stream.on(event, listener);
  }

  #take(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    // Joined only when the body may be whole: a long document comes in many pieces.
    if (this.#wanted !== undefined && this.#size < this.#wanted) return;
    let rest = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#size);
    for (;;) {
      if (this.#wanted === undefined) {
        const end = rest.indexOf(HEAD_END);
        if (end < 0) break;
        this.#wanted = this.#lengthIn(rest.toString('latin1', 0, end));
        rest = rest.subarray(end + HEAD_END.length);
      }
      if (this.#wanted === undefined) continue;
      if (rest.length < this.#wanted) break;
      const body = rest.subarray(0, this.#wanted);
      rest = rest.subarray(this.#tell(body) ? this.#wanted : nextHead(body));
      this.#wanted = undefined;
    }
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
  }

  #lengthIn(head: string): number | undefined {
    const length = Number([...head.matchAll(LENGTH)].at(-1)?.[1]);
    if (length <= constants.MAX_STRING_LENGTH) return length;
    this.fireError(
      new Error(
        Number.isNaN(length)
          ? `A message's head has to give its Content-Length, and this one doesn't: ${start(head)}`
          : `A message's Content-Length of ${length} bytes is more than can be read.`,
      ),
    );
    return undefined;
  }

  /** Hands the message over. False where it is no JSON. */
  #tell(body: Buffer): boolean {
    const text = body.toString('utf8');
    let message: Parameters<DataCallback>[0];
    try {
      message = JSON.parse(text) as Parameters<DataCallback>[0];
    } catch {
      this.fireError(new Error(`A message's ${body.length} bytes are no JSON, so its Content-Length may be wrong.`));
      return false;
    }
    try {
      this.#callback?.(message);
    } catch (error) {
      this.fireError(error);
    }
    return true;
  }
}

/** Where in a body that can't be read the next message begins; its end where none does. */
function nextHead(body: Buffer): number {
  const at = body.toString('latin1').search(HEAD_WITHIN);
  return at < 0 ? body.length : at;
}

/** As much of a head as a log needs. */
function start(head: string): string {
  return head.slice(0, 200);
}
