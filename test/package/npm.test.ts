/** The command line's package: small, permissive, the same bytes again, and it runs with nothing to install or build. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPermissive } from '../../scripts/build/notices.mjs';
import { packageNpm, type PackedNpm } from '../../scripts/package-npm.mjs';
import { RUNBOOK, ENVIRONMENT } from '../support/cliDocuments.ts';
import { folderOf } from '../support/cli.ts';

describe('the npm package', function () {
  this.timeout(120_000);
  let folder: string;
  let packed: PackedNpm;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'drillbook-npm-'));
    packed = packageNpm(folder);
    const unpacked = spawnSync('tar', ['xzf', packed.file, '-C', folder]);
    assert.equal(unpacked.status, 0);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is under 5 MB unpacked', () => assert.ok(packed.unpacked < 5_000_000, `${packed.unpacked} bytes`));

  it('is the same, byte for byte, when it is packed again', () => {
    assert.equal(packageNpm(folder).sha256, packed.sha256);
  });

  it('has no dependency, a notice, and a bill of materials that names every part', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(manifest['dependencies'], undefined);
    assert.deepEqual(manifest['bin'], { drillbook: 'dist/main.js' });
    const bom = JSON.parse(readFileSync(join(folder, 'package/sbom.cdx.json'), 'utf8')) as {
      components: { name: string; version: string }[];
    };
    const notices = readFileSync(join(folder, 'package/THIRD-PARTY-NOTICES.txt'), 'utf8');
    assert.equal(bom.components.length, packed.packages);
    assert.ok(bom.components.some((each) => each.name === 'yaml'));
    for (const { name, version } of bom.components) assert.ok(notices.includes(`${name} ${version} (`), name);
  });

  it('runs from where it was unpacked', () => {
    const workspace = folderOf({ 'a.runbook.yaml': RUNBOOK, 'b.environment.yaml': ENVIRONMENT });
    try {
      const run = (...args: string[]): ReturnType<typeof spawnSync> =>
        spawnSync(process.execPath, [join(folder, 'package/dist/main.js'), ...args], {
          cwd: workspace.path,
          encoding: 'utf8',
        });
      assert.match(String(run('--version').stdout), /^drillbook \d/);
      assert.equal(run('check').status, 0);
      assert.equal(run('drift', '--untrusted').status, 3);
      assert.match(String(run('rules', 'drift/missing').stdout), /drift\/missing/);
    } finally {
      workspace.remove();
    }
  });

  it('lets permissive licences in and others not', () => {
    for (const good of ['MIT', '(MIT OR GPL-2.0)', 'Apache-2.0', 'MIT AND ISC']) assert.ok(isPermissive(good), good);
    for (const bad of ['AGPL-3.0-only', 'GPL-2.0', 'UNKNOWN', 'MIT AND GPL-2.0']) assert.ok(!isPermissive(bad), bad);
  });
});
