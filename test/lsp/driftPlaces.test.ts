/** Where live is: an environment that was edited is asked anew, and never given the answers of where it pointed before; nor is anybody asked without trust. */
import assert from 'node:assert/strict';
import type { Observation } from '../../server/src/core/drift/observation.ts';
import type { DriftRequest } from '../../server/src/lsp/dependencies.ts';
import { TRUST_CHANGED } from '../../server/src/protocol.ts';
import { startClient, type TestClient } from '../support/languageClient.ts';

const FOLDER = 'file:///work%20space';
const RUNBOOK = `${FOLDER}/a.runbook.yaml`;
const ENVIRONMENT = `${FOLDER}/production.environment.yaml`;

const environment = (account: string, title = 'Production'): string => `apiVersion: drillbook/v1
kind: Environment
metadata: { name: production, title: ${title} }
aws: { accounts: { prod: { id: "${account}" } }, regions: [eu-west-1] }
`;
const TEXT = `apiVersion: drillbook/v1
kind: Runbook
metadata: { name: orders }
resources:
  vault: { kind: aws/s3-bucket, id: vault, account: prod, region: eu-west-1, expect: { versioning: enabled } }
`;

const OLD = '111111111111';
const NEW = '222222222222';

function answered({ environments, requests }: Pick<DriftRequest, 'environments' | 'requests'>) {
  const asked = JSON.stringify(environments[0]?.value).includes(NEW) ? NEW : OLD;
  // In the old account versioning is off, in the new one it is on.
  const facts = { versioning: { value: asked === NEW ? 'enabled' : 'suspended' } };
  const at = '2026-11-22T11:59:00Z';
  const observation: Observation = { state: 'found', at, account: asked, region: 'eu-west-1', source: 'live', facts };
  return { observed: requests.map((request) => ({ request, observation })) };
}

describe('where live is', () => {
  let client: TestClient;
  afterEach(async () => await client.close());

  const isDrifted = (params: { diagnostics: readonly { code?: unknown }[] }): boolean =>
    params.diagnostics.some((each) => String(each.code).startsWith('drift/'));
  const isClean = (params: Parameters<typeof isDrifted>[0]): boolean => !isDrifted(params);
  const startWith = async (
    detectDrift: (request: DriftRequest) => Promise<ReturnType<typeof answered>>,
    files: Record<string, string>,
  ): Promise<void> => {
    client = await startClient({
      files: { 'a.runbook.yaml': TEXT, 'production.environment.yaml': environment(OLD) },
      initialize: { initializationOptions: { trusted: true, showsReports: true, refreshMinutes: 0 } },
      dependencies: {
        detectDrift,
        files: {
          rootOf: (path) => Promise.resolve(path.startsWith('/work space') ? '/work space' : path),
          list: () => Promise.resolve(Object.keys(files)),
          readText: (path) => Promise.resolve(files[path.slice('/work space/'.length)] ?? assert.fail(path)),
        },
      },
    });
    client.open(RUNBOOK, TEXT);
  };
  const onDisk = (): Record<string, string> => ({
    'a.runbook.yaml': TEXT,
    'production.environment.yaml': environment(OLD),
  });
  const save = async (uri: string): Promise<void> =>
    await client.connection.sendNotification('textDocument/didSave', { textDocument: { uri } });

  it('is somewhere else as soon as the environment says so, and back where it was after an undo', async () => {
    const asked: number[] = [];
    await startWith((request) => {
      if (!request.lastKnownOnly) asked.push(request.requests.length);
      return Promise.resolve(request.lastKnownOnly ? { observed: [] } : answered(request));
    }, onDisk());
    await client.diagnostics(RUNBOOK, isDrifted);
    client.open(ENVIRONMENT, environment(OLD));
    await client.diagnostics(ENVIRONMENT);

    const shown = async (text: string, version: number, accept: typeof isClean): Promise<void> => {
      const from = client.pushed.length;
      client.change(ENVIRONMENT, text, version);
      await client.message('textDocument/publishDiagnostics', (params: (typeof client.pushed)[number]) => {
        return client.pushed.indexOf(params) >= from && params.uri === RUNBOOK && accept(params);
      });
    };
    const before = asked.length;
    await shown(environment(NEW), 2, isClean);
    assert.equal(asked.length, before, 'nobody is asked while an environment is typed');
    await shown(environment(OLD, 'Undone'), 3, isDrifted);
    await shown(environment(NEW), 4, isClean);

    await save(ENVIRONMENT);
    await client.message('drillbook/statusChanged', ({ identities }: { identities: readonly string[] }) => {
      return identities.length === 1 && identities[0] === NEW;
    });
    await shown(environment(OLD), 5, isClean);
    await save(ENVIRONMENT);
    await client.message('textDocument/publishDiagnostics', (params: (typeof client.pushed)[number]) => {
      return params.uri === RUNBOOK && client.pushed.indexOf(params) === client.pushed.length - 1 && isDrifted(params);
    });
  });

  it('does not take an answer that was under way when the environment was edited', async () => {
    let letGo: () => void = () => undefined;
    let isAsked: () => void = () => undefined;
    const wasAsked = new Promise<void>((resolve) => (isAsked = resolve));
    await startWith(async (request) => {
      if (request.lastKnownOnly) return { observed: [] };
      const answer = answered(request);
      isAsked();
      await new Promise<void>((resolve) => (letGo = resolve));
      return answer;
    }, onDisk());
    await wasAsked;
    client.open(ENVIRONMENT, environment(NEW));
    await client.diagnostics(ENVIRONMENT);
    letGo();
    await client.message('drillbook/statusChanged', ({ identities }: { identities: readonly string[] }) => {
      return identities[0] === OLD;
    });
    await client.request('textDocument/codeLens', { textDocument: { uri: RUNBOOK } });
    assert.ok(client.pushed.every((params) => params.uri !== RUNBOOK || isClean(params)));
  });

  it('is asked anew where another program changed the environment', async () => {
    const files = onDisk();
    await startWith((request) => Promise.resolve(request.lastKnownOnly ? { observed: [] } : answered(request)), files);
    await client.diagnostics(RUNBOOK, isDrifted);
    files['production.environment.yaml'] = environment(NEW);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: ENVIRONMENT, type: 2 }],
    });
    await client.message('drillbook/statusChanged', ({ identities }: { identities: readonly string[] }) => {
      return identities[0] === NEW;
    });
  });

  it('is no longer asked once trust is taken back, and what was on its way is not shown', async () => {
    let letGo: () => void = () => undefined;
    const under: AbortSignal[] = [];
    let isAsked: () => void = () => undefined;
    const wasAsked = new Promise<void>((resolve) => (isAsked = resolve));
    await startWith(async (request) => {
      if (request.lastKnownOnly) return { observed: [] };
      under.push(request.signal);
      isAsked();
      await new Promise<void>((resolve, reject) => {
        letGo = resolve;
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error));
      });
      return answered(request);
    }, onDisk());
    await wasAsked;
    await client.connection.sendNotification(TRUST_CHANGED, { trusted: false });
    await client.diagnostics(RUNBOOK, (params) =>
      params.diagnostics.some((each) => each.code === 'unchecked/untrusted-workspace'),
    );
    letGo();
    assert.equal(under.length, 1);
    assert.equal(under[0]?.aborted, true);
    assert.ok(client.pushed.every(isClean));
    assert.ok(client.received.every(({ method }) => method !== 'window/showMessage'));
  });
});
