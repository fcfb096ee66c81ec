/** Lets the SDK's requests for parts of objects be answered straight into memory, and all others by its usual client. */
import { Readable } from 'node:stream';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { ByteSource, Downloads } from '../../core/ports.ts';
import { sourceOfStream } from '../sources.ts';

/** The same as the usual client's. */
export interface Patience {
  readonly connectMs: number;
  readonly answerMs: number;
  readonly idleMs: number;
}

type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];
type Options = NonNullable<Parameters<NodeHttpHandler['handle']>[1]>;
type Answer = Awaited<ReturnType<NodeHttpHandler['handle']>>;

/** What the SDK gives out as an object's body: its bytes are pulled by `sourceOfBody`. */
class DirectBody extends Readable {
  readonly source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.source = source;
  }

  /** As a stream, should anyone read it as one. */
  override _read(size: number): void {
    const block = new Uint8Array(size);
    this.source.fill(block).then(
      (count) => this.push(count === 0 ? null : block.subarray(0, count)),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error('The source broke.')),
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.source.stop();
    callback(error);
  }
}

/** The bytes of an answer's body. */
export function sourceOfBody(body: unknown): ByteSource {
  if (body instanceof DirectBody) return body.source;
  return sourceOfStream(body as AsyncIterable<Uint8Array>);
}

/** A handler for a client of the SDK, which signs, tries again and understands errors as ever. */
export function directHandler(usual: NodeHttpHandler, downloads: Downloads, patience: Patience) {
  let isDirect = true;
  const direct = async (request: HttpRequest, options: Options): Promise<Answer | undefined> => {
    const signal = options.abortSignal as AbortSignal | undefined;
    const secure = request.protocol === 'https:';
    const answer = await downloads.get({
      secure,
      host: request.hostname.replace(/^\[(.*)\]$/u, '$1'),
      port: request.port ?? (secure ? 443 : 80),
      target: request.path + queryOf(request),
      headers: request.headers,
      ...patience,
      ...(options.requestTimeout === undefined ? {} : { answerMs: options.requestTimeout }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!answer) return undefined;
    const response = { statusCode: answer.status, headers: { ...answer.headers }, body: new DirectBody(answer.body) };
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the SDK tells an answer by its fields, and its class is not to be had without a package that is not ours
    return { response };
  };
  return {
    metadata: usual.metadata,
    handle: async (request: HttpRequest, options: Options = {}): Promise<Answer> => {
      if (!isDirect || !isPart(request)) return await usual.handle(request, options);
      const answer = await direct(request, options);
      if (answer) return answer;
      const other = await usual.handle(request, options);
      // A store whose good answers only the usual client understands is not asked twice for each.
      if (other.response.statusCode < 300) isDirect = false;
      return other;
    },
    destroy: () => {
      downloads.close();
      usual.destroy();
    },
    updateHttpClientConfig: usual.updateHttpClientConfig.bind(usual),
    httpHandlerConfigs: usual.httpHandlerConfigs.bind(usual),
  };
}

function isPart(request: HttpRequest): boolean {
  const { method, headers, username } = request;
  return method === 'GET' && headers['range'] !== undefined && username === undefined && !request.body;
}

/** As the signature has it: every character but the unreserved ones is escaped. */
function queryOf(request: HttpRequest): string {
  const query = request.query as Readonly<Record<string, string | readonly string[] | null>>;
  const escaped = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/gu, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => `${escaped(name)}=${escaped(each)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
