// The schemas as validators: ajv's standalone code, made to start quickly, to stop early and to skip what is known to be valid.
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import codegen from 'ajv/dist/compile/codegen/index.js';

const FORMATS = [
  ...[
    'duration',
    'money',
    'size',
    'cron',
    'date',
    'instant',
    'time-zone',
    'time-pattern',
    'url',
    'floor',
    'regular-expression',
  ],
  ...[
    'constraint-number',
    'constraint-duration',
    'constraint-version',
    'constraint-size',
    'constraint-any',
    'answer',
    'date-time',
    'uri',
  ],
];
const ANNOTATIONS = ['x-reference', 'x-message', 'x-secret', 'x-text', 'x-keys'];

/**
 * ajv's code for the schemas by name, as an ES module; formats are called in core/schema/formats.ts, the two helpers of ajv
 * are put in. `bySection`: what is known to be valid can be handed in, section by section.
 */
export function validators(schemas, { bySection = false } = {}) {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    // Some patterns of the schemas are written for the unicode flag of no engine in particular.
    unicodeRegExp: false,
    messages: false,
    // Each part a function of its own: only those of the resources that stand in a document are ever compiled.
    inlineRefs: false,
    code: { source: true, esm: true, lines: true, formats: codegen._`formats` },
  });
  for (const keyword of ANNOTATIONS) ajv.addKeyword({ keyword });
  for (const format of FORMATS) ajv.addFormat(format, () => true);
  const sections = [];
  const exported = {};
  for (const [name, whole] of schemas) {
    const schema = withoutWords(whole);
    ajv.addSchema(chained(bySection ? inSections(schema, sections) : schema));
    exported[name] = whole.$id;
  }
  const whole = withoutSchemas(shorter(standaloneCode(ajv, exported)));
  let code = bySection ? knowing(whole, sections) : whole;
  const helpers = new Set();
  code = code.replace(/require\("ajv\/dist\/runtime\/(\w+)"\)\.default/g, (_, helper) => {
    helpers.add(helper);
    return helper;
  });
  if (code.includes('require(')) throw new Error(`A helper of ajv is not known: ${/require\([^)]*\)/.exec(code)?.[0]}`);
  const imports = [...helpers].map((helper) => `import { ${helper} } from '../core/schema/ajvHelpers.ts';\n`).join('');
  return `import { formats } from '../core/schema/formats.ts';\n${imports}${code}`;
}

/** The schema without what people read: the validators would carry it along. */
function withoutWords(schema, isMap = false) {
  if (Array.isArray(schema)) return schema.map((item) => withoutWords(item));
  if (schema === null || typeof schema !== 'object') return schema;
  const kept = Object.entries(schema).filter(
    ([key]) => isMap || !(['title', 'description', 'examples', 'default'].includes(key) || key.startsWith('x-')),
  );
  const maps = ['properties', '$defs', 'patternProperties', 'dependentSchemas'];
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      ['const', 'enum'].includes(key) && !isMap ? value : withoutWords(value, !isMap && maps.includes(key)),
    ]),
  );
}

/**
 * `allOf` of conditions on one property's value (what `expect` holds, by `kind`) as `if … else if …`: the validator then
 * stops at the one that holds, instead of trying and failing all the others for each resource.
 */
function chained(schema) {
  if (Array.isArray(schema)) return schema.map(chained);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, chained(value)]));
  const isChoice = (each) =>
    each.if?.properties?.kind?.const !== undefined && each.then !== undefined && each.else === undefined;
  if (!Array.isArray(copy.allOf) || copy.if !== undefined || !copy.allOf.every(isChoice)) return copy;
  const { allOf, ...rest } = copy;
  return {
    ...rest,
    ...allOf.reduceRight((other, each) => (other === undefined ? each : { ...each, else: other }), undefined),
  };
}

/** The sections of a document, and the long lists right in them, each as a part of its own (`told`), so that it can be known as a whole. */
function inSections(schema, told) {
  const parts = { ...schema.$defs };
  const apart = (properties, isOne) =>
    Object.fromEntries(
      Object.entries(properties ?? {}).map(([key, each]) => {
        if (!isOne(each)) return [key, each];
        const lists = each.properties ? { properties: apart(each.properties, isList) } : {};
        parts[`section.${key}`] = { ...each, ...lists };
        told.push(key);
        return [key, { $ref: `#/$defs/section.${key}` }];
      }),
    );
  const isList = (each) => each.type === 'array' && each.items?.$ref !== undefined;
  const properties = apart(schema.properties, (each) => each.type === 'object');
  return { ...schema, properties, $defs: parts };
}

/**
 * The same code that asks `known`, where one is handed in, whether a section, or a thing of a map or a list, is known to be
 * valid before it looks into it, and tells it of those that are: an edit leaves most of a document as it was.
 */
function knowing(code, sections) {
  const made = code
    .replace(/^function (validate\d+)\(data, \{/gm, 'function $1(data, {known, ')
    .replace(/if\(!\((validate\d+)\(([^,]+?), \{(.*)\}\)\)\)\{/g, (call, validate, data, rest) =>
      data.endsWith(']') || sections.some((key) => data === `data.${key}`)
        ? `if(!(known?.has(${validate}, ${data}) || tell(known, ${validate}, ${data}, ${validate}(${data}, {known,${rest}})))){`
        : call,
    );
  return `function tell(known, validate, data, valid) {\nif (valid) known?.add(validate, data);\nreturn valid;\n}\n${made}`;
}

/** The same code with ajv's five lines that add an error as one call. */
function shorter(code) {
  const added =
    /const (err\d+) = (\{.*\});\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}\n/g;
  const short = code.replace(added, 'vErrors = add(vErrors, $2);\n');
  return `function add(errors, error) {\nif (errors === null) return [error];\nerrors.push(error);\nreturn errors;\n}\n${short}`;
}

/**
 * The same code without the schemas that it was made of: of each only the words of an enum, the types and the names of keys
 * are read, and whole they would be built anew at every start.
 */
function withoutSchemas(code) {
  const sources = new Map();
  const bare = code.replace(/^const (schema\d+) = (\{.*\});\n/gm, (_, name, source) => {
    sources.set(name, JSON.parse(source));
    return '';
  });
  const constants = new Map();
  const read = bare.replace(/\b(schema\d+)((?:\.\w+|\["[^"]*"\])+)/g, (_, name, path) => {
    const steps = [...path.matchAll(/\.(\w+)|\["([^"]*)"\]/g)].map(([, key, quoted]) => key ?? quoted);
    const value = steps.reduce((here, key) => here[key], sources.get(name));
    const isKeys = !Array.isArray(value) && steps.at(-1) === 'properties';
    const text = JSON.stringify(isKeys ? Object.fromEntries(Object.keys(value).map((key) => [key, 1])) : value);
    if (!constants.has(text)) constants.set(text, `part${constants.size}`);
    return constants.get(text);
  });
  // Of its keys nothing but whether they are there may be asked.
  for (const [text, name] of constants) {
    const asked = read.replaceAll(`func1.call(${name}, `, '');
    if (text.startsWith('{') && new RegExp(`\\b${name}\\b`).test(asked))
      throw new Error(`The validators read more of ${text} than its keys.`);
  }
  return [...constants].map(([text, name]) => `const ${name} = ${text};\n`).join('') + read;
}

/** The types of the validators of those names. */
export function declarations(names) {
  return `export interface ValidationError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly propertyName?: string;
}
/** Values that were found valid; only such that never change may be handed in with one. */
export interface Known {
  has(validate: Validator, data: unknown): boolean;
  add(validate: Validator, data: unknown): void;
}
export interface Validator {
  (data: unknown, context?: { readonly known?: Known | undefined }): boolean;
  errors?: readonly ValidationError[] | null;
}
${names.map((name) => `declare const validate_${name}: Validator;\nexport { validate_${name} as ${JSON.stringify(name)} };\n`).join('')}`;
}
