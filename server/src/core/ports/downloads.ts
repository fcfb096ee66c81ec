/** Large answers of HTTP read straight into the caller's memory: what a stream would allocate for every packet is garbage. */

/** Bytes that are pulled into memory of the puller's. */
export interface ByteSource {
  /**
   * Puts the next bytes into `block` until it is full. Fewer come only at the end or where the source broke; asked again, it
   * then resolves to 0 or rejects. Another block may be given before the last one is full, and is filled without a pause.
   */
  fill(block: Uint8Array): Promise<number>;
  /** Lets go of it, whether read to the end or not. */
  stop(): void;
}

/** A GET, ready to be sent: encoded and signed by whoever asks. */
export interface DownloadRequest {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until the connection stands, until the answer begins, and without a byte while one is waited for. */
  readonly connectMs: number;
  readonly answerMs: number;
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

/** A part of an object, as it was asked for. */
export interface DownloadAnswer {
  readonly status: 206;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly body: ByteSource;
}

/** Connections of one user's: kept open between requests until they are closed. */
export interface Downloads {
  /**
   * Resolves to undefined where the answer is anything but a part of known length, sent as it is (an error, a redirect, a
   * chunked or encoded body): then a client of HTTP has to be asked. Silence rejects with a `TimeoutError`.
   */
  get(request: DownloadRequest): Promise<DownloadAnswer | undefined>;
  close(): void;
}
