/** Look-ups of the language server on Node: each question is asked of the environments that it came with. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentSource } from '../../server/src/core/drift/environment.ts';
import type { LookupRequest, Observation } from '../../server/src/core/drift/observation.ts';
import { createNodeDrift } from '../../server/src/lsp/nodeDrift.ts';
import { createFiles } from '../../server/src/platform/files.ts';
import { freePort } from '../../scripts/services/processes.mjs';
import { systemClock } from '../support/look.ts';

const REQUEST: LookupRequest = { kind: 'database/postgres', id: 'db', facts: [], environment: 'production' };

describe('look-ups of the language server', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'drillbook-lookups-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('asks each question of the environments that it came with, though others are asked at the same moment', async () => {
    const drift = createNodeDrift({
      clock: systemClock,
      files: createFiles(),
      cacheFolder: join(folder, 'cache'),
      configFolder: join(folder, 'config'),
      log: { write: () => undefined },
      home: new URL('../../server/src/', import.meta.url),
    });
    const port = await freePort();
    const environment = (databases: object): readonly EnvironmentSource[] => [
      { name: 'production', file: 'e.environment.yaml', value: { databases } },
    ];
    const ask = async (environments: readonly EnvironmentSource[]): Promise<Observation | undefined> => {
      const { observed } = await drift.detectDrift({
        root: folder,
        environments,
        requests: [REQUEST],
        maxAgeMs: 0,
        lastKnownOnly: false,
        allowedHosts: [],
        signal: new AbortController().signal,
      });
      return observed[0]?.observation;
    };
    try {
      const answers = await Promise.all([ask(environment({ db: { host: '127.0.0.1', port } })), ask(environment({}))]);
      assert.deepEqual(
        answers.map((each) => (each?.state === 'unknown' ? each.unknown.reason : each?.state)),
        ['unreachable', 'undecided'],
      );
    } finally {
      await drift.close();
    }
  }).timeout(60_000);
});
