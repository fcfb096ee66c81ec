/** The schemas as others get them: each says where it lies, and the catalogue leads to every one that has files of its own. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { PROJECT } from '../support/program.ts';

const BASE = 'https://raw.githubusercontent.com/drillbook/drillbook/main/schemas/';
const read = (name: string): AnySchemaObject =>
  JSON.parse(readFileSync(join(PROJECT, 'schemas', name), 'utf8')) as AnySchemaObject;
const names = readdirSync(join(PROJECT, 'schemas'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.schema.json'));

interface Catalogue {
  readonly $schema: string;
  readonly version: number;
  readonly schemas: readonly {
    readonly name: string;
    readonly description: string;
    readonly fileMatch: readonly string[];
    readonly url: string;
  }[];
}

describe('the published schemas', () => {
  it('each have the address at which they lie, in the repository that the manifest names', () => {
    const { repository } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      repository: { url: string };
    };
    const slug = /github\.com\/(?<slug>[^/]+\/[^/.]+)/u.exec(repository.url)?.groups?.['slug'] ?? '';
    assert.ok(BASE.includes(`/${slug}/`));
    assert.ok(names.length >= 17);
    for (const name of names) assert.equal(read(name)['$id'], BASE + name);
  });

  it('hold without anything of ours: JSON Schema 2020-12', () => {
    for (const name of names) {
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      assert.equal(read(name)['$schema'], 'https://json-schema.org/draft/2020-12/schema');
      assert.ok(ajv.validateSchema(read(name)), `${name}: ${ajv.errorsText()}`);
      ajv.compile(read(name));
    }
  });

  it('are in the catalogue by the names that the extension gives their files', () => {
    const catalogue = read('catalog.json') as unknown as Catalogue;
    assert.deepEqual(Object.keys(catalogue).sort(), ['$schema', 'schemas', 'version']);
    assert.equal(catalogue.$schema, 'https://json.schemastore.org/schema-catalog.json');
    assert.equal(catalogue.version, 1);
    for (const entry of catalogue.schemas) {
      assert.deepEqual(Object.keys(entry).sort(), ['description', 'fileMatch', 'name', 'url']);
      assert.ok(entry.url.startsWith(BASE) && names.includes(entry.url.slice(BASE.length)), entry.url);
      assert.ok(entry.description.length > 0 && !entry.description.endsWith('.'));
    }
    const { contributes } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      contributes: { languages: { id: string; filenamePatterns: string[] }[] };
    };
    const patterns = contributes.languages.find((each) => each.id === 'drillbook')?.filenamePatterns ?? [];
    assert.deepEqual(catalogue.schemas.flatMap((entry) => entry.fileMatch).sort(), [...patterns].sort());
  });

  it('are named by the modeline of what init writes, and of the page', async () => {
    const { scaffold } = await import('../../server/src/core/recovery/scaffold.ts');
    const pages = [
      readFileSync(join(PROJECT, 'docs/schemas.md'), 'utf8'),
      ...scaffold({ today: '2026-11-22' }).map((file) => file.text),
    ];
    for (const text of pages) {
      const found = [...text.matchAll(/\$schema=(?<url>https:\S+)/gu)].map((match) => match.groups?.['url'] ?? '');
      assert.ok(found.length > 0);
      for (const url of found) assert.ok(names.includes(url.replace(BASE, '')), url);
    }
  });
});
