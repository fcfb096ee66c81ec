/** What is asked of a server that a document names, before a sandbox is told from it: nothing where nobody approved its host. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Client } from 'pg';
import type { RestorePlan, RunContext, RunningSandbox } from '../../server/src/core/recovery/engine.ts';
import { refuseProduction, refuseSameServer } from '../../server/src/dryrun/production.ts';
import { systemIdentifier } from '../../server/src/dryrun/postgres/connection.ts';
import { createApprovedHosts } from '../../server/src/platform/approvedHosts.ts';
import { makeBench, type Bench } from '../support/dryRun.ts';

describe('a server that a document names', () => {
  let bench: Bench;
  let server: Server;
  let connections: number;
  beforeEach(async () => {
    bench = await makeBench({ CANARY: 'a-canary' });
    connections = 0;
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await bench.remove();
  });
  const compare = async (host: string, approved: readonly string[]): Promise<readonly string[]> => {
    const { port } = server.address() as AddressInfo;
    const notes: string[] = [];
    const named = [{ name: 'orders', engine: 'postgres', host, port, password: { env: 'CANARY' } }];
    const run = { plan: { named }, note: (note: { code: string }) => notes.push(note.code) };
    const sandbox = { kind: 'server', engine: 'postgres', systemIdentifier: '1' };
    const ports = { ...bench.ports, hosts: createApprovedHosts(approved) };
    await refuseSameServer(ports, run as unknown as RunContext, sandbox as unknown as RunningSandbox);
    return notes;
  };

  it('is told by its address alone, and said so, where the sandbox has no identity: PostgreSQL before 9.6', async () => {
    const { port } = server.address() as AddressInfo;
    const old = { query: ({ text }: { readonly text: string }) => answer(text) } as unknown as Client;
    const answer = async (text: string): Promise<unknown> => {
      if (text !== 'show server_version_num') throw new Error('function pg_control_system() does not exist');
      return await Promise.resolve({ rows: [['90524']] });
    };
    assert.equal(await systemIdentifier(old), undefined);
    const notes: string[] = [];
    const named = [{ name: 'orders', engine: 'postgres', host: '127.0.0.1', port }];
    const run = { plan: { named }, note: (note: { code: string }) => notes.push(note.code) };
    const sandbox = { kind: 'server', engine: 'postgres' };
    await refuseSameServer(bench.ports, run as unknown as RunContext, sandbox as unknown as RunningSandbox);
    assert.deepEqual(notes, ['identity-unknown']);
    assert.equal(connections, 0);
  });

  it('is sent no password by a name that is only usually this machine', async () => {
    assert.deepEqual(await compare('0.0.0.0', []), ['identity-unknown']);
    assert.equal(connections, 0);
    await compare('0.0.0.0', ['0.0.0.0']);
    await compare('127.0.0.1', []);
    assert.equal(connections, 2);
  });

  it('is no sandbox under any of the names of this machine', () => {
    const plan = (host: string): RestorePlan => {
      const sandbox = { engine: 'postgres', raw: { host, port: 5432 } };
      return { sandbox, named: [{ name: 'orders', engine: 'postgres', host: 'localhost' }] } as unknown as RestorePlan;
    };
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', '0.0.0.0', 'LOCALHOST', 'db.localhost'])
      assert.match(refuseProduction(plan(host)) ?? '', /which is orders: a dry run never restores/u, host);
    assert.equal(refuseProduction(plan('localhost.example.com')), undefined);
  });
});
