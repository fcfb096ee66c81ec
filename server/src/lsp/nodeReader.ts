/** Messages from a stream, each handed over as soon as its last byte is there: the library's own reader takes three turns of promises and a timer for each. */
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type MessageReader,
} from 'vscode-languageserver/node';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /^content-length:[ \t]*(\d+)[ \t]*$/imu;

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
      const body = rest.toString('utf8', 0, this.#wanted);
      rest = rest.subarray(this.#wanted);
      this.#wanted = undefined;
      this.#tell(body);
    }
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
  }

  #lengthIn(head: string): number | undefined {
    const length = LENGTH.exec(head)?.[1];
    if (length !== undefined) return Number(length);
    this.fireError(new Error(`A message's head has to give its Content-Length, and this one doesn't: ${head}`));
    return undefined;
  }

  #tell(body: string): void {
    try {
      this.#callback?.(JSON.parse(body) as Parameters<DataCallback>[0]);
    } catch (error) {
      this.fireError(error);
    }
  }
}
