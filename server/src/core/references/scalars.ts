/** Walks over every scalar of a document, each once, as it is written. */
import type { DocNode, MapNode, ParsedDocument, Path, ScalarNode, SeqNode } from '../document/node.ts';
import { keyText } from '../document/value.ts';
import { isKept, Trail } from './trail.ts';

/** A scalar where it is written. */
export interface PlacedScalar {
  readonly path: Path;
  readonly node: ScalarNode;
}

/**
 * Every scalar value that is wanted, as it is written, each once, with its path; keys and aliases are left out. What is
 * found in collections without aliases is kept with them: `wanted` has to be a function that lives on.
 */
export function scalarsOf(document: ParsedDocument, wanted: (node: ScalarNode) => boolean): readonly PlacedScalar[] {
  const found: PlacedScalar[] = [];
  if (document.root) scalarsIn(document.root, new Trail(), wanted, (each) => found.push(each));
  return found;
}

function scalarsIn(
  node: DocNode,
  trail: Trail,
  wanted: (node: ScalarNode) => boolean,
  tell: (scalar: PlacedScalar) => void,
): void {
  if (trail.length > 200 || node.kind === 'alias') return;
  if (node.kind === 'scalar') {
    if (wanted(node)) tell({ path: trail.path(), node });
    return;
  }
  if (!isKept(node)) {
    scalarsWithin(node, trail, wanted, tell);
    return;
  }
  const walks = ((node.remembered ??= {}).walks ??= new Map<object, unknown>());
  let kept = walks.get(wanted) as readonly PlacedScalar[] | undefined;
  if (!kept) {
    const made: PlacedScalar[] = [];
    scalarsWithin(node, new Trail(), wanted, (each) => made.push(each));
    walks.set(wanted, made);
    kept = made;
  }
  if (kept.length === 0) return;
  const path = trail.path();
  for (const each of kept) tell(path.length === 0 ? each : { path: [...path, ...each.path], node: each.node });
}

function scalarsWithin(
  node: MapNode | SeqNode,
  trail: Trail,
  wanted: (node: ScalarNode) => boolean,
  tell: (scalar: PlacedScalar) => void,
): void {
  if (node.kind === 'seq') {
    node.items.forEach((item, index) => {
      trail.toItem(node, index);
      scalarsIn(item, trail, wanted, tell);
      trail.back();
    });
    return;
  }
  for (const pair of node.pairs) {
    if (!pair.value) continue;
    const name = keyText(pair.key);
    // What is merged in stands at the path of the map that merges it.
    if (name === '<<' && pair.value.kind === 'map') scalarsIn(pair.value, trail, wanted, tell);
    else {
      trail.toKey(name);
      scalarsIn(pair.value, trail, wanted, tell);
      trail.back();
    }
  }
}
