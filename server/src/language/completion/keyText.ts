/** What is written when a key is accepted: the key, its one value, a choice of values, or the keys that it must hold. */
import { keysAt, schemaNodesAt, type AllowedKey, type JsonSchema } from '../../core/schema/navigate.ts';
import type { Cursor } from './cursor.ts';
import { escaped } from './snippets.ts';

/** Allowed values that are few enough to be a choice. */
const CHOICES = 8;

/** The text of an accepted key, as a snippet where there is something to fill in. */
export function insertionOf(
  kind: string,
  key: AllowedKey,
  cursor: Cursor,
  value: unknown,
  snippets: boolean,
): { readonly text: string; readonly snippet: boolean } {
  const plain = (text: string): { text: string; snippet: boolean } => ({ text, snippet: false });
  const only = onlyValue(key.schema);
  if (only !== undefined) return plain(`${key.name}: ${only}`);
  const holds = containerOf(key.schema);
  if (!snippets) return plain(holds && !cursor.flow ? `${key.name}:` : `${key.name}: `);
  const choice = choiceOf(key.schema, 1);
  if (choice !== undefined) return { text: `${key.name}: ${choice}`, snippet: true };
  if (!holds) return plain(`${key.name}: `);
  const required = requiredIn(kind, [...cursor.path, key.name], holds, value);
  const pad = `\n${' '.repeat(cursor.column + 2)}`;
  const text = cursor.flow ? inFlow(required, holds) : inBlock(required, holds, pad);
  return { text: `${key.name}:${text}`, snippet: true };
}

function inFlow(required: readonly string[], holds: 'object' | 'array'): string {
  const inside = required.length > 0 ? required.join(', ') : '$1';
  if (holds === 'object') return ` { ${inside} }`;
  return required.length > 0 ? ` [{ ${inside} }]` : ' [$1]';
}

function inBlock(required: readonly string[], holds: 'object' | 'array', pad: string): string {
  const lines = required.length > 0 ? required : ['$1'];
  return holds === 'object' ? pad + lines.join(pad) : `${pad}- ${lines.join(`${pad}  `)}`;
}

/** The keys that a map, or each item of a list, must hold, as snippet text. */
function requiredIn(
  kind: string,
  path: readonly (string | number)[],
  holds: 'object' | 'array',
  value: unknown,
): readonly string[] {
  const place = holds === 'array' ? [...path, 0] : path;
  const plainItems =
    holds === 'array' && !schemaNodesAt(kind, place, value).every((node) => [node.type].flat().includes('object'));
  if (plainItems) return [];
  return keysAt(kind, place, value)
    .filter((key) => key.required)
    .map((key, index) => `${key.name}: ${onlyValue(key.schema) ?? choiceOf(key.schema, index + 1) ?? `$${index + 1}`}`);
}

function containerOf(schema: JsonSchema): 'object' | 'array' | undefined {
  const types = new Set([schema.type].flat());
  if (types.size !== 1) return undefined;
  return types.has('object') ? 'object' : types.has('array') ? 'array' : undefined;
}

function valuesOf(schema: JsonSchema): readonly unknown[] {
  return schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
}

function onlyValue(schema: JsonSchema): string | undefined {
  const values = valuesOf(schema);
  return values.length === 1 ? String(values[0]) : undefined;
}

function choiceOf(schema: JsonSchema, stop: number): string | undefined {
  const values = valuesOf(schema);
  const types = [schema.type].flat();
  if (values.length === 0 && types.length === 1 && types[0] === 'boolean') return `\${${stop}|true,false|}`;
  if (values.length < 2 || values.length > CHOICES || values.some((each) => typeof each === 'object')) return undefined;
  const texts = values.map((each) => escaped(String(each)).replaceAll(',', '\\,').replaceAll('|', '\\|'));
  return `\${${stop}|${texts.join(',')}|}`;
}
