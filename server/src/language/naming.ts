/** What the name under the cursor means, and every place of the workspace where the same is meant: behind navigation and rename. */
import { placeAt, resolved } from '../core/document/navigate.ts';
import type { ScalarNode, Span } from '../core/document/node.ts';
import { definitionsOf, holdersOf } from '../core/references/definitions.ts';
import { resourcesOf } from '../core/references/effective.ts';
import { environmentOf } from '../core/references/environment.ts';
import type { Target } from '../core/references/places.ts';
import {
  declaredReferencesOf,
  declarationsOf,
  expressionsOf,
  implicitReferencesOf,
  type Declaration,
  type ImplicitReference,
} from '../core/references/references.ts';
import { scopeOf } from '../core/references/scope.ts';
import type { Entry } from '../core/workspace.ts';
import { entryAt, type LanguageContext } from './context.ts';

/** A thing with a name: the documents that declare it, and where the cursor met it. */
export interface Symbol {
  readonly target: Target;
  readonly name: string;
  /** Documents that declare it; several only for a class along `extends`, or where the name is ambiguous. */
  readonly holders: readonly Entry[];
  /** The name under the cursor. */
  readonly span: Span;
  /** The scalar that the name stands in. */
  readonly node: ScalarNode | undefined;
}

/** A place where a symbol is named. */
export interface Occurrence {
  readonly entry: Entry;
  readonly span: Span;
  readonly declaration: boolean;
  /** The scalar that holds the name, where it is the whole of it and plain: a new name may need quotes there. */
  readonly plain: boolean;
}

/** The symbol whose name, use or expression stands at `offset`. */
export function symbolAt(context: LanguageContext, offset: number): Symbol | undefined {
  const entry = entryAt(context, offset);
  if (!entry) return undefined;
  const holds = (span: Span): boolean => span.start <= offset && offset <= span.end;
  const declared = declarationsOf(entry).find((each) => holds(each.span));
  if (declared) {
    const node = placeAt(entry.document, declared.span.start)?.node;
    return { target: declared.target, name: declared.name, holders: [entry], span: declared.span, node: scalar(node) };
  }
  const used = declaredReferencesOf(entry).find((each) => holds(each.span));
  if (used) {
    const definitions = definitionsOf(used.target, used.name, entry, context.workspace);
    const holders = [...new Set(definitions.map((each) => each.entry))];
    return {
      target: used.target,
      name: used.name,
      holders,
      span: used.span,
      node: used.form === 'name' ? used.node : undefined,
    };
  }
  return environmentNameAt(context, entry, holds);
}

/** `${{ environment.name }}` names the environment without writing its name. */
function environmentNameAt(context: LanguageContext, entry: Entry, holds: (span: Span) => boolean): Symbol | undefined {
  for (const { expression, text } of expressionsOf(entry)) {
    const [root, member] = expression.segments;
    if (root?.name !== 'environment' || member?.name !== 'name') continue;
    const span = text.spanOf(root.start, member.end);
    const environment = holds(span) ? environmentOf(entry, context.workspace) : undefined;
    if (environment?.name !== undefined)
      return { target: 'environment', name: environment.name, holders: [environment], span, node: undefined };
  }
  return undefined;
}

/** The resource that a text names at `offset`. */
export function implicitAt(context: LanguageContext, offset: number): ImplicitReference | undefined {
  const entry = entryAt(context, offset);
  if (!entry) return undefined;
  return implicitReferencesOf(entry, scopeOf(entry, context.workspace)).find(
    (each) => each.span.start <= offset && offset <= each.span.end,
  );
}

/** The declarations of a symbol. */
export function declarationsOfSymbol(symbol: Symbol): readonly Declaration[] {
  return symbol.holders.flatMap((holder) =>
    declarationsOf(holder).filter((each) => each.target === symbol.target && each.name === symbol.name),
  );
}

const LOCAL: ReadonlySet<Target> = new Set(['resource', 'backup', 'step']);

/** Every place of the workspace that names the symbol, declarations first where asked for; each once, in file order. */
export function occurrencesOf(
  context: LanguageContext,
  symbol: Symbol,
  options: { readonly declarations: boolean; readonly file?: string },
): readonly Occurrence[] {
  const { workspace } = context;
  const found = new Map<string, Occurrence>();
  const add = (occurrence: Occurrence): void => {
    const key = `${occurrence.entry.file} ${occurrence.span.start}`;
    if (!found.has(key) && (options.file === undefined || options.file === occurrence.entry.file))
      found.set(key, occurrence);
  };
  if (options.declarations) {
    for (const { entry, span } of declarationsOfSymbol(symbol))
      add({ entry, span, declaration: true, plain: isPlain(entry, span) });
  }
  const places = LOCAL.has(symbol.target)
    ? symbol.holders
    : options.file === undefined
      ? workspace.entries
      : workspace.byFile(options.file);
  for (const entry of places) {
    // Reading a whole document is dear; a name that isn't in its text is not used in it.
    if (!entry.parsed.text.includes(symbol.name)) continue;
    for (const reference of declaredReferencesOf(entry)) {
      if (reference.target !== symbol.target || reference.name !== symbol.name) continue;
      const holders = holdersOf(symbol.target, symbol.name, entry, workspace);
      if (!holders.some((holder) => isIn(holder, symbol.holders))) continue;
      add({
        entry,
        span: reference.span,
        declaration: false,
        plain: reference.form === 'name' && reference.node.style === 'plain',
      });
    }
  }
  return [...found.values()];
}

/** Places in texts that mean the symbol, a resource, by its id. */
export function implicitOccurrencesOf(context: LanguageContext, symbol: Symbol): readonly Occurrence[] {
  if (symbol.target !== 'resource') return [];
  return symbol.holders.flatMap((entry) =>
    resourcesOf(entry, context.workspace)
      .filter((resource) => resource.name === symbol.name)
      .flatMap((resource) => resource.uses.map((use) => ({ entry, span: use.span, declaration: false, plain: false }))),
  );
}

function isIn(entry: Entry, entries: readonly Entry[]): boolean {
  return entries.some((each) => each.file === entry.file && each.document.index === entry.document.index);
}

function isPlain(entry: Entry, span: Span): boolean {
  const before = entry.parsed.text.charAt(span.start - 1);
  return before !== '"' && before !== "'";
}

function scalar(node: ReturnType<typeof resolved>): ScalarNode | undefined {
  return node?.kind === 'scalar' ? node : undefined;
}
