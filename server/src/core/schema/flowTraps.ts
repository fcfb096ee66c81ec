/** YAML's traps in flow maps: a blank that lacks behind a colon, and a comma that ends a plain value. */
import type { ParsedDocument, Path } from '../document/node.ts';
import { nodeAt } from '../document/navigate.ts';
import { keyText } from '../document/value.ts';
import { anchorPath } from './fixes.ts';
import type { SchemaProblem } from './problem.ts';

const GLUED = /^([\w-]+):(\S.*)$/u;

/** `{ rto:2h }`: without a blank behind its colon the pair is one word, and a key to YAML. */
export function gluedPair(
  document: ParsedDocument,
  path: Path,
  key: string,
  known: ReadonlySet<string>,
): SchemaProblem | undefined {
  const map = nodeAt(document, path);
  const pair = map?.kind === 'map' && map.flow ? map.pairs.find((each) => keyText(each.key) === key) : undefined;
  const [, name = '', rest = ''] = GLUED.exec(key) ?? [];
  if (pair?.key.kind !== 'scalar' || pair.key.style !== 'plain' || pair.value || !known.has(name)) return undefined;
  const at = pair.key.start + name.length + 1;
  return {
    code: 'schema/unknown-key',
    severity: 'error',
    message: `A blank is missing behind the colon; write \`${name}: ${rest}\`.`,
    path: [...anchorPath(document, path), key],
    at: 'key',
    data: { key },
    fixes: [
      {
        title: 'Put a blank behind the colon',
        edits: [{ span: { start: at, end: at }, newText: ' ' }],
        preferred: true,
        safe: true,
      },
    ],
  };
}

/**
 * A comma ends a plain value in a flow map: `{ query: select a, b from t }` has a key `b from t`. The finding for the
 * first such key, whose fix quotes the whole; 'said' for those behind it; undefined where the key is no such piece.
 */
export function commaTrap(
  document: ParsedDocument,
  path: Path,
  key: string,
  known: ReadonlySet<string>,
): SchemaProblem | 'said' | undefined {
  const map = nodeAt(document, path);
  if (map?.kind !== 'map' || !map.flow) return undefined;
  const index = map.pairs.findIndex((pair) => keyText(pair.key) === key);
  const isPiece = (at: number): boolean => {
    const pair = map.pairs[at];
    return (
      pair !== undefined &&
      pair.value === undefined &&
      pair.key.kind === 'scalar' &&
      pair.key.style === 'plain' &&
      !known.has(keyText(pair.key)) &&
      !known.has(GLUED.exec(keyText(pair.key))?.[1] ?? '')
    );
  };
  if (index < 1 || !isPiece(index)) return undefined;
  if (isPiece(index - 1))
    return index - 1 > 0 && commaTrap(document, path, keyText(map.pairs[index - 1]?.key ?? map), known)
      ? 'said'
      : undefined;
  const owner = map.pairs[index - 1];
  const value = owner?.value;
  if (!owner || value?.kind !== 'scalar' || value.style !== 'plain' || typeof value.value !== 'string')
    return undefined;
  let last = index;
  while (isPiece(last + 1)) last++;
  const end = map.pairs[last]?.key.end ?? value.end;
  const whole = document.text.slice(value.start, end);
  const quoted = whole.includes('"') ? `'${whole.replace(/'/g, "''")}'` : `"${whole.replace(/\\/g, '\\\\')}"`;
  return {
    code: 'schema/unknown-key',
    severity: 'error',
    message: `A comma ends a plain value in \`{ … }\`, so \`${key}\` is read as a key and not as part of \`${keyText(owner.key)}\`; quote the value.`,
    path: [...anchorPath(document, path), key],
    at: 'key',
    data: { trap: 'comma', key },
    fixes: [
      {
        title: 'Quote the value',
        edits: [{ span: { start: value.start, end }, newText: quoted }],
        preferred: true,
        safe: true,
      },
    ],
  };
}
