/** Path patterns of `appliesTo`: `**`, `*`, `?`, `[ab]`, `{a,b}`, relative to a folder; pure, so that the core needs no file system. */

/** Whether `file` (from the workspace root) fits `pattern`, which is relative to `folder`. A plain folder means all below it. */
export function matchesGlob(pattern: string, file: string, folder = ''): boolean {
  return expandBraces(pattern).some((each) => {
    const whole = joinPath(folder, each);
    return whole !== undefined && fits(segmentsOf(whole), file.split('/'), isSegment);
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

/** What stands for any number of items of a sequence. */
const ANY_NUMBER = Symbol('any number');
type Segment = readonly Character[];
type Character = typeof ANY_NUMBER | ((character: string) => boolean);

/** The pattern's segments. `**` at the end wants something below; any other end takes all below it too. */
function segmentsOf(pattern: string): readonly (Segment | typeof ANY_NUMBER)[] {
  const parts = pattern === '' ? ['**'] : pattern.split('/');
  const segments = parts.map((part) => (part === '**' ? ANY_NUMBER : charactersOf(part)));
  return segments.at(-1) === ANY_NUMBER
    ? [...segments.slice(0, -1), [ANY_NUMBER], ANY_NUMBER]
    : [...segments, ANY_NUMBER];
}

/** Only the last wildcard is ever taken back, which suffices: the time is the product of both lengths, whatever is typed. */
function fits<Pattern, Item>(
  pattern: readonly (Pattern | typeof ANY_NUMBER)[],
  items: readonly Item[],
  matches: (pattern: Pattern, item: Item) => boolean,
): boolean {
  let at = 0;
  let wildcard = -1;
  let resume = 0;
  for (let index = 0; index < items.length;) {
    const wanted = pattern[at];
    if (at < pattern.length && wanted === ANY_NUMBER) {
      wildcard = at++;
      resume = index;
    } else if (at < pattern.length && matches(wanted as Pattern, items[index] as Item)) {
      at += 1;
      index += 1;
    } else if (wildcard >= 0) {
      at = wildcard + 1;
      index = ++resume;
    } else return false;
  }
  while (pattern[at] === ANY_NUMBER) at += 1;
  return at === pattern.length;
}

function isSegment(segment: Segment, text: string): boolean {
  return fits(segment, Array.from(text), (character: (one: string) => boolean, one) => character(one));
}

function charactersOf(part: string): Segment {
  const made: Character[] = [];
  const characters = Array.from(part);
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    const close = character === '[' ? characters.indexOf(']', index + 2) : -1;
    if (character === '*') made.push(ANY_NUMBER);
    else if (character === '?') made.push(() => true);
    else if (close > 0) {
      const set = setOf(characters.slice(index + 1, close).join(''));
      if (set) {
        made.push((one) => set.test(one));
        index = close;
      } else made.push((one) => one === character);
    } else made.push((one) => one === character);
  }
  return made;
}

function setOf(set: string): RegExp | undefined {
  try {
    return new RegExp(`^[${set.replace(/^!/, '^').replace(/[\\[\]]/g, '\\$&')}]$`, 'su');
  } catch {
    return undefined;
  }
}
