/** From document paths to the sub-schemas that apply there: what hover, completion and the messages of findings read. */
import { schemas } from '../../generated/schemas.js';
import type { Path, PathSegment } from '../document/node.ts';

/** A JSON Schema (2020-12) as the files under schemas/ use it. */
export interface JsonSchema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  /** What a name refers to: `resource`, `resource-or-text`, `backup`, `step`, `runbook`, `class`, `environment`, `account`, `sandbox`, `policy`. */
  readonly 'x-reference'?: string;
  /** What a fitting value is, in words; said where `pattern` does not match. */
  readonly 'x-message'?: string;
  /** The value must never be shown. */
  readonly 'x-secret'?: boolean;
  /** What kind of text it is: `shell` or `sql`. */
  readonly 'x-text'?: string;
  /** What the keys are, in words, where they are many. */
  readonly 'x-keys'?: string;
}

export const KINDS = ['Runbook', 'Policy', 'Environment'] as const;
const FILES: Readonly<Record<string, keyof typeof schemas>> = {
  Runbook: 'runbook',
  Policy: 'policy',
  Environment: 'environment',
};

/** The schema of a document kind, or undefined where the kind is none of ours. */
export function schemaFor(kind: string): JsonSchema | undefined {
  const file = Object.hasOwn(FILES, kind) ? FILES[kind] : undefined;
  return file && schemas[file];
}

/**
 * The sub-schemas that apply at `path`, the most general first; `$ref` resolved, and of conditions those branches that
 * `value` (the whole document as plain data) chooses. Without `value` every branch counts. On a sequence both an index
 * and the `id` or `name` of an item lead on. Empty where nothing is known of that place.
 */
export function schemaNodesAt(kind: string, path: Path, value?: unknown): readonly JsonSchema[] {
  const root = schemaFor(kind);
  if (!root) return [];
  let nodes = expand(root, root, value);
  let here = value;
  for (const segment of path) {
    here = childValue(here, segment);
    nodes = nodes.flatMap((node) => childSchemas(node, segment)).flatMap((node) => expand(root, node, here));
    if (nodes.length === 0) return [];
  }
  return nodes;
}

/** A key that may stand in a map. */
export interface AllowedKey {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** The keys that the schemas at a place name, required ones first, else in the schema's order. */
export function keysAt(kind: string, path: Path, value?: unknown): readonly AllowedKey[] {
  const root = schemaFor(kind);
  const nodes = schemaNodesAt(kind, path, value);
  const required = new Set(nodes.flatMap((node) => node.required ?? []));
  const keys = new Map<string, AllowedKey>();
  for (const node of nodes) {
    for (const [name, schema] of Object.entries(node.properties ?? {})) {
      keys.set(name, { name, schema: root ? resolve(root, schema) : schema, required: required.has(name) });
    }
  }
  return [...keys.values()].sort((a, b) => Number(b.required) - Number(a.required));
}

/** The schema with its `$ref` followed; what stands beside the reference wins. */
export function resolve(root: JsonSchema, schema: JsonSchema): JsonSchema {
  let resolved = schema;
  for (let hops = 0; resolved.$ref !== undefined && hops < 10; hops++) {
    const target: JsonSchema | undefined = root.$defs?.[resolved.$ref.replace('#/$defs/', '')];
    const { $ref: _, ...beside } = resolved;
    resolved = { ...target, ...beside };
  }
  return resolved;
}

function expand(root: JsonSchema, schema: JsonSchema, value: unknown): JsonSchema[] {
  const node = resolve(root, schema);
  const found = [node];
  for (const part of node.allOf ?? []) found.push(...expand(root, part, value));
  if (node.if) {
    const chosen = value === undefined ? [node.then, node.else] : [holds(node.if, value) ? node.then : node.else];
    for (const branch of chosen) if (branch) found.push(...expand(root, branch, value));
  }
  return found;
}

/** Whether a condition holds; knows what the schemas' conditions use: `type`, `required`, `const` of properties. */
function holds(condition: JsonSchema, value: unknown): boolean {
  if (condition.type !== undefined && ![condition.type].flat().includes(typeName(value))) return false;
  if (condition.const !== undefined && condition.const !== value) return false;
  const map = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  if (condition.required && !(map && condition.required.every((key) => Object.hasOwn(map, key)))) return false;
  return Object.entries(condition.properties ?? {}).every(
    ([key, each]) => !map || !Object.hasOwn(map, key) || holds(each, map[key]),
  );
}

function childSchemas(node: JsonSchema, segment: PathSegment): JsonSchema[] {
  const found: JsonSchema[] = [];
  if (node.items && (typeof segment === 'number' || !node.properties)) found.push(node.items);
  if (typeof segment === 'number' && node.items) return found;
  const name = String(segment);
  const own = node.properties && Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;
  if (own) return [...found, own];
  for (const [pattern, schema] of Object.entries(node.patternProperties ?? {}))
    if (new RegExp(pattern).test(name)) found.push(schema);
  if (found.length === 0 && typeof node.additionalProperties === 'object') found.push(node.additionalProperties);
  return found;
}

function childValue(value: unknown, segment: PathSegment): unknown {
  if (Array.isArray(value)) {
    if (typeof segment === 'number') return value[segment];
    return value.find((item: unknown) => {
      const map = item as Readonly<Record<string, unknown>> | null;
      return typeof map === 'object' && map !== null && (map['id'] === segment || map['name'] === segment);
    });
  }
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[String(segment)]
    : undefined;
}

/** JSON Schema's name of the type of plain data. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value;
}
