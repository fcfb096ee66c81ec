/** Every name that a document uses, and where: by itself, in an expression, or as a resource that a step's text names. */
import type { DocNode, Path, ScalarNode, Span } from '../document/node.ts';
import type { Entry } from '../workspace.ts';
import { mayHoldExpression, parseExpressions, type Expression } from './expressions.ts';
import { HOLE, type Recognised } from './implicit/recogniser.ts';
import { recognise } from './implicit/table.ts';
import { declarationPlaces, namePlaceTree, type NamePlace, type Target } from './places.ts';
import { asText } from './read.ts';
import { placedText, type PlacedText } from './scalarText.ts';
import { evaluate } from './evaluate.ts';
import type { Scope } from './scope.ts';
import { pairsOf, textAt } from './pairs.ts';
import { scalarsOf } from './scalars.ts';
import { find, follow, patternTree, type Found } from './walk.ts';

/** A use of a name. `span` is that of the name alone, quotes left out; `path` leads to the scalar that holds it. */
export interface NameReference {
  readonly form: 'name' | 'expression';
  readonly target: Target;
  readonly name: string;
  readonly entry: Entry;
  readonly path: Path;
  readonly node: ScalarNode;
  readonly span: Span;
  /** The row that says so, where the whole value is the name. */
  readonly place?: NamePlace;
}

/** An expression where it stands. */
export interface PlacedExpression {
  readonly expression: Expression;
  readonly path: Path;
  readonly node: ScalarNode;
  readonly text: PlacedText;
}

/** A resource that the text of a step names. */
export interface ImplicitReference extends Omit<Recognised, 'start' | 'end' | 'idStart' | 'idEnd'> {
  readonly form: 'implicit';
  readonly entry: Entry;
  readonly path: Path;
  readonly node: ScalarNode;
  /** The whole of it: URI, ARN or host. */
  readonly span: Span;
  /** The part that names the resource; empty where an expression stands for it. */
  readonly idSpan: Span;
}

export type Reference = NameReference | ImplicitReference;

/** Everything that the document refers to, in order of place. `scope` (scope.ts) resolves expressions inside URIs; without it they stay open. */
export function referencesOf(entry: Entry, scope?: Scope): readonly Reference[] {
  const all: Reference[] = [...declaredReferencesOf(entry), ...implicitReferencesOf(entry, scope)];
  return all.sort((one, other) => one.span.start - other.span.start);
}

/** A name that is the whole value; its path and span are worked out when they are asked for. */
class NameUse implements NameReference {
  readonly form = 'name';
  readonly name: string;
  readonly entry: Entry;
  readonly node: ScalarNode;
  readonly place: NamePlace;
  readonly #found: Found;
  constructor(name: string, entry: Entry, node: ScalarNode, place: NamePlace, found: Found) {
    this.name = name;
    this.entry = entry;
    this.node = node;
    this.place = place;
    this.#found = found;
  }
  get target(): Target {
    return this.place.target;
  }
  get path(): Path {
    return this.#found.path;
  }
  get span(): Span {
    return contentSpan(this.node);
  }
}

function isStable(node: DocNode | undefined): boolean {
  return (node?.kind === 'map' || node?.kind === 'seq') && node.stable;
}

/** Names that stand by themselves or in expressions. A name behind an alias is given once, where it is written. */
export function declaredReferencesOf(entry: Entry): readonly NameReference[] {
  const made: NameReference[] = [];
  // Only an alias or a merge key can lead to one place twice.
  const seen = isStable(entry.document.root) ? undefined : new Set<string>();
  follow(entry.document, namePlaceTree(entry.kind), (found, place) => {
    const { node } = found;
    if (node.kind !== 'scalar') return;
    const name = asText(node.value);
    if (name === undefined || mayHoldExpression(name) || place.outside?.test(name) || !fitsPlace(place, found)) return;
    const key = `${place.target} ${node.start} ${place.whenKind ?? ''}`;
    if (seen?.has(key)) return;
    seen?.add(key);
    made.push(new NameUse(name, entry, node, place, found));
  });
  for (const placed of expressionsOf(entry)) made.push(...namesIn(placed, entry));
  return made;
}

const EXPRESSION_TARGETS: Readonly<Record<string, Target>> = {
  vars: 'variable',
  resources: 'resource',
  backups: 'backup',
};

function namesIn(placed: PlacedExpression, entry: Entry): readonly NameReference[] {
  const [root, name] = placed.expression.segments;
  const target = root && EXPRESSION_TARGETS[root.name];
  if (!name || target === undefined) return [];
  const span = placed.text.spanOf(name.start, name.end);
  return [{ form: 'expression', target, name: name.name, entry, path: placed.path, node: placed.node, span }];
}

function fitsPlace(place: NamePlace, { parent }: Found): boolean {
  if (place.whenKind === undefined) return true;
  return parent !== undefined && (textAt(parent, 'kind') ?? '').startsWith(place.whenKind);
}

function holdsExpression(node: ScalarNode): boolean {
  return typeof node.value === 'string' && mayHoldExpression(node.value);
}

/** Every `${{ … }}` of the document, in values of any style; suppressed in keys, which mean themselves. */
export function expressionsOf(entry: Entry): readonly PlacedExpression[] {
  if (!mayHoldExpression(entry.parsed.text)) return [];
  const made: PlacedExpression[] = [];
  for (const { path, node } of scalarsOf(entry.document, holdsExpression)) {
    const text = placedText(entry.parsed.text, node);
    if (text) for (const expression of parseExpressions(text.text)) made.push({ expression, path, node, text });
  }
  return made;
}

const TEXT_KEYS = ['run', 'verify', 'rollback', 'manual'] as const;
const TEXT_PLACES: readonly (readonly string[])[] = [
  ...TEXT_KEYS.map((key) => ['restore', 'steps', '[]', key]),
  ['dryRuns', '*', 'checks', '[]', 'run'],
  ...['find', 'verify', 'restore'].map((key) => ['backups', '*', 'command', key]),
];

const TEXT_TREE = patternTree(TEXT_PLACES.map((place) => [place, true] as const));

/** Cheap: a text that names a resource holds one of these, or an expression that may bring it. */
function mayName(text: string): boolean {
  return text.includes('://') || text.includes('arn:') || text.includes('.amazonaws.') || mayHoldExpression(text);
}

/** Resources that the texts of steps name. Variables and templates that can't be resolved are never guessed at. */
export function implicitReferencesOf(entry: Entry, scope?: Scope): readonly ImplicitReference[] {
  if (entry.kind !== 'Runbook') return [];
  const made: ImplicitReference[] = [];
  const seen = new Set<number>();
  follow(entry.document, TEXT_TREE, ({ path, node }) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || seen.has(node.start) || !mayName(node.value))
      return;
    seen.add(node.start);
    const text = placedText(entry.parsed.text, node);
    if (text) made.push(...implicitIn(text, entry, path, node, scope));
  });
  return made;
}

function implicitIn(
  placed: PlacedText,
  entry: Entry,
  path: Path,
  node: ScalarNode,
  scope: Scope | undefined,
): readonly ImplicitReference[] {
  const resolved = resolveExpressions(placed.text, scope);
  return recognise(resolved.text).map(({ start, end, idStart, idEnd, ...resource }) => ({
    form: 'implicit',
    entry,
    path,
    node,
    span: placed.spanOf(resolved.indexOf(start, 'start'), resolved.indexOf(end, 'end')),
    idSpan: placed.spanOf(resolved.indexOf(idStart, 'start'), resolved.indexOf(idEnd, 'end')),
    ...resource,
  }));
}

/** A text with its static expressions replaced and a hole in place of the others, and the way back to its indexes. */
function resolveExpressions(
  text: string,
  scope: Scope | undefined,
): { readonly text: string; indexOf(index: number, side: 'start' | 'end'): number } {
  if (!mayHoldExpression(text)) return { text, indexOf: (index) => index };
  const pieces: { readonly from: number; readonly to: number; readonly start: number; readonly end: number }[] = [];
  let made = '';
  let at = 0;
  for (const expression of parseExpressions(text)) {
    const result = scope ? evaluate(expression, scope) : undefined;
    made += text.slice(at, expression.start);
    const value = result?.state === 'value' ? result.value : HOLE;
    pieces.push({ from: made.length, to: made.length + value.length, start: expression.start, end: expression.end });
    made += value;
    at = expression.end;
  }
  made += text.slice(at);
  const indexOf = (index: number, side: 'start' | 'end'): number => {
    let shift = 0;
    for (const piece of pieces) {
      if (index < piece.from || (index === piece.from && side === 'end')) break;
      if (index < piece.to || (index === piece.to && side === 'end')) {
        if (index === piece.to) return piece.end;
        return index === piece.from || side === 'start' ? piece.start : piece.end;
      }
      shift = piece.end - piece.to;
    }
    return index + shift;
  };
  return { text: made, indexOf };
}

/** A name that a document introduces. */
export interface Declaration {
  readonly target: Target;
  readonly name: string;
  readonly entry: Entry;
  readonly path: Path;
  /** Whether the name is the key at `path` or the value. */
  readonly at: 'key' | 'value';
  /** The name alone, quotes left out. */
  readonly span: Span;
  /** The whole of what is named, for outlines and previews. */
  readonly whole: Span;
}

/** Every name that the document introduces, in order of place. */
export function declarationsOf(entry: Entry): readonly Declaration[] {
  const made: Declaration[] = [];
  for (const place of declarationPlaces(entry.kind)) {
    if (place.by === 'value') {
      for (const { path, node } of find(entry.document, place.path)) {
        const name = node.kind === 'scalar' ? asText(node.value) : undefined;
        if (node.kind === 'scalar' && name !== undefined) {
          made.push({ target: place.target, name, entry, path, at: 'value', span: contentSpan(node), whole: node });
        }
      }
      continue;
    }
    for (const { path, node } of find(entry.document, place.path.slice(0, -1))) {
      if (node.kind !== 'map') continue;
      for (const [name, pair] of pairsOf(node)) {
        if (name === '' || pair.key.kind !== 'scalar') continue;
        const whole = { start: pair.key.start, end: pair.value?.end ?? pair.key.end };
        made.push({
          target: place.target,
          name,
          entry,
          path: [...path, name],
          at: 'key',
          span: contentSpan(pair.key),
          whole,
        });
      }
    }
  }
  return made.sort((one, other) => one.span.start - other.span.start);
}

/** The span of a scalar without its quotes. */
export function contentSpan(node: ScalarNode): Span {
  const quoted = node.style === 'single' || node.style === 'double';
  return quoted && node.end - node.start >= 2
    ? { start: node.start + 1, end: node.end - 1 }
    : { start: node.start, end: node.end };
}
