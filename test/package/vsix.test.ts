/** The .vsix: nothing stray in it, everything that the manifest names, small, and the same bytes twice. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
// A script, so without types of its own.
const { packageVsix } = (await import('../../scripts/package-vsix.mjs')) as {
  packageVsix: (file: string) => { file: string; bytes: number; sha256: string };
};

const ALLOWED = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|language-configuration\.json)$/,
  /^extension\/(readme|changelog)\.md$/i,
  /^extension\/license(\.txt|\.md)?$/i,
  /^extension\/THIRD-PARTY-NOTICES\.txt$/,
  /^extension\/dist\/[\w.-]+\.(js|cjs|mjs)$/,
  /^extension\/dist\/package\.json$/,
  /^extension\/dist\/chunks\/[\w.-]+\.mjs$/,
  /^extension\/media\/[\w-]+\.(svg|png)$/,
  /^extension\/media\/walkthrough\/[\w-]+\.md$/,
  /^extension\/snippets\/[\w-]+\.code-snippets$/,
  /^extension\/syntaxes\/[\w.-]+\.json$/,
  /^extension\/docs\/rules\/[\w/-]+\.md$/,
];

interface Manifest {
  readonly main: string;
  readonly browser: string;
  readonly icon: string;
  readonly contributes: {
    readonly grammars: readonly { readonly path: string }[];
    readonly snippets: readonly { readonly path: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly { readonly media: { readonly markdown: string } }[] }[];
  };
}

/** Names in a zip, from its central directory. */
function namesIn(file: string): string[] {
  const bytes = readFileSync(file);
  const names: string[] = [];
  let at = bytes.readUInt32LE(bytes.lastIndexOf(Buffer.from('PK\u0005\u0006')) + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const length = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

describe('the packed extension', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'drillbook-vsix-'));
  const first = join(folder, 'first.vsix');
  let packed: { bytes: number; sha256: string };

  before(() => {
    packed = packageVsix(first);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds no stray file', () => {
    const stray = namesIn(first).filter((name) => !ALLOWED.some((pattern) => pattern.test(name)));
    assert.deepEqual(stray, []);
  });

  it('holds every file that the manifest names', () => {
    const names = new Set(namesIn(first));
    const manifest = createRequire(import.meta.url)('../../package.json') as Manifest;
    const { grammars, snippets, walkthroughs } = manifest.contributes;
    const steps = walkthroughs.flatMap(({ steps: each }) => each.map(({ media }) => media.markdown));
    const wanted = [manifest.main, manifest.browser, manifest.icon, ...steps]
      .concat([...grammars, ...snippets].map(({ path }) => path))
      .map((path) => `extension/${path.replace(/^\.\//, '')}`);
    assert.deepEqual(
      wanted.filter((path) => !names.has(path)),
      [],
    );
    assert.ok(wanted.length > 6);
  });

  it('holds what the server needs besides', () => {
    const names = namesIn(first);
    for (const file of ['main.js', 'worker.mjs', 'server.web.js'])
      assert.ok(names.includes(`extension/dist/${file}`), file);
    assert.ok(names.some((name) => name.startsWith('extension/docs/rules/drift/')));
    assert.ok(names.includes('extension/THIRD-PARTY-NOTICES.txt'));
  });

  it('is under 3 MB', () => {
    assert.ok(packed.bytes < 3 * 1024 * 1024, `${packed.bytes} bytes`);
  });

  it('is the same, byte for byte, when it is packed again', () => {
    const second = join(folder, 'second.vsix');
    assert.equal(packageVsix(second).sha256, packed.sha256);
    assert.ok(existsSync(second));
  });
});
