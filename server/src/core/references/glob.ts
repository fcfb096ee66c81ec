/** Path patterns of `appliesTo`: `**`, `*`, `?`, `[ab]`, `{a,b}`, relative to a folder; pure, so that the core needs no file system. */

/** Whether `file` (from the workspace root) fits `pattern`, which is relative to `folder`. A plain folder means all below it. */
export function matchesGlob(pattern: string, file: string, folder = ''): boolean {
  return expandBraces(pattern).some((each) => {
    const whole = joinPath(folder, each);
    return whole !== undefined && toExpression(whole).test(file);
  });
}

/** `a{b,c/d}` → `ab`, `ac/d`; a bounded number of them, so that nothing typed by accident takes long. */
function expandBraces(pattern: string): readonly string[] {
  let open = [pattern];
  for (let round = 0; round < 8; round++) {
    const next = open.flatMap((each) => {
      const found = /\{([^{}]*,[^{}]*)\}/.exec(each);
      if (!found) return [each];
      const choices = (found[1] ?? '').split(',');
      return choices.map((choice) => each.slice(0, found.index) + choice + each.slice(found.index + found[0].length));
    });
    if (next.length === open.length || next.length > 256) break;
    open = next;
  }
  return open;
}

/** `pattern` seen from the root, `./` and `../` taken out; undefined where it leaves the workspace. */
function joinPath(folder: string, pattern: string): string | undefined {
  const absolute = pattern.startsWith('/');
  const parts: string[] = absolute || folder === '' ? [] : folder.split('/');
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/');
}

function toExpression(pattern: string): RegExp {
  const parts = pattern === '' ? ['**'] : pattern.split('/');
  const source = parts
    .map((part, index) => {
      const last = index === parts.length - 1;
      if (part === '**') return last ? '.+' : '(?:[^/]+/)*';
      return partSource(part) + (last ? '(?:/.*)?' : '/');
    })
    .join('');
  return new RegExp(`^${source}$`, 'su');
}

function partSource(part: string): string {
  let made = '';
  for (let index = 0; index < part.length; index++) {
    const character = part.charAt(index);
    const close = character === '[' ? part.indexOf(']', index + 2) : -1;
    if (character === '*') made += '[^/]*';
    else if (character === '?') made += '[^/]';
    else if (close > 0) {
      made += setSource(part.slice(index + 1, close));
      index = close;
    } else made += escaped(character);
  }
  return made;
}

function setSource(set: string): string {
  const source = `[${set.replace(/^!/, '^').replace(/[\\[\]]/g, '\\$&')}]`;
  try {
    return new RegExp(source, 'u').source;
  } catch {
    return escaped(`[${set}]`);
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
