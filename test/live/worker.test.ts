/** Look-ups on a thread of their own: the same answers, kept by the thread itself, calling off, and a thread that dies. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { detectDrift, driftRequests } from '../../server/src/app/detectDrift.ts';
import { environmentsOf } from '../../server/src/core/drift/environments.ts';
import type { Workspace } from '../../server/src/core/workspace.ts';
import { createWorkerLookup, type LookupThread } from '../../server/src/live/workerLookup.ts';
import { aws, environment, HOME, runbook, trustOf } from '../support/aws.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import type { Observation } from '../../server/src/core/drift/observation.ts';
import { packed, type Told } from '../../server/src/live/answers.ts';
import { serveLookups } from '../../server/src/live/worker.ts';
import type { Answers, FromWorker, LookMessage, ToWorker } from '../../server/src/live/workerMessages.ts';
import { createCache } from '../../server/src/platform/cache.ts';
import { createFiles } from '../../server/src/platform/files.ts';
import { hosts, said, secretsFrom, systemClock, TEST_KEYS, workspaceOf } from '../support/look.ts';
import { useMoto } from '../support/servers.ts';

const ROLE = 'role: { kind: aws/iam-role, id: reader, account: prod }';

function threads(cacheFolder: string) {
  const started: Worker[] = [];
  const heard: FromWorker[] = [];
  const sent: LookMessage[] = [];
  const startThread = (listen: (message: unknown) => void, exited: (reason: string) => void): LookupThread => {
    // The loader of the tests doesn't reach into threads by itself.
    const source = JSON.stringify(new URL('../../server/src/lsp/driftThread.ts', import.meta.url).href);
    const worker = new Worker(
      `import('tsx/esm/api').then(({ register }) => { register(); return import(${source}); })`,
      { eval: true, workerData: { program: source, cacheFolder }, env: { ...process.env, ...TEST_KEYS } },
    );
    started.push(worker);
    worker.on('message', (message: FromWorker) => {
      heard.push(message);
      listen(message);
    });
    worker.once('error', (error) => exited(error.message));
    worker.once('exit', (code) => exited(`the thread ended with ${String(code)}`));
    return {
      postMessage: (message) => {
        sent.push(message as LookMessage);
        worker.postMessage(message);
      },
      terminate: () => worker.terminate(),
    };
  };
  return { started, startThread, heard, sent };
}

function lookupOn(workspace: Workspace, startThread: ReturnType<typeof threads>['startThread'], idleMs = 60_000) {
  return createWorkerLookup({
    environments: () => environmentsOf(workspace),
    secrets: secretsFrom(),
    clock: systemClock,
    log: { write: () => undefined },
    allowedHosts: hosts(),
    trusted: () => true,
    startThread,
    idleMs,
  });
}

describe('the look-up worker', () => {
  const moto = useMoto();
  let cacheFolder = '';
  beforeEach(() => (cacheFolder = mkdtempSync(join(tmpdir(), 'drillbook-observations-'))));
  afterEach(() => rmSync(cacheFolder, { recursive: true, force: true }));
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
    const { started, startThread } = threads(cacheFolder);
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

  it('keeps its answers where the next window finds them, without the secrets that it read', async () => {
    const workspace = workspaceOf({
      'e.environment.yaml': environment(moto().endpoint),
      'r.runbook.yaml': runbook(ROLE),
    });
    const lookup = lookupOn(workspace, threads(cacheFolder).startThread);
    const { observations } = await detectDrift(workspace, workspace.entries, {
      lookup,
      now: Date.now(),
      signal: new AbortController().signal,
    });
    await lookup.close();
    const [observed] = observations;
    assert.ok(observed);
    const next = createWorkerLookup({
      environments: () => environmentsOf(workspace),
      secrets: secretsFrom(),
      clock: systemClock,
      cache: createCache(createFiles(), cacheFolder, (text) => text),
      log: { write: () => undefined },
      allowedHosts: hosts(),
      trusted: () => true,
      startThread: () => assert.fail('What is known is told without a thread.'),
    });
    assert.deepEqual(await next.lastKnown([observed.request]), [observed.observation]);
    await next.close();
    for (const name of readdirSync(cacheFolder))
      for (const secret of Object.values(TEST_KEYS))
        assert.ok(!readFileSync(join(cacheFolder, name), 'utf8').includes(secret), name);
  });

  it('sends questions and answers again only where they say something else, and the same answers come out', async () => {
    const workspace = workspaceOf({
      'e.environment.yaml': environment(moto().endpoint),
      'r.runbook.yaml': runbook(`${ROLE}\ngone: { kind: aws/iam-role, id: gone, account: prod }`),
    });
    const { startThread, heard, sent } = threads(cacheFolder);
    const lookup = lookupOn(workspace, startThread);
    const requests = driftRequests(workspace, workspace.entries);
    const signal = new AbortController().signal;
    const first = await lookup.look(requests, { signal });
    const second = await lookup.look(requests, { signal });
    const other = await lookup.look([...requests].reverse(), { signal });
    assert.deepEqual(
      sent.map((message) => message.requests?.length),
      [2, undefined, 2],
    );
    const told = heard.flatMap((message) =>
      message.type === 'result' ? [message.answers.each.map((each) => typeof each)] : [],
    );
    assert.deepEqual(told, [
      ['object', 'object'],
      ['number', 'number'],
      ['object', 'object'],
    ]);
    const plain = (result: typeof first) => result.observations.map((each) => ({ ...each, at: '' }));
    assert.deepEqual(plain(second), plain(first));
    assert.deepEqual(plain(other).reverse(), plain(first));
    assert.ok(
      (second.observations[0]?.at ?? '') > (first.observations[0]?.at ?? ''),
      'the time is that of the second look',
    );
    assert.deepEqual(second.calls, first.calls);
    await lookup.close();
  });

  it('understands an answer that crosses the next question', async () => {
    const workspace = workspaceOf({ 'e.environment.yaml': environment(moto().endpoint) });
    // When exactly a message arrives no thread can be told: this one answers when it is asked to.
    const heard: { answer: (message: FromWorker) => void } = { answer: () => undefined };
    const lookup = lookupOn(workspace, (listen) => {
      heard.answer = listen;
      return { postMessage: () => undefined, terminate: () => undefined };
    });
    const { signal } = new AbortController();
    const one = [{ kind: 'aws/iam-role', id: 'one', facts: [], environment: 'production' }];
    const other = [{ kind: 'aws/iam-role', id: 'other', facts: [], environment: 'production' }];
    const absent = (at: string): Observation[] => [{ state: 'absent', at, source: 'live' }];
    const told: Told = { requests: one };
    const result = (id: number, answers: Answers): FromWorker => ({ type: 'result', id, answers, calls: {} });
    const first = lookup.look(one, { signal });
    heard.answer(result(1, packed(absent('2026-01-01T00:00:00Z'), told)));
    await first;
    const second = lookup.look(one, { signal });
    const next = lookup.look(other, { signal });
    heard.answer(result(2, packed(absent('2026-01-01T00:01:00Z'), told)));
    heard.answer(result(3, packed(absent('2026-01-01T00:02:00Z'), { requests: other })));
    assert.deepEqual((await second).observations, absent('2026-01-01T00:01:00Z'));
    assert.deepEqual((await next).observations, absent('2026-01-01T00:02:00Z'));
    await lookup.close();
  });

  it('names no secret that it read in what it failed with', async () => {
    const heard: FromWorker[] = [];
    const listeners: ((message: ToWorker) => void)[] = [];
    const failed = new Promise<void>((resolve) => {
      serveLookups(
        {
          postMessage: (message) => {
            heard.push(message);
            if (message.type === 'failed') resolve();
          },
          on: (_event, listener) => listeners.push(listener),
        },
        {
          clock: systemClock,
          files: createFiles(),
          secretsOf: () => secretsFrom({ PW: 'pw-of-the-thread' }),
          cacheOf: () => ({
            get: () => Promise.reject(new Error('pw-of-the-thread is in the way')),
            set: () => Promise.resolve(),
            remove: () => Promise.resolve(),
          }),
        },
      );
    });
    const requests = [{ kind: 'database/redis', id: 'db', facts: [], environment: 'production' }];
    for (const listener of listeners)
      listener({
        type: 'look',
        id: 1,
        requests,
        environments: [],
        approvedHosts: [],
        root: '/',
        options: undefined,
        deadlineMs: undefined,
        maxAgeMs: 60_000,
      });
    await failed;
    assert.deepEqual(heard, [{ type: 'failed', id: 1, message: '*** is in the way' }]);
  });

  it('rejects when called off, and names the gap when its thread dies', async () => {
    const proxy = await startFaultProxy(moto().endpoint);
    const workspace = workspaceOf({ 'e.environment.yaml': environment(proxy.url), 'r.runbook.yaml': runbook(ROLE) });
    const { started, startThread } = threads(cacheFolder);
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
