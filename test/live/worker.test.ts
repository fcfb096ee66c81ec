/** Look-ups on a thread of their own: the same answers, secrets and caches from the host, calling off, and a thread that dies. */
import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { detectDrift } from '../../server/src/app/detectDrift.ts';
import { environmentsOf } from '../../server/src/core/drift/environments.ts';
import type { Cache } from '../../server/src/core/ports.ts';
import type { Workspace } from '../../server/src/core/workspace.ts';
import { createWorkerLookup, type LookupThread } from '../../server/src/live/workerLookup.ts';
import { aws, environment, HOME, runbook, trustOf } from '../support/aws.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { hosts, said, secretsFrom, systemClock, workspaceOf } from '../support/look.ts';
import { useMoto } from '../support/servers.ts';

const ROLE = 'role: { kind: aws/iam-role, id: reader, account: prod }';

function threads() {
  const started: Worker[] = [];
  let gone = 0;
  const startThread = (listen: (message: unknown) => void, exited: (reason: string) => void): LookupThread => {
    // The loader of the tests doesn't reach into threads by itself.
    const source = JSON.stringify(new URL('../../server/src/live/worker.ts', import.meta.url).href);
    const worker = new Worker(
      `import('tsx/esm/api').then(({ register }) => { register(); return import(${source}); })`,
      { eval: true },
    );
    started.push(worker);
    worker.on('message', listen);
    worker.once('error', (error) => exited(error.message));
    worker.once('exit', (code) => {
      gone++;
      exited(`the thread ended with ${String(code)}`);
    });
    return worker;
  };
  return { started, startThread, gone: () => gone };
}

function lookupOn(
  workspace: Workspace,
  startThread: ReturnType<typeof threads>['startThread'],
  idleMs = 60_000,
  cache?: Cache,
) {
  return createWorkerLookup({
    environments: () => environmentsOf(workspace),
    secrets: secretsFrom(),
    clock: systemClock,
    log: { write: () => undefined },
    allowedHosts: hosts(),
    trusted: () => true,
    startThread,
    idleMs,
    cache,
  });
}

describe('the look-up worker', () => {
  const moto = useMoto();
  before(async () => {
    await moto().reset();
    await aws(moto().endpoint).iam.send(
      new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trustOf(`arn:aws:iam::${HOME}:root`) }),
    );
  });

  it('starts when first needed, answers, and stops when idle', async () => {
    const workspace = workspaceOf({
      'e.environment.yaml': environment(moto().endpoint),
      'r.runbook.yaml': runbook(`${ROLE}\ngone: { kind: aws/iam-role, id: gone, account: prod }`),
    });
    const { started, startThread } = threads();
    const lookup = lookupOn(workspace, startThread, 50);
    assert.equal(started.length, 0);
    const result = await detectDrift(workspace, workspace.entries, {
      lookup,
      now: Date.now(),
      signal: new AbortController().signal,
    });
    assert.deepEqual(said(result.findings), ['drift/missing resources.gone.id']);
    assert.equal(result.calls['aws:iam:ListRoles'], 1);
    assert.equal(started.length, 1);
    await new Promise((resolve) => started[0]?.once('exit', resolve));
    await lookup.close();
  });

  it('has its answers kept by the cache of its host', async () => {
    const workspace = workspaceOf({
      'e.environment.yaml': environment(moto().endpoint),
      'r.runbook.yaml': runbook(ROLE),
    });
    const kept = new Map<string, unknown>();
    let isKept: () => void = () => undefined;
    const keeping = new Promise<void>((resolve) => (isKept = resolve));
    const lookup = lookupOn(workspace, threads().startThread, 60_000, {
      get: () => Promise.resolve(undefined),
      set: (key, value) => {
        kept.set(key, value);
        isKept();
        return Promise.resolve();
      },
      remove: () => Promise.resolve(),
    });
    const { observations } = await detectDrift(workspace, workspace.entries, {
      lookup,
      now: Date.now(),
      signal: new AbortController().signal,
    });
    await keeping;
    assert.deepEqual([...kept.values()], [observations[0]?.observation]);
    await lookup.close();
  });

  it('rejects when called off, and names the gap when its thread dies', async () => {
    const proxy = await startFaultProxy(moto().endpoint);
    const workspace = workspaceOf({ 'e.environment.yaml': environment(proxy.url), 'r.runbook.yaml': runbook(ROLE) });
    const { started, startThread } = threads();
    const lookup = lookupOn(workspace, startThread);
    try {
      const controller = new AbortController();
      proxy.use((seen) =>
        seen.includes('Action=GetRole') ? (controller.abort(new Error('called off')), 'hang') : 'pass',
      );
      await assert.rejects(
        detectDrift(workspace, workspace.entries, { lookup, now: Date.now(), signal: controller.signal }),
        /called off/,
      );
      proxy.use((seen) => (seen.includes('Action=GetRole') ? (void started[0]?.terminate(), 'hang') : 'pass'));
      const result = await detectDrift(workspace, workspace.entries, {
        lookup,
        now: Date.now(),
        signal: new AbortController().signal,
      });
      assert.deepEqual(said(result.findings), ['unchecked/unreachable resources.role.id']);
      proxy.use(() => 'pass');
      const again = await detectDrift(workspace, workspace.entries, {
        lookup,
        now: Date.now(),
        signal: new AbortController().signal,
      });
      assert.deepEqual(again.findings, [], 'the next run starts another thread');
      assert.equal(started.length, 2);
    } finally {
      await lookup.close();
      await proxy.stop();
    }
  });
});
