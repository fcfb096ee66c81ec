/** One version everywhere that people copy it from, workflows that can be read, and licences that may ship. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isPermissive } from '../../scripts/build/notices.mjs';
import { PROJECT } from '../support/program.ts';

const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

interface Workflow {
  readonly permissions?: Record<string, string>;
  readonly jobs: Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>;
}

describe('a release', () => {
  it('has one version: the manifest, the lock, the action, the pages and the changelog', () => {
    assert.equal((JSON.parse(read('package-lock.json')) as { version: string }).version, version);
    const action = parse(read('action.yml')) as { inputs: { version: { default: string } } };
    assert.equal(action.inputs.version.default, version);
    for (const page of readdirSync(join(PROJECT, 'docs/ci'))) {
      const named = [...read(`docs/ci/${page}`).matchAll(/(?:drillbook@v?|rev: v)(?<version>\d+\.\d+\.\d+)/gu)];
      assert.ok(named.length > 0, page);
      for (const match of named) assert.equal(match.groups?.['version'], version, page);
    }
    assert.ok(read('CHANGELOG.md').includes(version));
  });

  it('runs workflows that take no more than they say, and only steps that are there', () => {
    for (const name of readdirSync(join(PROJECT, '.github/workflows'))) {
      const workflow = parse(read(`.github/workflows/${name}`)) as Workflow;
      assert.deepEqual(workflow.permissions, { contents: 'read' }, name);
      const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
      for (const { uses, run } of Object.values(workflow.jobs).flatMap((job) => job.steps)) {
        if (uses !== undefined) assert.match(uses, /^[\w-]+\/[\w./-]+@v\d/u, name);
        for (const match of (run ?? '').matchAll(/npm run (?<script>[\w:-]+)/gu))
          assert.ok(scripts[match.groups?.['script'] ?? ''] !== undefined, `${name}: ${match[0]}`);
        // What a person outside can write must not become a command.
        assert.doesNotMatch(run ?? '', /\$\{\{\s*github\.(?:event|head_ref)/u, name);
      }
    }
  });

  it('depends on nothing with a licence that asks for more than its notice', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { license?: string; dev?: boolean; optional?: boolean }>;
    };
    const refused = Object.entries(packages)
      .filter(([path, each]) => path !== '' && each.dev !== true && !isPermissive(each.license ?? 'UNKNOWN'))
      .map(([path, each]) => `${path}: ${each.license ?? 'no licence'}`);
    assert.deepEqual(refused, []);
  });
});
