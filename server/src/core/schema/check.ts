/** Schema check of one document: ajv's errors as findings on the right key or value, one a fault. */
import * as validators from '../../generated/validators.js';
import type { Known, ValidationError, Validator } from '../../generated/validators.js';
import type { ParsedDocument, Path, Span } from '../document/node.ts';
import { spanAt } from '../document/navigate.ts';
import { hasExpression } from './formats.ts';
import { KINDS } from './navigate.ts';
import { headProblem } from './head.ts';
import { describeError, type Fault } from './describe.ts';
import type { SchemaProblem } from './problem.ts';

export type { SchemaProblem } from './problem.ts';

const VALIDATORS: Readonly<Record<(typeof KINDS)[number], Validator>> = {
  Runbook: validators.runbook,
  Policy: validators.policy,
  Environment: validators.environment,
};
/** More findings than this help nobody, and cost the editor time. */
const MOST = 500;

/**
 * What the schema of its kind finds wrong in a document of ours; nothing for another tool's. `known`: what it held for in
 * earlier checks of the same document, brought up to date.
 */
export function checkSchema(document: ParsedDocument, known?: Known): SchemaProblem[] {
  if (document.apiVersion === undefined) return [];
  const head = headProblem(document);
  if (head) return [head];
  const kind = KINDS.find((each) => each === document.kindName);
  if (!kind || document.root === undefined) return [];
  const validate = VALIDATORS[kind];
  const value = document.value;
  if (validate(value, { known })) return [];
  const found: { readonly start: number; readonly problem: SchemaProblem }[] = [];
  const seen = new Set<string>();
  const broken = brokenPlaces(document);
  for (const fault of faultsOf((validate.errors ?? []).slice(0, 10 * MOST), value)) {
    const problem = describeError(document, kind, fault);
    if (!problem || coveredBySyntax(document, broken, problem)) continue;
    // A fault behind an alias is found at each place that uses it, and stands at one.
    const span = spanAt(document, problem.path, problem.at);
    const key = `${problem.code} ${span.start} ${span.end} ${problem.span?.start ?? ''} ${problem.code === 'schema/missing-key' ? problem.message : ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push({ start: span.start, problem });
    if (found.length >= MOST) break;
  }
  return withoutMisspelt(found.sort((a, b) => a.start - b.start).map(({ problem }) => problem));
}

/** A required key that is misspelt is one fault, told where it stands: it isn't missing as well. */
function withoutMisspelt(problems: SchemaProblem[]): SchemaProblem[] {
  const place = (path: Path, key: unknown): string => JSON.stringify([...path, key]);
  const meant = new Set(
    problems
      .filter(({ code, data }) => code === 'schema/unknown-key' && data?.['suggestion'] !== undefined)
      .map(({ path, data }) => place(path.slice(0, -1), data?.['suggestion'])),
  );
  if (meant.size === 0) return problems;
  return problems.filter(({ code, path, data }) => {
    const keys: unknown = code === 'schema/missing-key' ? data?.['keys'] : undefined;
    return !Array.isArray(keys) || !keys.some((key) => meant.has(place(path, key)));
  });
}

/** What is wrong with one value makes one fault: the gravest of its errors. */
const GRAVITY: readonly string[] = [
  'type',
  'const',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
];

function faultsOf(errors: readonly ValidationError[], value: unknown): Fault[] {
  const byValue = new Map<string, Fault>();
  const faults: Fault[] = [];
  const typeSaid = new Set(errors.flatMap((each) => (each.keyword === 'type' ? [each.instancePath] : [])));
  for (const error of errors) {
    if (error.keyword === 'if' || error.keyword === 'propertyNames') continue;
    if (/\/(oneOf|anyOf)\/\d+\//.test(error.schemaPath)) continue;
    const fault: Fault = { error, path: pathOf(error.instancePath, value), value: undefined };
    const at = valueAt(value, fault.path);
    const known: Fault = { ...fault, value: at };
    // A value that is no map has no keys to choose from; where its type is said already, that is enough.
    if (error.keyword === 'oneOf' && !isKeyed(at) && typeSaid.has(error.instancePath)) continue;
    // In an expectation `!=none` is a constraint on one of the words.
    if (error.keyword === 'enum' && known.path[2] === 'expect' && isNegated(at, error.params['allowedValues']))
      continue;
    const gravity = error.propertyName === undefined ? GRAVITY.indexOf(error.keyword) : -1;
    if (gravity < 0) {
      faults.push(known);
      continue;
    }
    if (error.keyword !== 'type' && typeof at === 'string' && hasExpression(at) && !isFixed(known.path)) continue;
    const other = byValue.get(error.instancePath);
    if (other) {
      if (GRAVITY.indexOf(other.error.keyword) > gravity) Object.assign(other, known);
      continue;
    }
    byValue.set(error.instancePath, known);
    faults.push(known);
  }
  return faults;
}

function isKeyed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where an expression can't stand: what a document or resource is must be known without evaluating anything. */
function isFixed(path: Path): boolean {
  const last = path.at(-1);
  return last === 'kind' || last === 'apiVersion' || (last === 'name' && path[0] === 'metadata');
}

function isNegated(value: unknown, allowed: unknown): boolean {
  const word = typeof value === 'string' ? /^(?:!=|==?)\s*(.+)$/.exec(value.trim())?.[1] : undefined;
  return word !== undefined && Array.isArray(allowed) && allowed.includes(word);
}

/** JSON pointer → path; what lies in a sequence becomes a number. */
function pathOf(pointer: string, root: unknown): Path {
  if (pointer === '') return [];
  let here = root;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => {
      const name = part.replace(/~1/g, '/').replace(/~0/g, '~');
      const segment = Array.isArray(here) ? Number(name) : name;
      here = (here as Readonly<Record<string, unknown>> | null | undefined)?.[segment as string];
      return segment;
    });
}

function valueAt(root: unknown, path: Path): unknown {
  let here = root;
  for (const segment of path)
    here = (here as Readonly<Record<string, unknown>> | null | undefined)?.[segment as string];
  return here;
}

interface Broken extends Span {
  /** The line that it stands on. */
  readonly lineStart: number;
  readonly lineEnd: number;
}

/** Where the text is broken; of thousands of places the first will do. */
function brokenPlaces(document: ParsedDocument): Broken[] {
  return document.problems
    .filter((each) => each.code === 'syntax/yaml' && each.harmless !== true)
    .slice(0, MOST)
    .map(({ start, end }) => {
      const newline = document.text.indexOf('\n', end);
      const lineStart = document.text.lastIndexOf('\n', start - 1) + 1;
      return { start, end, lineStart, lineEnd: newline < 0 ? document.text.length : newline };
    });
}

/** Where the text is broken the parser has said so; what the schema makes of the pieces would only repeat it. */
function coveredBySyntax(document: ParsedDocument, broken: readonly Broken[], problem: SchemaProblem): boolean {
  if (broken.length === 0) return false;
  const key = spanAt(document, problem.path, 'key');
  const value = spanAt(document, problem.path, 'value');
  return broken.some(({ start, end, lineStart, lineEnd }) => {
    const near = (at: number): boolean => at >= lineStart && at <= lineEnd;
    return near(key.start) || near(value.start) || (start <= value.end + 3 && end >= value.start - 3);
  });
}
