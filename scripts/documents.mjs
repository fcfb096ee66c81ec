// Writes docs/documents/*.md, the reference of each kind of document, from the schemas. Called by `npm run generate -- --docs`.
import { mkdir, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';

const KINDS = ['runbook', 'policy', 'environment'];

/** The pages by file name; what the test compares with the folder. */
export function documentPages(schemas) {
  const pages = new Map();
  for (const name of KINDS) pages.set(`${name}.md`, page(name, schemas.get(name)));
  return pages;
}

export async function writeDocuments(root, schemas) {
  await mkdir(`${root}docs/documents`, { recursive: true });
  for (const [name, text] of documentPages(schemas)) await writeFile(`${root}docs/documents/${name}`, text);
}

function page(name, schema) {
  const lines = [
    `# ${schema.title}`,
    '',
    '<!-- Generated from schemas/ by `npm run generate -- --docs`. Do not edit. -->',
    '',
    schema.description,
    '',
    `Usually called \`*.${name}.yaml\`; recognised by its \`apiVersion\` and \`kind\`, wherever it lies. Unknown keys are errors;`,
    'keys that begin with `x-` are yours. The schema for other tools: ' +
      `[${name}.schema.json](../../schemas/${name}.schema.json).`,
    '',
    'The least there must be:',
    '',
    '```yaml',
    stringify(schema.examples[0]).trimEnd(),
    '```',
    '',
  ];
  section(lines, schema, schema, '', 2);
  const expectations = Object.entries(schema.$defs).filter(([key]) => key.startsWith('expect-'));
  if (expectations.length > 0) {
    lines.push(
      '## Expectations by kind of resource',
      '',
      'All are optional; what is not declared is not compared.',
      '',
    );
    for (const [, definition] of expectations) {
      lines.push(`### ${definition.title}`, '', definition.description, '');
      section(lines, schema, definition, 'resources.NAME.expect', 4);
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** A table of the keys, then a section for each that has keys of its own. */
function section(lines, root, schema, path, level) {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return;
  const required = new Set(schema.required ?? []);
  lines.push('| key | is | what it means |', '|---|---|---|');
  for (const [key, raw] of properties) {
    const property = resolve(root, raw);
    const notes = [
      required.has(key) ? '**Required.**' : '',
      cell(property.description ?? ''),
      defaultOf(property),
      exampleOf(property),
    ];
    lines.push(`| \`${key}\` | ${cell(typeOf(root, property))} | ${notes.filter(Boolean).join(' ')} |`);
  }
  for (const [key, raw] of properties) {
    const [, ...more] = (resolve(root, raw).description ?? '').split('\n\n');
    if (more.length > 0) lines.push('', `What \`${key}\` may be:`, '', more.join('\n\n'));
  }
  const choice = schema.oneOf?.map((branch) => branch.required?.[0]).filter(Boolean) ?? [];
  if (choice.length > 0)
    lines.push(
      '',
      `${schema.oneOf.every((branch) => branch.required) ? 'Exactly' : 'At most'} one of ${choice.map((key) => `\`${key}\``).join(', ')}.`,
    );
  lines.push('');
  for (const [key, raw] of properties) {
    const property = resolve(root, raw);
    const [inner, suffix] = innerOf(root, property);
    if (!inner || isSecret(inner)) continue;
    const here = `${path === '' ? '' : `${path}.`}${key}${suffix}`;
    lines.push(`${'#'.repeat(Math.min(level, 6))} \`${here}\``, '', inner.description?.split('\n')[0] ?? '', '');
    section(lines, root, inner, here, level + 1);
  }
}

/** What has keys of its own: the property itself, the values of its map, or the items of its list. */
function innerOf(root, property) {
  if (property.properties) return [property, ''];
  const values =
    typeof property.additionalProperties === 'object' ? resolve(root, property.additionalProperties) : undefined;
  if (values?.properties) return [values, '.NAME'];
  const items = property.items ? resolve(root, property.items) : undefined;
  return items?.properties ? [items, '[]'] : [undefined, ''];
}

const isSecret = (schema) => schema['x-secret'] === true;

const FORMATS = {
  duration: 'duration',
  money: 'money',
  size: 'size',
  cron: 'cron',
  date: 'date',
  instant: 'moment',
  'time-zone': 'time zone',
  'time-pattern': 'time pattern',
  url: 'web address',
  floor: 'number or share',
  'regular-expression': 'regular expression',
  'constraint-number': 'number or constraint',
  'constraint-duration': 'duration or constraint',
  'constraint-version': 'version or constraint',
  'constraint-size': 'size or constraint',
  'constraint-any': 'value or constraint',
  answer: 'value or constraint',
};
const TYPES = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'map',
  array: 'list',
  null: 'nothing',
};

function typeOf(root, schema) {
  if (isSecret(schema)) return 'secret: `{ env }` or `{ file }`';
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.format) return FORMATS[schema.format] ?? schema.format;
  if (schema.type === 'array' && schema.items) return `list of ${typeOf(root, resolve(root, schema.items))}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `map of ${typeOf(root, resolve(root, schema.additionalProperties))}`;
  return [schema.type ?? 'any']
    .flat()
    .map((type) => TYPES[type] ?? type)
    .join(' or ');
}

function defaultOf(schema) {
  return schema.default === undefined ? '' : `Default: \`${inline(schema.default)}\`.`;
}

function exampleOf(schema) {
  if (schema.enum || schema.const !== undefined || schema.type === 'boolean' || schema.examples?.[0] === undefined)
    return '';
  return `Example: \`${cell(inline(schema.examples[0]))}\`.`;
}

function inline(value) {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}

/** One line, and no bar that would end the cell. */
function cell(text) {
  return text.split('\n')[0].replaceAll('|', '\\|');
}

function resolve(root, schema) {
  if (!schema.$ref) return schema;
  const { $ref, ...beside } = schema;
  return { ...root.$defs[$ref.replace('#/$defs/', '')], ...beside };
}
