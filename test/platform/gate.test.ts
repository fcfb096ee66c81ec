/** The gate out of a sandbox: tunnels and requests where the verdict allows them, a clear refusal elsewhere, nothing left when closed. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import * as path from 'node:path';
import type { Gate, GateVerdict } from '../../server/src/core/ports.ts';
import { createGates } from '../../server/src/platform/gate.ts';

describe('the gate', () => {
  const gates = createGates();
  const reached: string[] = [];
  const refused: string[] = [];
  const unreachable: string[] = [];
  let folder: string;
  let socket: string;
  let gate: Gate;
  let verdict: GateVerdict;
  let servers: Server[];

  beforeEach(async () => {
    folder = await mkdtemp('/tmp/drillbook-gate-');
    socket = path.join(folder, 's');
    verdict = { allowed: true, awayOnly: false };
    [reached.length, refused.length, unreachable.length, servers] = [0, 0, 0, []];
    gate = await gates.open(socket, {
      verdict: () => verdict,
      onReached: ({ host, port }) => reached.push(`${host}:${port}`),
      onRefused: (_target, why) => refused.push(why),
      onUnreachable: (_target, why) => unreachable.push(why),
    });
  });
  afterEach(async () => {
    await gate.close();
    assert.equal(existsSync(socket), false);
    for (const server of servers) server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const listening = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  /** Everything that comes back for what is sent. */
  const say = async (...words: readonly string[]): Promise<string> =>
    await new Promise((resolve, reject) => {
      const client = connect({ path: socket, allowHalfOpen: true });
      let all = '';
      let next = 1;
      client.on('data', (part) => {
        all += String(part);
        if (next < words.length) client.end(words[next++] ?? '');
      });
      client.once('end', () => resolve(all));
      client.once('error', reject);
      client.write(words[0] ?? '');
    });
  const echo = (): Server => createTcp({ allowHalfOpen: true }, (each) => each.pipe(each));

  it('tunnels to what is allowed', async () => {
    const port = await listening(echo());
    assert.equal(
      await say(`CONNECT localhost:${port} HTTP/1.1\r\n\r\n`, 'there and back'),
      'HTTP/1.1 200 Connection established\r\n\r\nthere and back',
    );
    assert.deepEqual(reached, [`localhost:${port}`]);
  });

  it('passes on a request of HTTP, to the host that its line names and no other', async () => {
    let got = '';
    const port = await listening(
      createServer((asked, answer) => {
        got = `${asked.method ?? ''} ${asked.url ?? ''} ${asked.headers.host ?? ''} ${asked.headers['proxy-authorization'] ?? 'none'}`;
        asked.pipe(answer);
      }),
    );
    const said = await say(
      `PUT http://127.0.0.1:${port}/a?b HTTP/1.1\r\nHost: evil.test\r\nProxy-Authorization: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody`,
    );
    assert.match(said, /^HTTP\/1\.1 200 [^]+body/u);
    assert.equal(got, `PUT /a?b 127.0.0.1:${port} none`);
  });

  it('refuses what it is told to, with the reason, and makes no connection', async () => {
    verdict = { allowed: false, why: 'db:5432 is a port of databases' };
    for (const line of ['CONNECT db:5432', 'GET http://db:5432/'])
      assert.match(
        await say(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 403 drillbook: db:5432 is a port of databases\r\n/u,
      );
    assert.deepEqual([reached, refused.length], [[], 2]);
  });

  it('does not follow a name of the internet to this machine, nor any to a metadata service', async () => {
    const port = await listening(echo());
    verdict = { allowed: true, awayOnly: true };
    assert.match(
      await say(`CONNECT localhost:${port} HTTP/1.1\r\n\r\n`),
      /^HTTP\/1\.1 403 drillbook: localhost leads to \S+, which is no address of the internet nor of a network/u,
    );
    verdict = { allowed: true, awayOnly: false };
    assert.match(
      await say('GET http://169.254.169.254/latest/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      /^HTTP\/1\.1 403 drillbook: 169\.254\.169\.254 leads to 169\.254\.169\.254, where a cloud's metadata service/u,
    );
    verdict = { allowed: true, awayOnly: false, notAt: ['127.0.0.1'] };
    assert.match(
      await say(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`),
      /^HTTP\/1\.1 403 drillbook: 127\.0\.0\.1 leads to 127\.0\.0\.1, which the documents name/u,
    );
    assert.deepEqual([reached, refused.length, unreachable.length], [[], 2, 1]);
  });

  it('follows a name to an address of a network of one’s own, as an interface endpoint has', () => {
    const script = `
import { createServer, connect } from 'node:net';
import { createGates } from ${JSON.stringify(new URL('../../server/src/platform/gate.ts', import.meta.url).href)};
const server = createServer((each) => each.end('the endpoint'));
await new Promise((resolve) => server.listen(443, '10.1.2.3', resolve));
const gate = await createGates().open(${JSON.stringify(path.join(folder, 'inner'))}, {
  verdict: () => ({ allowed: true, awayOnly: true }), onReached: () => {}, onRefused: () => {}, onUnreachable: () => {},
});
const client = connect(${JSON.stringify(path.join(folder, 'inner'))});
client.write('CONNECT 10.1.2.3:443 HTTP/1.1\\r\\n\\r\\n');
for await (const part of client) process.stdout.write(part);
await gate.close();
server.close();
`;
    const up = 'ip link set lo up; ip addr add 10.1.2.3/32 dev lo; exec "$@"';
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
    const said = execFileSync('unshare', ['--user', '--map-root-user', '--net', '/bin/sh', '-ec', up, 'sh', ...node], {
      encoding: 'utf8',
    });
    assert.match(said, /^HTTP\/1\.1 200 [^]+the endpoint$/u);
  });

  it('answers for what is not there, and for what is no request of a proxy', async () => {
    const port = await listening(echo());
    servers.pop()?.close();
    assert.match(await say(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`), /^HTTP\/1\.1 502 drillbook: /u);
    assert.equal(unreachable.length, 1);
    for (const line of ['GET /', 'GET ftp://x/', 'GET https://x/'])
      assert.match(
        await say(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 403 drillbook: /u,
        line,
      );
  });

  it('ends what is under way when it is closed', async () => {
    const port = await listening(echo());
    const client = connect({ path: socket });
    client.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`);
    await new Promise((resolve) => client.once('data', resolve));
    const ended = new Promise((resolve) => client.once('close', resolve));
    await gate.close();
    await ended;
  });

  describe('its relay', () => {
    const relayed = (script: string, env: Readonly<Record<string, string>> = {}) => {
      const relay = gates.relay(socket);
      const child = spawn(
        'unshare',
        [
          '--user',
          '--map-root-user',
          '--net',
          '/bin/sh',
          '-c',
          'ip link set lo up && exec "$@"',
          'sh',
          relay.command,
          ...relay.args,
        ],
        {
          env: { PATH: process.env['PATH'], ...relay.env },
          detached: true,
        },
      );
      let all = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (all += String(part)));
      child.stdin.end(gates.relayInput('/bin/bash', ['-c', script], { PATH: process.env['PATH'] ?? '', ...env }));
      const ended = new Promise<readonly [number | null, string | null]>((resolve) =>
        child.once('close', (code, signal) => resolve([code, signal])),
      );
      return { child, ended, said: () => all };
    };

    it('leads to the gate and gives the command its environment and nothing else', async () => {
      verdict = { allowed: false, why: 'not you' };
      const { ended, said } = relayed(
        'echo "$WORD ${ELECTRON_RUN_AS_NODE:-none}"; exec 3<>/dev/tcp/127.0.0.1/3128; printf "CONNECT x:443 HTTP/1.1\\r\\n\\r\\n" >&3; head -1 <&3',
        { WORD: 'sesame' },
      );
      assert.deepEqual(await ended, [0, null]);
      assert.equal(said(), 'sesame none\nHTTP/1.1 403 drillbook: not you\r\n');
    });

    it('ends as its command does', async () => {
      assert.deepEqual(await relayed('exit 7').ended, [7, null]);
      assert.deepEqual(await relayed('kill -TERM $$').ended, [null, 'SIGTERM']);
    });

    it('lets the command tidy up when it is told to end', async () => {
      const { child, ended, said } = relayed('trap "echo tidy; exit 3" TERM; echo ready; while :; do sleep 0.05; done');
      await new Promise((resolve) => child.stdout.once('data', resolve));
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      assert.deepEqual(await ended, [3, null]);
      assert.match(said(), /tidy/u);
    });
  });
});
