/** YAML's own names: the anchors of a document, and the aliases that mean each. */
import type { AliasNode, DocNode, ParsedDocument, Span } from '../core/document/node.ts';

/** An anchor, where its name stands, and what it names. */
export interface Anchor {
  readonly name: string;
  /** The name without the `&`. */
  readonly span: Span;
  readonly node: DocNode;
  /** The names, without the `*`, of the aliases that mean it. */
  readonly uses: readonly Span[];
}

/** Every anchor of a document, in order. */
export function anchorsOf(document: ParsedDocument): readonly Anchor[] {
  const found: (Anchor & { readonly uses: Span[] })[] = [];
  const aliases: AliasNode[] = [];
  const visit = (node: DocNode): void => {
    if (node.kind === 'alias') aliases.push(node);
    else if (node.anchor !== undefined) {
      const at = document.text.lastIndexOf(`&${node.anchor}`, node.start);
      if (at >= document.start)
        found.push({ name: node.anchor, span: { start: at + 1, end: at + 1 + node.anchor.length }, node, uses: [] });
    }
    if (node.kind === 'seq') node.items.forEach(visit);
    if (node.kind === 'map') {
      for (const { key, value } of node.pairs) {
        visit(key);
        if (value) visit(value);
      }
    }
  };
  if (document.text.includes('&') && document.root) visit(document.root);
  for (const alias of aliases) {
    // A name that is anchored again means the later value from there on.
    const meant = found.findLast((each) => each.name === alias.name && each.span.start < alias.start);
    meant?.uses.push({ start: alias.start + 1, end: alias.start + 1 + alias.name.length });
  }
  return found;
}

/** The anchor whose name, or an alias of which, stands at `offset`; and which of its places that is. */
export function anchorAt(
  document: ParsedDocument,
  offset: number,
): { readonly anchor: Anchor; readonly span: Span } | undefined {
  for (const anchor of anchorsOf(document)) {
    const span = [anchor.span, ...anchor.uses].find((each) => each.start - 1 <= offset && offset <= each.end);
    if (span) return { anchor, span };
  }
  return undefined;
}
