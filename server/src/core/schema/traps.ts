/** YAML's own traps: values that YAML reads as something else than people meant; findings that name them, with a fix that quotes. */
import type { Fix } from '../finding.ts';
import type { DocNode, ParsedDocument, Path, ScalarNode } from '../document/node.ts';
import { nodeAt, pairAt } from '../document/navigate.ts';
import { swallowedBehind } from '../document/swallowed.ts';
import type { JsonSchema } from './navigate.ts';
import type { SchemaProblem } from './problem.ts';

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  object: 'a map',
  array: 'a list',
  null: 'nothing',
};

/** The finding for a value of the wrong type; where a trap of YAML made it so, it says which. */
export function typeProblem(
  document: ParsedDocument,
  path: Path,
  value: unknown,
  nodes: readonly JsonSchema[],
  wanted: readonly string[],
): SchemaProblem {
  const name = path.findLast((segment) => typeof segment === 'string') ?? 'document';
  const node = nodeAt(document, path);
  const problem = { code: 'schema/type', severity: 'error', path, at: 'value' as const, data: { wanted } } as const;
  if (nodes.some((schema) => schema['x-secret'])) {
    const message = `A secret never stands in a document; \`${name}\` says where it is to be had: \`{ env: NAME }\` or \`{ file: path }\`.`;
    return { ...problem, message };
  }
  const trap = node?.kind === 'scalar' ? scalarTrap(node, name, value, nodes, wanted) : undefined;
  if (trap) return { ...problem, ...trap };
  const other = wanted.includes('string')
    ? (swallowed(document, path, name, value) ?? unmarked(document, node, name))
    : undefined;
  if (other) return { ...problem, ...other };
  const what = wanted.map((type) => WORDS[type] ?? type).join(' or ');
  if (value === null || value === undefined) {
    return { ...problem, message: `${subjectOf(path)} has no value; it takes ${what}.` };
  }
  const is = Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'a map'
      : (WORDS[typeof value] ?? typeof value).replace('`true` or `false`', 'a truth value');
  return { ...problem, message: `${subjectOf(path)} is ${is}, and must be ${what}${wayOut(is, what)}.` };
}

/** `contact: #payments`: what begins with `#` is a comment. */
function swallowed(document: ParsedDocument, path: Path, name: string, value: unknown): Trap | undefined {
  const pair = value === null || value === undefined ? pairAt(document, path) : undefined;
  const span = pair && swallowedBehind(document.text, pair.key.end);
  if (!span) return undefined;
  const newText = JSON.stringify(document.text.slice(span.start, span.end));
  return {
    message: `\`${name}\` has no value, since a \`#\` behind a blank begins a comment; quote it: \`${newText}\`.`,
    fixes: [{ title: `Quote: ${newText}`, edits: [{ span, newText }], preferred: true }],
  };
}

/** `version: >15`: what begins with `>` or `|` is the head of a text over several lines. */
export function textHead(document: ParsedDocument, path: Path): Trap | undefined {
  const node = nodeAt(document, path);
  if (node?.kind !== 'scalar' || (node.style !== 'folded' && node.style !== 'literal')) return undefined;
  const written = /^[|>]\S[^\r\n#]*/u.exec(document.text.slice(node.start, node.end + 1))?.[0].trimEnd();
  if (written === undefined || /^.[-+]$/u.test(written)) return undefined;
  const newText = JSON.stringify(written);
  const span = { start: node.start, end: node.start + written.length };
  return {
    message: `YAML takes \`${written}\` for the head of a text over several lines; quote it: \`${newText}\`.`,
    fixes: [{ title: `Quote: ${newText}`, edits: [{ span, newText }], preferred: true, safe: true }],
  };
}

/** `{{ vars.x }}`: an expression without its `$` is a map in a map. */
function unmarked(document: ParsedDocument, node: DocNode | undefined, name: string): Trap | undefined {
  const written = node?.kind === 'map' && node.flow ? document.text.slice(node.start, node.end) : '';
  if (!node || !/^\{\{\s*[\w.[\]'-]+\s*\}\}$/u.test(written)) return undefined;
  const newText = JSON.stringify(`$${written}`);
  return {
    message: `\`${written}\` lacks the \`$\` of an expression, so \`${name}\` is a map; write \`${newText}\`.`,
    fixes: [
      {
        title: `Write ${newText}`,
        edits: [{ span: { start: node.start, end: node.end }, newText }],
        preferred: true,
        safe: true,
      },
    ],
  };
}

/** What is spoken of: the item of a list, not the list. */
function subjectOf(path: Path): string {
  const name = path.findLast((segment) => typeof segment === 'string');
  const last = path.at(-1);
  if (name === undefined) return 'The document';
  return typeof last === 'number' ? `Item ${last + 1} of \`${name}\`` : `\`${name}\``;
}

/** How the one is written as the other, where that is plain. */
function wayOut(is: string, what: string): string {
  if (is === 'a list' && what === 'a map') return ': write a name and a colon where each `-` stands';
  if (is === 'a map' && what === 'a list') return ': begin each item with `-`';
  return is === 'text' && what === 'a list' ? ': put it in `[ ]`' : '';
}

/** Formats whose bare number lacks a unit: what they are, and an example of one. */
const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  duration: ['a duration', 'm'],
  'constraint-duration': ['a duration', 'h'],
  money: ['a sum of money', ' USD'],
  size: ['a size', ' GiB'],
  'constraint-size': ['a size', ' MiB'],
};

interface Trap {
  readonly message: string;
  readonly fixes: readonly Fix[];
}

function scalarTrap(
  node: ScalarNode,
  name: string,
  value: unknown,
  nodes: readonly JsonSchema[],
  wanted: readonly string[],
): Trap | undefined {
  const source = node.source;
  const glued = node.style === 'plain' && wanted.includes('object') ? /^([\w-]+):(\S.*)$/.exec(source) : null;
  if (glued && nodes.some((schema) => Object.hasOwn(schema.properties ?? {}, glued[1] ?? ''))) {
    const [, key = '', rest = ''] = glued;
    const message = `A blank is missing behind the colon of \`${key}:\`, so \`${name}\` is text; write \`${key}: ${rest}\`.`;
    return { message, fixes: replace(node, `${key}: ${rest}`, 'Put a blank behind the colon') };
  }
  if (node.style === 'plain' && wanted.includes('string') && source !== '') return readAs(node, name, value, nodes);
  if (wanted.includes('boolean') && typeof value === 'string') {
    const meant = /^(yes|y|on|true)$/i.test(value.trim())
      ? 'true'
      : /^(no|n|off|false)$/i.test(value.trim())
        ? 'false'
        : undefined;
    if (meant === undefined) return undefined;
    const why = node.style === 'plain' ? `\`${value}\` is text in YAML 1.2` : `\`${value}\` in quotes is text`;
    return {
      message: `${why}, and \`${name}\` is a truth value; write \`${meant}\`.`,
      fixes: replace(node, meant, `Write \`${meant}\``),
    };
  }
  if (
    (wanted.includes('integer') || wanted.includes('number')) &&
    typeof value === 'string' &&
    /^-?\d+(\.\d+)?$/.test(value.trim())
  ) {
    const plain = value.trim();
    return {
      message: `\`${plain}\` in quotes is text, and \`${name}\` is a number; write it without quotes.`,
      fixes: replace(node, plain, 'Remove the quotes'),
    };
  }
  return undefined;
}

/** Text was meant, and YAML read something else. */
function readAs(node: ScalarNode, name: string, value: unknown, nodes: readonly JsonSchema[]): Trap | undefined {
  const { source } = node;
  const quoted = `"${source}"`;
  const fixes = replace(node, quoted, `Quote: ${quoted}`);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const isVersion = nodes.some((schema) => schema.format === 'constraint-version');
    const isAccount = nodes.some((schema) => schema.pattern === '^[0-9]{12}$');
    if (isVersion) {
      const lost = String(value) === source ? `the number ${source}` : `the number ${String(value)}`;
      return { message: `YAML reads the version \`${source}\` as ${lost}; quote it: \`${quoted}\`.`, fixes };
    }
    if (isAccount) {
      const lost = source.startsWith('0') ? ` and loses its leading zero` : '';
      return { message: `YAML reads the account id \`${source}\` as a number${lost}; quote it: \`${quoted}\`.`, fixes };
    }
    const format = nodes
      .map((schema) => schema.format)
      .find((each) => each !== undefined && Object.hasOwn(UNITS, each));
    if (format !== undefined) {
      const [what = '', unit = ''] = UNITS[format] ?? [];
      return {
        message: `\`${source}\` has no unit, and \`${name}\` is ${what}; write \`${source}${unit}\` or the like.`,
        fixes: [],
      };
    }
    const odd = String(value) === source ? 'a number' : `the number ${String(value)}`;
    return { message: `YAML reads \`${source}\` as ${odd}, and \`${name}\` is text; quote it: \`${quoted}\`.`, fixes };
  }
  if (typeof value === 'boolean')
    return {
      message: `YAML reads \`${source}\` as a truth value, and \`${name}\` is text; quote it: \`${quoted}\`.`,
      fixes,
    };
  if (value === null)
    return { message: `YAML reads \`${source}\` as nothing, and \`${name}\` is text; quote it: \`${quoted}\`.`, fixes };
  return undefined;
}

function replace(node: ScalarNode, newText: string, title: string): readonly Fix[] {
  return [{ title, edits: [{ span: { start: node.start, end: node.end }, newText }], preferred: true, safe: true }];
}
