/** A large answer of live infrastructure is judged in stretches: an edit that comes in between is answered before the rest. */
import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver/node';
import type { Observation } from '../../server/src/core/drift/observation.ts';
import type { ServerDependencies } from '../../server/src/lsp/dependencies.ts';
import { messageOf, startClient, TEST_NOW, type TestClient } from '../support/languageClient.ts';

const URI = 'file:///work%20space/many.runbook.yaml';
const COUNT = 350;

const ENVIRONMENT = `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production }
aws: { accounts: { prod: { id: "123456789012" } }, regions: [eu-west-1] }
`;

const textOf = (versions: Readonly<Record<number, string>> = {}): string => `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: many }
resources:
${Array.from({ length: COUNT }, (_each, index) => `  r${index}: { kind: aws/rds-instance, id: db-${index}, account: prod, region: eu-west-1, expect: { version: "${versions[index] ?? '15'}" } }`).join('\n')}
`;

function running(version: string): Observation {
  return {
    state: 'found',
    at: '2026-11-22T11:59:00Z',
    account: '123456789012',
    region: 'eu-west-1',
    source: 'live',
    facts: {
      engine: { value: 'postgres' },
      version: { value: version },
      autoMinorVersionUpgrade: { value: true },
      pending: { value: {} },
      supportEnds: { value: 'none' },
    },
  };
}

/** How many say that this version runs. */
function saying(diagnostics: readonly Diagnostic[], version: string): number {
  return diagnostics.filter((each) => each.code === 'drift/version-major' && messageOf(each).includes(version)).length;
}

describe('a large answer', () => {
  let client: TestClient;
  afterEach(async () => await client.close());

  it('lets an edit go first, which takes away what it mends and leaves the rest as it was', async () => {
    let live = '16.3';
    // The stretch behind the first of an answer waits here until the test lets it go on.
    let holdIn = 0;
    let goOn: (() => void) | undefined;
    let isHeld: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const soon: ServerDependencies['soon'] = (callback) => {
      if (holdIn > 0 && --holdIn === 0) {
        goOn = callback;
        isHeld();
        return () => undefined;
      }
      const handle = setImmediate(callback);
      return () => clearImmediate(handle);
    };
    client = await startClient({
      files: { 'many.runbook.yaml': textOf(), 'production.environment.yaml': ENVIRONMENT },
      initialize: { initializationOptions: { trusted: true, liveOnOpen: false, refreshMinutes: 0 } },
      dependencies: {
        soon,
        detectDrift: ({ requests, lastKnownOnly }) => {
          if (lastKnownOnly) return Promise.resolve({ observed: [] });
          // Behind the answer's own turn, its being taken in, and the first stretch.
          if (live === '17.1') holdIn = 3;
          return Promise.resolve({
            observed: requests.map((request) => ({ request, observation: running(live) })),
          });
        },
      },
    });
    const refresh = async (): Promise<unknown> =>
      await client.request('workspace/executeCommand', {
        command: 'drillbook.refreshDrift',
        arguments: [{ uri: URI }],
      });
    client.open(URI, textOf());
    await client.diagnostics(URI);
    await refresh();
    await client.diagnostics(URI, (each) => saying(each.diagnostics, '16.3') === COUNT);

    live = '17.1';
    const refreshed = refresh();
    await held;
    const before = client.pushed.length;
    // The last one, whose turn comes last.
    client.change(URI, textOf({ [COUNT - 1]: '17' }), 2);
    const answer = await client.diagnostics(URI, (each) => each.version === 2);
    assert.equal(saying(answer, '17.1') + saying(answer, '16.3'), COUNT - 1);
    assert.ok(saying(answer, '16.3') > 0, 'the rest of the answer is not in it yet');
    goOn?.();
    await refreshed;
    await client.diagnostics(URI, (each) => saying(each.diagnostics, '17.1') === COUNT - 1);
    const versions = client.pushed.slice(before).map(({ diagnostics }) => saying(diagnostics, '17.1') === COUNT - 1);
    assert.equal(versions[0], false, 'the edit was answered first');
    assert.equal(versions.at(-1), true);
  });
});

describe('a look-up', () => {
  let client: TestClient;
  afterEach(async () => await client.close());

  it('has hints and lenses fetched once, when it is over, and the lenses also while it runs where that takes long', async () => {
    let passed: () => void = () => undefined;
    let held = Promise.resolve();
    client = await startClient({
      files: { 'many.runbook.yaml': textOf(), 'production.environment.yaml': ENVIRONMENT },
      initialize: {
        initializationOptions: { trusted: true, liveOnOpen: false, refreshMinutes: 0 },
        capabilities: {
          textDocument: { publishDiagnostics: {} },
          workspace: { codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true } },
        },
      },
      dependencies: {
        clock: {
          now: () => TEST_NOW,
          after: (ms, callback) => {
            if (ms === 400) passed = callback;
            return () => {
              if (passed === callback) passed = () => undefined;
            };
          },
        },
        detectDrift: async ({ requests, lastKnownOnly }) => {
          if (lastKnownOnly) return { observed: [] };
          await held;
          return { observed: requests.map((request) => ({ request, observation: running('16.3') })) };
        },
      },
    });
    client.open(URI, textOf());
    await client.diagnostics(URI);
    const refresh = async (): Promise<unknown> =>
      await client.request('workspace/executeCommand', {
        command: 'drillbook.refreshDrift',
        arguments: [{ uri: URI }],
      });
    // What was last known is looked at first, and told of.
    await refresh();
    for (let turn = 0; turn < 3; turn++) await client.request('drillbook/workspaceState', {});
    const from = client.received.length;
    const asked = (): readonly string[] =>
      client.received.slice(from).flatMap(({ method }) => (method.endsWith('/refresh') ? [method] : []));
    await refresh();
    await client.message('workspace/inlayHint/refresh', () => asked().length > 1);
    assert.deepEqual(asked(), ['workspace/codeLens/refresh', 'workspace/inlayHint/refresh']);
    passed();
    let answer: () => void = () => undefined;
    held = new Promise((resolve) => (answer = resolve));
    const lasting = refresh();
    await client.request('drillbook/workspaceState', {});
    passed();
    await client.message('workspace/codeLens/refresh', () => asked().length > 2);
    answer();
    await lasting;
    await client.message('workspace/inlayHint/refresh', () => asked().length > 4);
    assert.deepEqual(asked().slice(2), [
      'workspace/codeLens/refresh',
      'workspace/codeLens/refresh',
      'workspace/inlayHint/refresh',
    ]);
  });
});
