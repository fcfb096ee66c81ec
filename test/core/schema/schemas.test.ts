/** The schemas themselves: every property is explained, every example is valid, and the generated pages are current. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { formats } from '../../../server/src/core/schema/formats.ts';
import { keysAt, schemaFor, schemaNodesAt, type JsonSchema } from '../../../server/src/core/schema/navigate.ts';
import { KINDS as RESOURCE_EXAMPLES } from './resourceKinds.ts';
import { documentPages } from '../../../scripts/documents.mjs';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const NAMES = ['runbook', 'policy', 'environment'];

function read(name: string): JsonSchema {
  return JSON.parse(readFileSync(join(ROOT, 'schemas', `${name}.schema.json`), 'utf8')) as JsonSchema;
}

/** Every property of a schema with the path that it is found by in the file. */
function* properties(schema: JsonSchema, path: string): Generator<readonly [string, JsonSchema]> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield [`${path}/properties/${name}`, property];
    yield* properties(property, `${path}/properties/${name}`);
  }
  for (const key of ['items', 'additionalProperties'] as const) {
    const inner = schema[key];
    if (typeof inner === 'object') yield* properties(inner, `${path}/${key}`);
  }
  for (const [name, definition] of Object.entries(schema.$defs ?? {}))
    yield* properties(definition, `${path}/$defs/${name}`);
}

describe('schemas', () => {
  for (const name of NAMES) {
    const schema = read(name);

    it(`explain every property of ${name}`, () => {
      let seen = 0;
      for (const [path, property] of properties(schema, '#')) {
        seen++;
        assert.ok(property.title, `${path} has no title`);
        assert.match(property.description ?? '', /^.+[.|]$/s, `${path} has no description that ends in a full stop`);
        assert.ok((property.examples ?? []).length > 0, `${path} has no example`);
      }
      assert.ok(seen > 30, `${seen} properties seen`);
    });

    it(`give valid examples and defaults in ${name}`, () => {
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      for (const [format, check] of Object.entries(formats)) ajv.addFormat(format, check);
      ajv.addSchema(schema);
      for (const [path, property] of properties(schema, '#')) {
        const pointer = path.replace('#/', '');
        const validate = ajv.getSchema(`${schema.$id ?? ''}#/${pointer.split('/').map(encodeURIComponent).join('/')}`);
        const own = validate ?? ajv.compile({ ...property, $defs: schema.$defs });
        for (const example of [...(property.examples ?? []), ...('default' in property ? [property.default] : [])]) {
          assert.ok(own(example), `${path}: ${JSON.stringify(example)}: ${ajv.errorsText(own.errors)}`);
        }
      }
    });
  }

  it('have a page for each kind of document, and it is current (npm run generate -- --docs)', () => {
    const schemas = new Map(NAMES.map((name) => [name, read(name)]));
    const pages = documentPages(schemas);
    assert.deepEqual(
      readdirSync(join(ROOT, 'docs/documents'))
        .filter((name) => pages.has(name))
        .sort(),
      [...pages.keys()].sort(),
    );
    for (const [name, text] of pages)
      assert.equal(readFileSync(join(ROOT, 'docs/documents', name), 'utf8'), text, name);
  });

  it('know every kind of resource, what it is called and what it may expect', () => {
    const value = (kind: string): unknown => ({ resources: { a: { kind, id: 'x', expect: {} } } });
    const [kind] = schemaNodesAt('Runbook', ['resources', 'a', 'kind']);
    assert.deepEqual([...(kind?.enum ?? [])].sort(), Object.keys(RESOURCE_EXAMPLES).sort());
    for (const [name, expectations] of Object.entries(RESOURCE_EXAMPLES)) {
      const keys = keysAt('Runbook', ['resources', 'a', 'expect'], value(name)).map((key) => key.name);
      for (const expectation of expectations) assert.ok(keys.includes(expectation), `${name}: ${expectation}`);
    }
  });

  it('can be walked by index, by id and through conditions', () => {
    assert.equal(schemaFor('Zebra'), undefined);
    assert.equal(schemaFor('__proto__'), undefined);
    assert.equal(schemaNodesAt('Runbook', ['restore', 'steps', 0, 'timeout'])[0]?.format, 'duration');
    assert.equal(schemaNodesAt('Runbook', ['restore', 'steps', 'load', 'timeout'])[0]?.format, 'duration');
    assert.equal(schemaNodesAt('Runbook', ['nothing', 'here']).length, 0);
    assert.equal(keysAt('Runbook', [])[0]?.required, true);
    const all = schemaNodesAt('Runbook', ['resources', 'a', 'expect', 'version']);
    const one = schemaNodesAt('Runbook', ['resources', 'a', 'expect', 'version'], {
      resources: { a: { kind: 'aws/s3-bucket' } },
    });
    assert.ok(all.length > 3 && one.length === 0);
  });
});
