/** A proxy in front of a real server that misbehaves as told: throttles, hangs, cuts answers short, answers 5xx. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** What to do with one request; `pass` sends it on. */
export type Fault =
  | 'pass'
  | 'hang'
  | 'half'
  | 'cut'
  /** The answer in many small pieces, with pauses. */
  | 'slow'
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

export interface FaultProxy {
  readonly url: string;
  /** Requests seen, as `METHOD path body`. */
  readonly seen: readonly string[];
  /** Decides from now on; gets what `seen` holds, and how many were there before. */
  use(decide: (seen: string, count: number) => Fault | Promise<Fault>): void;
  stop(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: string[] = [];
  let decide: (seen: string, count: number) => Fault | Promise<Fault> = () => 'pass';
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const text = `${incoming.method ?? ''} ${incoming.url ?? ''} ${body.toString()} ${String(incoming.headers['x-amz-target'] ?? '')}`;
      const count = seen.push(text) - 1;
      void Promise.resolve(decide(text, count)).then((fault) => {
        act(fault, incoming, outgoing, body, hostname, Number(port));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    seen,
    use: (next) => {
      decide = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function act(
  fault: Fault,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  host: string,
  port: number,
): void {
  if (fault === 'hang') return;
  if (fault === 'cut') {
    incoming.socket.destroy();
    return;
  }
  if (typeof fault === 'object') {
    outgoing.writeHead(fault.status, { 'content-type': 'text/xml', ...fault.headers });
    outgoing.end(fault.body);
    return;
  }
  const onward = request(
    { host, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
    (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const whole = Buffer.concat(parts);
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        if (fault === 'half') {
          outgoing.write(whole.subarray(0, Math.floor(whole.length / 2)));
          incoming.socket.destroy();
        } else if (fault === 'slow') drip(whole, outgoing);
        else outgoing.end(whole);
      });
    },
  );
  onward.on('error', () => incoming.socket.destroy());
  onward.end(body);
}

/** A hundredth at a time. */
function drip(whole: Buffer, outgoing: ServerResponse): void {
  const piece = Math.ceil(whole.length / 100);
  const next = (at: number): void => {
    if (at >= whole.length) outgoing.end();
    else outgoing.write(whole.subarray(at, at + piece), () => setTimeout(next, 2, at + piece));
  };
  next(0);
}

/** An error as AWS's query protocols (IAM, RDS, STS) write it. */
export function queryError(code: string, message = 'no'): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
}

/** An error as S3 writes it. */
export function s3Error(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
}
