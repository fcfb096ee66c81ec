/** Position encodings: the features speak UTF-16, and this turns positions into what the client negotiated and back. */
export type Encoding = 'utf-8' | 'utf-16' | 'utf-32';

const KNOWN: readonly Encoding[] = ['utf-16', 'utf-8', 'utf-32'];

/** The first of the client's encodings, which are in its order of preference, that we know; UTF-16 is always one. */
export function negotiateEncoding(offered: readonly string[] | undefined): Encoding {
  return KNOWN.find((each) => each === offered?.find((wanted) => KNOWN.some((known) => known === wanted))) ?? 'utf-16';
}

/** Units of `encoding` that the first `units` UTF-16 units of `line` take. */
export function encodeCharacter(line: string, units: number, encoding: Encoding): number {
  if (encoding === 'utf-16') return units;
  let count = 0;
  for (let index = 0; index < units && index < line.length; index++) {
    const code = line.codePointAt(index) ?? 0;
    if (code > 0xffff) index++;
    count += encoding === 'utf-32' ? 1 : utf8Length(code);
  }
  return count;
}

/** UTF-16 units that the first `character` units of `encoding` take in `line`; a position inside a character is moved to its start. */
export function decodeCharacter(line: string, character: number, encoding: Encoding): number {
  if (encoding === 'utf-16') return character;
  let count = 0;
  let index = 0;
  while (index < line.length) {
    const code = line.codePointAt(index) ?? 0;
    const size = encoding === 'utf-32' ? 1 : utf8Length(code);
    if (count + size > character) break;
    count += size;
    index += code > 0xffff ? 2 : 1;
  }
  return index;
}

function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** The lines of a file by its URI; undefined where the file isn't known. */
export type LineOf = (uri: string, line: number) => string | undefined;

/**
 * A copy of `value` (plain JSON of the protocol) with every position in it converted by `convert`. Which file a
 * position belongs to is told by the nearest `uri`, `targetUri` or `textDocument` around it, or a key of `changes`.
 */
export function convertPositions(
  value: unknown,
  uri: string,
  lineOf: LineOf,
  convert: (line: string, character: number) => number,
): unknown {
  if (Array.isArray(value)) return value.map((item) => convertPositions(item, uri, lineOf, convert));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  const { line, character } = object;
  if (typeof line === 'number' && typeof character === 'number') {
    const text = lineOf(uri, line);
    return { ...object, character: text === undefined ? character : convert(text, character) };
  }
  const within = uriIn(object) ?? uri;
  const made: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(object)) {
    if (key === 'data') made[key] = child;
    else if (key === 'originSelectionRange') made[key] = convertPositions(child, uri, lineOf, convert);
    else if (key === 'changes' && typeof child === 'object' && child !== null && !Array.isArray(child)) {
      made[key] = Object.fromEntries(
        Object.entries(child).map(([file, edits]) => [file, convertPositions(edits, file, lineOf, convert)]),
      );
    } else made[key] = convertPositions(child, within, lineOf, convert);
  }
  return made;
}

function uriIn(object: Record<string, unknown>): string | undefined {
  const { uri, targetUri, textDocument } = object;
  if (typeof uri === 'string') return uri;
  if (typeof targetUri === 'string') return targetUri;
  if (typeof textDocument !== 'object' || textDocument === null) return undefined;
  const named = (textDocument as { uri?: unknown }).uri;
  return typeof named === 'string' ? named : undefined;
}
