/** One error of ajv → one finding: code, place, sentence and fixes. */
import type { ValidationError } from '../../generated/validators.js';
import type { ParsedDocument, Path } from '../document/node.ts';
import { nodeAt, pairAt } from '../document/navigate.ts';
import { anchorPath, keyFixes, missingKeyFixes, replaceFix } from './fixes.ts';
import { commaTrap, gluedPair } from './flowTraps.ts';
import { misreadAnswer, shareOf } from '../values/answerConstraint.ts';
import { formatMessage } from './formats.ts';
import { keysAt, schemaNodesAt, type JsonSchema } from './navigate.ts';
import type { SchemaProblem } from './problem.ts';
import { listed, nearest } from './suggest.ts';
import { textHead, typeProblem } from './traps.ts';

/** An error with the path and the value that it speaks of. */
export interface Fault {
  readonly error: ValidationError;
  readonly path: Path;
  readonly value: unknown;
}

interface Context {
  readonly document: ParsedDocument;
  readonly kind: string;
  readonly path: Path;
  readonly value: unknown;
  readonly params: ValidationError['params'];
  readonly nodes: readonly JsonSchema[];
}

/** The finding for a fault; undefined where another finding already says it. */
export function describeError(document: ParsedDocument, kind: string, fault: Fault): SchemaProblem | undefined {
  const { error, path, value } = fault;
  const nodes = schemaNodesAt(kind, path, document.value);
  const context: Context = { document, kind, path, value, params: error.params, nodes };
  if (error.propertyName !== undefined) return badKeyName(context, error.propertyName);
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(context, String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']));
    case 'required':
      return missingKey(context, [String(error.params['missingProperty'])]);
    case 'oneOf':
      return oneOf(context);
    case 'type':
      return typeProblem(document, anchorPath(document, path), value, nodes, [error.params['type']].flat().map(String));
    case 'enum':
    case 'const':
      return wrongValue(context);
    case 'format':
      return wrongFormat(context, String(error.params['format']));
    case 'pattern':
      return wrongPattern(context);
    default:
      return outOfRange(context, error.keyword);
  }
}

const nameOf = (path: Path): string => path.findLast((segment) => typeof segment === 'string') ?? 'the document';
const place = (path: Path): string => (path.length === 0 ? 'a document' : `\`${nameOf(path)}\``);

function unknownKey(context: Context, key: string): SchemaProblem | undefined {
  const { document, kind, path } = context;
  const allowed = keysAt(kind, path, document.value).map(({ name }) => name);
  const known = new Set(allowed);
  const trap = gluedPair(document, path, key, known) ?? commaTrap(document, path, key, known);
  if (trap) return trap === 'said' ? undefined : trap;
  const words = context.nodes.find((node) => node['x-keys'])?.['x-keys'];
  const near = nearest(key, allowed);
  const resource = resourceKind(document, path);
  const owner = resource ? `\`expect\` of \`${resource}\`` : place(path);
  const message = `\`${key}\` is not a key of ${owner}${near ? `; did you mean \`${near}\`` : ''}; allowed are ${words ?? listed(allowed)}.`;
  const full = [...anchorPath(document, path), key];
  return {
    code: 'schema/unknown-key',
    severity: 'error',
    message,
    path: full,
    at: 'key',
    data: { key, allowed, ...(near ? { suggestion: near } : {}) },
    fixes: keyFixes(document, full, near !== undefined && !Object.hasOwn(context.value ?? {}, near) ? near : undefined),
  };
}

function resourceKind(document: ParsedDocument, path: Path): string | undefined {
  if (path.length !== 3 || path[0] !== 'resources' || path[2] !== 'expect') return undefined;
  const node = nodeAt(document, [...path.slice(0, 2), 'kind']);
  return node?.kind === 'scalar' ? String(node.value) : undefined;
}

function missingKey(context: Context, keys: readonly string[]): SchemaProblem {
  const { document, path, nodes } = context;
  const what = keys.length === 1 ? `\`${keys[0] ?? ''}\`` : `one of ${listed(keys)}`;
  const schemaOf = (key: string): JsonSchema | undefined => nodes.map((node) => node.properties?.[key]).find(Boolean);
  const title =
    keys.length === 1
      ? schemaOf(keys[0] ?? '')
          ?.description?.split(/\n|\. /)[0]
          ?.replace(/\.$/, '')
      : undefined;
  const subject = path.length === 0 ? 'The document' : `\`${nameOf(path)}\``;
  const message =
    typeof path.at(-1) === 'number' ? `An item of ${place(path)} lacks ${what}.` : `${subject} lacks ${what}.`;
  const anchored = anchorPath(document, path);
  const problem = {
    code: 'schema/missing-key',
    severity: 'error',
    message: title ? `${message.slice(0, -1)}: ${lowerFirst(title)}.` : message,
  } as const;
  const data = { keys: [...keys] };
  const fixes = missingKeyFixes(document, path, keys, schemaOf);
  if (path.length === 0) {
    // The document itself has no key: that of its kind is marked.
    const { start, end } = pairAt(document, ['kind'])?.key ?? { start: document.start, end: document.start + 1 };
    return { ...problem, path: [], span: { start, end }, relative: false, data, fixes };
  }
  if (typeof path.at(-1) !== 'number') return { ...problem, path: anchored, at: 'key', data, fixes };
  // An item of a sequence has no key of its own: its first key is marked.
  const node = nodeAt(document, path);
  const first = node?.kind === 'map' ? node.pairs[0]?.key : undefined;
  const span = node && first ? { start: first.start - node.start, end: first.end - node.start } : { start: 0, end: 1 };
  return { ...problem, path: anchored, span, relative: true, data, fixes };
}

/** Where its branches require keys, `oneOf` says: exactly one of these; else it is a choice of values. */
function oneOf(context: Context): SchemaProblem | undefined {
  const { document, path, value, nodes } = context;
  const keys = nodes.flatMap((node) => node.oneOf ?? []).flatMap((branch) => branch.required?.[0] ?? []);
  if (keys.length === 0 || typeof value !== 'object') return wrongValue(context);
  const present = Object.keys(value ?? {}).filter((key) => keys.includes(key));
  if (present.length === 0) return missingKey(context, keys);
  const [first = '', second = ''] = present;
  const full = [...anchorPath(document, path), second];
  return {
    code: 'schema/value',
    severity: 'error',
    message: `\`${second}\` can't stand beside \`${first}\`; keep one of ${listed(keys)}.`,
    path: full,
    at: 'key',
    data: { keys, present },
    fixes: keyFixes(document, full, undefined),
  };
}

function wrongValue(context: Context): SchemaProblem {
  const { document, path, value, nodes } = context;
  const allowed = nodes
    .flatMap((node) => [node, ...(node.oneOf ?? [])])
    .flatMap((node) => node.enum ?? ('const' in node ? [node.const] : []));
  const words = allowed.map(String);
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  const anchored = anchorPath(document, path);
  const choices = near ? [near] : words.length <= 8 ? words : [];
  return {
    code: 'schema/value',
    severity: 'error',
    message: `${shown(value).trim() === '' ? 'An empty text' : `\`${shown(value)}\``} is not a value of \`${nameOf(path)}\`${near ? `; did you mean \`${near}\`` : ''}; allowed are ${listed(words)}.`,
    path: anchored,
    at: 'value',
    data: { value: shown(value), allowed: words, ...(near ? { suggestion: near } : {}) },
    fixes: choices.flatMap((word) => replaceFix(document, path, word, `Change to \`${word}\``, near !== undefined)),
  };
}

function wrongFormat(context: Context, format: string): SchemaProblem {
  const { document, path, value } = context;
  const text = shown(value);
  const trap = text.trim() === '' ? textHead(document, path) : undefined;
  if (trap) return { code: 'schema/format', severity: 'error', path: anchorPath(document, path), at: 'value', ...trap };
  const message =
    text.trim() === ''
      ? `\`${nameOf(path)}\` is empty; ${formatMessage(format, text).split('; ').slice(1).join('; ')}.`
      : `\`${text}\` ${formatMessage(format, text)}.`;
  return {
    code: 'schema/format',
    severity: 'error',
    message,
    path: anchorPath(document, path),
    at: 'value',
    data: { format, value: text },
    ...meantFixes(document, path, format, value),
  };
}

/** The way that a check says what was meant, where that is certain. */
function meantFixes(
  document: ParsedDocument,
  path: Path,
  format: string,
  value: unknown,
): Pick<SchemaProblem, 'fixes'> {
  if (typeof value !== 'string') return {};
  const share = format === 'floor' ? shareOf(value) : undefined;
  const instead = share === undefined ? format === 'answer' && misreadAnswer(value)?.instead : { value: share };
  if (!instead) return {};
  const key = 'key' in instead ? instead.key : undefined;
  const pair = pairAt(document, path);
  const [fix] = replaceFix(
    document,
    path,
    instead.value,
    `Change to \`${key === undefined ? '' : `${key}: `}${instead.value}\``,
    true,
  );
  if (!fix || (key !== undefined && !pair)) return {};
  const renamed =
    key !== undefined && pair ? [{ span: { start: pair.key.start, end: pair.key.end }, newText: key }] : [];
  return { fixes: [{ ...fix, edits: [...renamed, ...fix.edits] }] };
}

function wrongPattern(context: Context): SchemaProblem {
  const { document, path, value, nodes } = context;
  const schema = nodes.find((node) => node.pattern !== undefined);
  const wanted = schema?.['x-message'] ?? `it must match ${schema?.pattern ?? ''}`;
  return {
    code: 'schema/format',
    severity: 'error',
    message: `\`${shown(value)}\` does not fit \`${nameOf(path)}\`: ${wanted}.`,
    path: anchorPath(document, path),
    at: 'value',
    data: { format: 'pattern', value: shown(value) },
  };
}

function badKeyName(context: Context, name: string): SchemaProblem {
  const { document, path, nodes } = context;
  const wanted =
    nodes.map((node) => node.propertyNames?.['x-message']).find(Boolean) ?? 'it must fit the pattern of names';
  return {
    code: 'schema/format',
    severity: 'error',
    message: `\`${shown(name)}\` can't be a name in ${place(path)}: ${wanted}.`,
    path: [...anchorPath(document, path), name],
    at: 'key',
    data: { format: 'pattern', value: name },
  };
}

function outOfRange(context: Context, keyword: string): SchemaProblem {
  const { document, path, value, nodes, params } = context;
  const least = nodes.map((node) => node.minimum).find((limit) => limit !== undefined);
  const most = nodes.map((node) => node.maximum).find((limit) => limit !== undefined);
  const range =
    most === undefined ? `at least ${least ?? ''}` : least === undefined ? `at most ${most}` : `${least} to ${most}`;
  const message =
    keyword === 'minLength' || keyword === 'minItems'
      ? `\`${nameOf(path)}\` is empty; write a value or leave the key out.`
      : keyword === 'minimum' || keyword === 'maximum'
        ? `\`${shown(value)}\` is out of the range of \`${nameOf(path)}\`, which is ${range}.`
        : `\`${nameOf(path)}\` is not valid: ${keyword} ${JSON.stringify(params)}.`;
  return {
    code: 'schema/value',
    severity: 'error',
    message,
    path: anchorPath(document, path),
    at: 'value',
    data: { keyword, least, most },
  };
}

/** A value for a sentence: on one line, and not longer than a sentence bears. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? '');
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
