/** Document symbols: the outline of each document of ours, by its own things and not by YAML's. */
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver-types';
import { rangeOf, resolved } from '../core/document/navigate.ts';
import type { DocNode, ParsedText, Span } from '../core/document/node.ts';
import { keyText } from '../core/document/value.ts';
import type { Entry } from '../core/workspace.ts';
import type { LanguageContext } from './context.ts';

const KINDS: Readonly<Record<string, SymbolKind>> = {
  resources: SymbolKind.Class,
  backups: SymbolKind.Struct,
  dryRuns: SymbolKind.Event,
  classes: SymbolKind.Class,
  accounts: SymbolKind.Key,
  databases: SymbolKind.Object,
  sandboxes: SymbolKind.Object,
  vars: SymbolKind.Variable,
  steps: SymbolKind.Method,
  checks: SymbolKind.Boolean,
};
/** Deeper than this nobody looks in an outline. */
const DEEPEST = 4;

/** One symbol a document of ours, its sections and named things below it. */
export function documentSymbols(context: LanguageContext): DocumentSymbol[] {
  return context.entries.map((entry) => {
    const { root } = entry.document;
    const name = entry.name ?? entry.kind;
    const span = root ?? { start: entry.document.start, end: entry.document.start };
    const children = root ? childrenOf(context.parsed, root, '', 0) : [];
    return {
      name,
      detail: entry.kind,
      kind: SymbolKind.Module,
      range: rangeOf(context.parsed, span),
      selectionRange: rangeOf(context.parsed, nameSpan(entry) ?? { start: span.start, end: span.start }),
      children,
    };
  });
}

function nameSpan(entry: Entry): Span | undefined {
  const { root } = entry.document;
  if (root?.kind !== 'map') return undefined;
  const metadata = resolved(root.pairs.find((pair) => keyText(pair.key) === 'metadata')?.value);
  if (metadata?.kind !== 'map' || metadata.block !== root.block) return undefined;
  return metadata.pairs.find((pair) => keyText(pair.key) === 'name')?.value;
}

function childrenOf(parsed: ParsedText, node: DocNode, section: string, depth: number): DocumentSymbol[] {
  if (depth >= DEEPEST) return [];
  if (node.kind === 'seq') {
    return node.items.flatMap((item, index) => {
      const name = itemName(item);
      if (item.kind !== 'map' || item.pairs.length === 0) return [];
      return [
        symbol(
          parsed,
          name ?? `${section} ${index + 1}`,
          item,
          { start: item.start, end: item.start },
          section,
          item,
          depth,
        ),
      ];
    });
  }
  if (node.kind !== 'map') return [];
  return node.pairs.flatMap((pair) => {
    const name = keyText(pair.key);
    if (name === '' || pair.key.kind !== 'scalar') return [];
    // Below a named thing an outline shows what holds more, not every value.
    if (depth >= 2 && (pair.value === undefined || pair.value.kind === 'scalar')) return [];
    const whole = { start: pair.key.start, end: Math.max(pair.key.end, pair.value?.end ?? pair.key.end) };
    const named = depth > 0 && Object.hasOwn(KINDS, section);
    return [symbol(parsed, name, pair.value, pair.key, named ? section : name, whole, depth, named)];
  });
}

function symbol(
  parsed: ParsedText,
  name: string,
  value: DocNode | undefined,
  selection: Span,
  section: string,
  whole: Span,
  depth: number,
  named = true,
): DocumentSymbol {
  const detail =
    value?.kind === 'scalar'
      ? String(value.value ?? '')
          .split('\n')[0]
          ?.slice(0, 80)
      : detailOf(value);
  const children =
    value && value.kind !== 'scalar' && value.kind !== 'alias'
      ? childrenOf(parsed, value, named ? '' : name, depth + 1)
      : [];
  return {
    name,
    ...(detail === undefined || detail === '' ? {} : { detail }),
    kind: named ? (KINDS[section] ?? kindOf(value)) : kindOf(value),
    range: rangeOf(parsed, whole),
    selectionRange: rangeOf(parsed, selection),
    ...(children.length > 0 ? { children } : {}),
  };
}

function kindOf(value: DocNode | undefined): SymbolKind {
  switch (value?.kind) {
    case 'map':
      return SymbolKind.Namespace;
    case 'seq':
      return SymbolKind.Array;
    default:
      return SymbolKind.Property;
  }
}

function detailOf(value: DocNode | undefined): string | undefined {
  if (value?.kind !== 'map') return undefined;
  for (const key of ['kind', 'tool', 'backup', 'engine', 'run', 'manual', 'query']) {
    const found = value.pairs.find((pair) => keyText(pair.key) === key)?.value;
    if (found?.kind === 'scalar')
      return String(found.value ?? '')
        .split('\n')[0]
        ?.slice(0, 80);
  }
  return undefined;
}

function itemName(item: DocNode): string | undefined {
  if (item.kind !== 'map') return undefined;
  for (const key of ['id', 'name']) {
    const found = item.pairs.find((pair) => keyText(pair.key) === key)?.value;
    if (found?.kind === 'scalar' && found.value !== null && String(found.value) !== '') return String(found.value);
  }
  return undefined;
}
