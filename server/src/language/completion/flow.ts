/** Where a cursor stands inside a flow collection (`{ a: 1, b: [x` …), read from the text, so that half-typed ones work. */

export interface FlowPlace {
  /** Keys and indexes from the value that the collection begins. */
  readonly path: readonly (string | number)[];
  readonly at: 'key' | 'value' | 'item';
  /** What is typed of the key or value, without an opening quote. */
  readonly typed: string;
  /** Offset in the text where what is typed begins. */
  readonly from: number;
  /** Scalars beside each level of the path, for the schema's conditions: the innermost map last. */
  readonly siblings: readonly Readonly<Record<string, string>>[];
}

interface Level {
  readonly open: '{' | '[';
  key: string | undefined;
  index: number;
  readonly entries: Record<string, string>;
}

/**
 * The place of `cursor` in the flow collection that begins at `start` (its bracket); undefined where it is closed
 * before the cursor, or the cursor is in a comment.
 */
export function flowPlaceAt(text: string, start: number, cursor: number): FlowPlace | undefined {
  const levels: Level[] = [];
  let token = '';
  let tokenFrom = start + 1;
  let quoted = false;
  const clear = (at: number): void => {
    token = '';
    tokenFrom = at;
    quoted = false;
  };
  const put = (): void => {
    const level = levels.at(-1);
    if (level?.open === '{' && level.key !== undefined) level.entries[level.key] ??= token.trim();
  };
  let index = start;
  while (index < cursor) {
    const char = text[index] ?? '';
    if (char === '"' || char === "'") {
      const end = endOfQuoted(text, index, cursor);
      if (token.trim() === '') {
        token = text.slice(index + 1, end === undefined ? cursor : end);
        tokenFrom = index + 1;
        quoted = true;
      }
      if (end === undefined) break;
      index = end + 1;
      continue;
    }
    if (char === '#' && /\s/u.test(text[index - 1] ?? ' ')) {
      const line = text.indexOf('\n', index);
      if (line < 0 || line >= cursor) return undefined;
      index = line;
      continue;
    }
    if (char === '$' && text.startsWith('${{', index)) {
      const end = text.indexOf('}}', index);
      const stop = end < 0 || end >= cursor ? cursor : end + 2;
      token += text.slice(index, stop);
      index = stop;
      continue;
    }
    const level = levels.at(-1);
    if (char === '{' || char === '[') {
      levels.push({ open: char, key: undefined, index: 0, entries: {} });
      clear(index + 1);
    } else if (char === '}' || char === ']') {
      put();
      levels.pop();
      if (levels.length === 0) return undefined;
      clear(index + 1);
      quoted = true;
    } else if (char === ',') {
      put();
      if (level) {
        level.key = undefined;
        level.index += 1;
      }
      clear(index + 1);
    } else if (
      char === ':' &&
      level?.open === '{' &&
      level.key === undefined &&
      (quoted || /[\s,}\]]/u.test(text[index + 1] ?? ' '))
    ) {
      level.key = token.trim();
      clear(index + 1);
    } else if (token === '' && /\s/u.test(char)) {
      tokenFrom = index + 1;
    } else if (!quoted) token += char;
    index += 1;
  }
  const innermost = levels.at(-1);
  if (!innermost) return undefined;
  const path: (string | number)[] = [];
  levels.forEach((level, depth) => {
    const last = depth === levels.length - 1;
    if (level.open === '[') path.push(0);
    else if (!last || level.key !== undefined) path.push(level.key ?? '');
  });
  const after = entriesAfter(text, cursor);
  const siblings = levels.map((level, depth) => ({ ...after[levels.length - 1 - depth], ...level.entries }));
  const at = innermost.open === '[' ? 'item' : innermost.key === undefined ? 'key' : 'value';
  return { path, at, typed: token.trimStart(), from: Math.min(tokenFrom, cursor), siblings };
}

function endOfQuoted(text: string, start: number, cursor: number): number | undefined {
  const quote = text[start];
  for (let index = start + 1; index < cursor; index++) {
    if (quote === '"' && text[index] === '\\') index += 1;
    else if (text[index] === quote) {
      if (quote === "'" && text[index + 1] === "'") index += 1;
      else return index;
    }
  }
  return undefined;
}

/** The scalars that follow on the line, in the innermost collection and in each around it: they count as there. */
function entriesAfter(text: string, cursor: number): readonly Readonly<Record<string, string>>[] {
  const line = text.slice(cursor, lineEnd(text, cursor));
  const found: Record<string, string>[] = [{}];
  let depth = 0;
  let piece = '';
  const take = (): void => {
    const match = /^\s*([\w./-]+)\s*:\s*(.*)$/u.exec(piece);
    const level = found.at(-1);
    if (match?.[1] !== undefined && level) level[match[1]] = unquoted(match[2] ?? '');
    piece = '';
  };
  for (const char of line) {
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    if (depth < 0) {
      take();
      found.push({});
      depth = 0;
    } else if (char === ',' && depth === 0) take();
    else piece += char;
  }
  take();
  return found;
}

export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** A scalar without its quotes. */
export function unquoted(text: string): string {
  const trimmed = text.trim();
  const match = /^(["'])(.*)\1$/u.exec(trimmed);
  return match?.[2] ?? trimmed;
}
