/** A forward proxy on a Unix socket: tunnels for TLS, plain requests for HTTP, each only where the verdict allows it. */
import { lookup } from 'node:dns/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Gate, GateOptions, Gates, GateTarget } from '../core/ports.ts';
import { RELAY, RELAY_PORT } from './gateRelay.ts';
import { isAwayAddress, isLinkLocal } from './publicAddress.ts';

const CONNECT_MS = 10_000;
/** What is said between two hops is no part of the request. */
const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect)$/iu;

export function createGates(): Gates {
  return {
    open,
    address: `http://127.0.0.1:${RELAY_PORT}`,
    // Inside VS Code our executable is Electron: this makes it Node.
    relay: (path) => ({ command: process.execPath, args: ['-e', RELAY, path], env: { ELECTRON_RUN_AS_NODE: '1' } }),
    relayInput: (command, args, env) => JSON.stringify({ command, args, env }),
  };
}

/** Why a request goes nowhere, and whether that is for us to say (403) or for the network (502). */
class Unreachable extends Error {
  readonly status: 403 | 502;
  /** It was not to be reached at all. */
  readonly forbidden: boolean;
  constructor(status: 403 | 502, message: string, forbidden = false) {
    super(message);
    this.status = status;
    this.forbidden = forbidden;
  }
}

/** That what may be reached could not be. */
function tell(options: GateOptions, target: GateTarget | undefined, error: unknown): void {
  if (target && error instanceof Unreachable && !error.forbidden) options.onUnreachable(target, error.message);
}

async function open(path: string, options: GateOptions): Promise<Gate> {
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((asked, answer) => void forward(options, asked, answer));
  server.on('connection', keep);
  server.on('connect', (asked, inside, head) => void tunnel(options, asked, inside, head, keep));
  // A client that breaks off is its own affair.
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function tunnel(
  options: GateOptions,
  asked: IncomingMessage,
  inside: Duplex,
  head: Buffer,
  keep: (socket: Duplex) => void,
): Promise<void> {
  inside.on('error', () => inside.destroy());
  let target: GateTarget | undefined;
  try {
    target = targetOf(`connect://${asked.url ?? ''}`, true);
    const outside = await dialAny(await addressesOf(options, target), target.port);
    if (inside.destroyed) {
      // The step, or the gate, ended meanwhile.
      outside.destroy();
      return;
    }
    keep(outside);
    options.onReached(target);
    outside.on('error', () => inside.destroy());
    outside.once('close', () => inside.destroy());
    inside.once('close', () => outside.destroy());
    inside.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) outside.write(head);
    outside.pipe(inside);
    inside.pipe(outside);
  } catch (error) {
    tell(options, target, error);
    const { status, words } = refusal(error);
    // Many clients show nothing of a refused tunnel but this line.
    inside.end(
      `HTTP/1.1 ${status} ${words}\r\nContent-Type: text/plain\r\nContent-Length: ${words.length + 1}\r\nConnection: close\r\n\r\n${words}\n`,
    );
  }
}

async function forward(options: GateOptions, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  let target: GateTarget | undefined;
  try {
    const to = targetOf(asked.url ?? '', false);
    target = to;
    const [address] = await addressesOf(options, to);
    const url = new URL(asked.url ?? '');
    const headers = Object.fromEntries(
      Object.entries(asked.headersDistinct).filter(([name]) => !HOP_BY_HOP.test(name) && name !== 'host'),
    );
    const outside = request({
      host: address,
      port: to.port,
      method: asked.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host },
      timeout: CONNECT_MS * 6,
    });
    outside.on('timeout', () => outside.destroy(new Error('it said nothing for too long')));
    outside.once('socket', (socket: Socket) => socket.once('connect', () => options.onReached(to)));
    outside.on('response', (response) => {
      const kept = Object.entries(response.headersDistinct).filter(([name]) => !HOP_BY_HOP.test(name));
      answer.writeHead(response.statusCode ?? 502, Object.fromEntries(kept));
      response.on('error', () => answer.destroy());
      response.pipe(answer);
    });
    outside.on('error', (error) => {
      const why = new Unreachable(502, `${to.host} did not answer: ${error.message}`);
      if (!answer.headersSent && !answer.destroyed) tell(options, to, why);
      refuse(answer, why);
    });
    answer.once('close', () => outside.destroy());
    asked.on('error', () => outside.destroy());
    asked.pipe(outside);
  } catch (error) {
    tell(options, target, error);
    refuse(answer, error);
  }
}

function refuse(answer: ServerResponse, error: unknown): void {
  if (answer.headersSent) {
    answer.destroy();
    return;
  }
  const { status, words } = refusal(error);
  answer.writeHead(status, words, { 'content-type': 'text/plain', connection: 'close' });
  answer.end(`${words}\n`);
}

/** One line, of plain characters, whatever a client put into a host. */
function refusal(error: unknown): { readonly status: number; readonly words: string } {
  const text = error instanceof Error ? error.message : 'the request could not be passed on';
  return {
    status: error instanceof Unreachable ? error.status : 502,
    words: `drillbook: ${text.replace(/[^\x20-\x7e]/gu, '?').slice(0, 300)}`,
  };
}

function targetOf(text: string, isTunnel: boolean): GateTarget {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Unreachable(
      403,
      'what was asked for is no address; only https through CONNECT and http by its whole URL',
    );
  }
  if (!isTunnel && url.protocol !== 'http:')
    throw new Unreachable(403, 'only https through CONNECT and http by its whole URL are passed on');
  const host = url.hostname.replace(/^\[|\]$/gu, '').toLowerCase();
  return { host, port: url.port === '' ? (isTunnel ? 443 : 80) : Number(url.port), tunnel: isTunnel };
}

/** The addresses that may be connected to: looked up here, once, so that a name can't lead elsewhere afterwards. */
async function addressesOf(options: GateOptions, target: GateTarget): Promise<readonly [string, ...string[]]> {
  const verdict = options.verdict(target);
  const no = (why: string): Unreachable => {
    options.onRefused(target, why);
    return new Unreachable(403, why, true);
  };
  if (!verdict.allowed) throw no(verdict.why);
  const found =
    isIP(target.host) > 0
      ? [target.host]
      : (
          await lookup(target.host, { all: true }).catch((error: unknown) => {
            throw new Unreachable(
              502,
              `${target.host} can't be resolved: ${error instanceof Error ? error.message : ''}`,
            );
          })
        ).map((each) => each.address);
  const link = found.find((each) => isLinkLocal(each));
  if (link !== undefined) throw no(`${target.host} leads to ${link}, where a cloud's metadata service may answer`);
  const named = found.find((each) => verdict.notAt?.includes(each) === true);
  if (named !== undefined) throw no(`${target.host} leads to ${named}, which the documents name as a server`);
  const here = verdict.awayOnly ? found.find((each) => !isAwayAddress(each)) : undefined;
  if (here !== undefined)
    throw new Unreachable(403, `${target.host} leads to ${here}, which is no address of the internet nor of a network`);
  const [first, ...others] = found;
  if (first === undefined) throw new Unreachable(502, `${target.host} has no address`);
  return [first, ...others];
}

async function dialAny([first, ...others]: readonly [string, ...string[]], port: number): Promise<Socket> {
  const [next, ...rest] = others;
  try {
    return await dial(first, port);
  } catch (error) {
    if (next === undefined) throw error;
    return await dialAny([next, ...rest], port);
  }
}

async function dial(host: string, port: number): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_MS, allowHalfOpen: true });
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Unreachable(502, `${host}:${port} can't be reached: ${why}`));
    };
    socket.once('error', (error) => fail(error.message));
    socket.once('timeout', () => fail('no answer in time'));
    socket.once('connect', () => {
      socket.removeAllListeners('error').removeAllListeners('timeout').setTimeout(0);
      resolve(socket);
    });
  });
}
