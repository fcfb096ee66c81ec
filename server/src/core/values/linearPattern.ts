/** Regular expressions that take time in proportion to the text, whatever someone has written: a Pike machine over a subset of JavaScript's syntax. */

export interface LinearPattern {
  /** The named groups of the first match anywhere in `text` (anchors hold); undefined where there is none. */
  match(text: string): Readonly<Record<string, string | undefined>> | undefined;
}

type Node =
  | { readonly kind: 'one'; readonly fits: (character: string) => boolean }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Node[] }
  | {
      readonly kind: 'repeat';
      readonly part: Node;
      readonly least: number;
      readonly most: number;
      readonly greedy: boolean;
    }
  | { readonly kind: 'group'; readonly part: Node; readonly name: string }
  | { readonly kind: 'at'; readonly where: (before: string, after: string) => boolean };

type Step =
  | { readonly op: 'one'; readonly fits: (character: string) => boolean }
  | { readonly op: 'at'; readonly where: (before: string, after: string) => boolean }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'end' };

/** `(a{1000}){1000}` would be a million steps. */
const MOST_STEPS = 4000;
const DEEPEST = 100;

class PatternProblem extends Error {}

/** A pattern in the syntax of JavaScript with the flag `u`, or one phrase on why it can't be taken. */
export function linearPattern(source: string): LinearPattern | { readonly problem: string } {
  try {
    new RegExp(source, 'u');
  } catch {
    return { problem: 'is no regular expression' };
  }
  try {
    const names: string[] = [];
    const steps = stepsOf(parserOf(source).whole(), names);
    return { match: (text) => run(steps, names, text) };
  } catch (error) {
    if (error instanceof PatternProblem) return { problem: error.message };
    throw error;
  }
}

/** Reads what RegExp has accepted already, so that only what we leave out has to be refused. */
function parserOf(source: string): { whole(): Node } {
  const characters = Array.from(source);
  let at = 0;
  let depth = 0;
  const peek = (): string => characters[at] ?? '';
  const take = (text: string): boolean => {
    if (characters.slice(at, at + text.length).join('') !== text) return false;
    at += text.length;
    return true;
  };
  const until = (end: string): string => {
    const from = at;
    while (at < characters.length && peek() !== end) at += 1;
    at += 1;
    return characters.slice(from, at - 1).join('');
  };

  function either(): Node {
    if ((depth += 1) > DEEPEST) throw new PatternProblem(`is nested deeper than ${DEEPEST} groups`);
    const parts = [sequence()];
    while (take('|')) parts.push(sequence());
    depth -= 1;
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'any', parts };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    while (at < characters.length && peek() !== '|' && peek() !== ')') parts.push(repeated(atom()));
    return { kind: 'all', parts };
  }

  function repeated(part: Node): Node {
    let bounds: readonly [number, number] | undefined;
    if (take('*')) bounds = [0, Infinity];
    else if (take('+')) bounds = [1, Infinity];
    else if (take('?')) bounds = [0, 1];
    else if (take('{')) {
      const [least = '0', most] = until('}').split(',');
      bounds = [Number(least), most === undefined ? Number(least) : most === '' ? Infinity : Number(most)];
    }
    if (!bounds) return part;
    return { kind: 'repeat', part, least: bounds[0], most: bounds[1], greedy: !take('?') };
  }

  function atom(): Node {
    if (take('(')) {
      if (/^\?(?:[=!]|<[=!])/u.test(characters.slice(at, at + 3).join('')))
        throw new PatternProblem('looks ahead or behind, which is not supported');
      const name = take('?<') ? until('>') : undefined;
      if (name === undefined && take('?') && !take(':'))
        throw new PatternProblem('sets flags of a group, which is not supported');
      const part = either();
      at += 1;
      return name === undefined ? part : { kind: 'group', part, name };
    }
    if (take('^')) return { kind: 'at', where: (before) => before === '' };
    if (take('$')) return { kind: 'at', where: (_, after) => after === '' };
    if (take('.')) return { kind: 'one', fits: (one) => !/[\n\r\u2028\u2029]/u.test(one) };
    if (take('[')) return { kind: 'one', fits: tester(set()) };
    if (take('\\')) return escaped();
    const own = peek();
    at += 1;
    return { kind: 'one', fits: (one) => one === own };
  }

  function set(): string {
    const from = at - 1;
    while (peek() !== ']') at += peek() === '\\' ? 2 : 1;
    at += 1;
    return characters.slice(from, at).join('');
  }

  function escaped(): Node {
    const letter = peek();
    at += 1;
    if (letter === 'b') return { kind: 'at', where: (before, after) => isWord(before) !== isWord(after) };
    if (letter === 'B') return { kind: 'at', where: (before, after) => isWord(before) === isWord(after) };
    if (/[1-9k]/u.test(letter)) throw new PatternProblem('refers back to a group, which is not supported');
    if (/[pPu]/u.test(letter) && take('{')) return { kind: 'one', fits: tester(`\\${letter}{${until('}')}}`) };
    const more = { u: 4, x: 2, c: 1 }[letter] ?? 0;
    at += more;
    return { kind: 'one', fits: tester(`\\${letter}${characters.slice(at - more, at).join('')}`) };
  }

  return { whole: either };
}

function isWord(character: string): boolean {
  return /^\w$/u.test(character);
}

/** A class of characters is left to the engine, one character at a time; answers are kept. */
function tester(source: string): (character: string) => boolean {
  const expression = new RegExp(`^${source}$`, 'u');
  const known = new Map<string, boolean>();
  return (character) => {
    let answer = known.get(character);
    if (answer === undefined) known.set(character, (answer = expression.test(character)));
    return answer;
  };
}

function stepsOf(whole: Node, names: string[]): readonly Step[] {
  const steps: Step[] = [];
  const add = <One extends Step>(step: One): One => {
    if (steps.length >= MOST_STEPS) throw new PatternProblem('repeats too much');
    steps.push(step);
    return step;
  };
  const write = (node: Node): void => {
    switch (node.kind) {
      case 'one':
        add({ op: 'one', fits: node.fits });
        return;
      case 'at':
        add({ op: 'at', where: node.where });
        return;
      case 'all':
        node.parts.forEach(write);
        return;
      case 'any': {
        const ends: { to: number }[] = [];
        node.parts.forEach((part, index) => {
          const split =
            index < node.parts.length - 1 ? add({ op: 'split', first: steps.length + 1, second: 0 }) : undefined;
          write(part);
          if (!split) return;
          ends.push(add({ op: 'jump', to: 0 }));
          split.second = steps.length;
        });
        for (const end of ends) end.to = steps.length;
        return;
      }
      case 'group': {
        const slot = names.push(node.name) * 2 - 2;
        add({ op: 'save', slot });
        write(node.part);
        add({ op: 'save', slot: slot + 1 });
        return;
      }
      case 'repeat':
        repeat(node);
    }
  };
  const repeat = ({ part, least, most, greedy }: Node & { kind: 'repeat' }): void => {
    for (let count = 0; count < least; count++) write(part);
    const point = (split: { first: number; second: number }, into: number, past: number): void => {
      split.first = greedy ? into : past;
      split.second = greedy ? past : into;
    };
    if (most === Infinity) {
      const from = steps.length;
      const split = add({ op: 'split', first: 0, second: 0 });
      write(part);
      add({ op: 'jump', to: from });
      point(split, from + 1, steps.length);
      return;
    }
    const splits = [];
    for (let count = least; count < most; count++) {
      splits.push({ split: add({ op: 'split', first: 0, second: 0 }), into: steps.length });
      write(part);
    }
    for (const { split, into } of splits) point(split, into, steps.length);
  };
  write(whole);
  add({ op: 'end' });
  return steps;
}

type Saved = readonly (number | undefined)[];
interface Thread {
  readonly at: number;
  readonly saved: Saved;
}

/** All ways are followed side by side, so no character is read twice; an earlier way is preferred, as RegExp does. */
function run(steps: readonly Step[], names: readonly string[], text: string): ReturnType<LinearPattern['match']> {
  const characters = Array.from(text);
  const seen = new Int32Array(steps.length).fill(-1);
  const follow = (into: Thread[], start: number, saved: Saved, index: number): void => {
    const open: Thread[] = [{ at: start, saved }];
    for (let next = open.pop(); next; next = open.pop()) {
      if (seen[next.at] === index) continue;
      seen[next.at] = index;
      const step = steps[next.at];
      if (step?.op === 'jump') open.push({ at: step.to, saved: next.saved });
      else if (step?.op === 'split')
        open.push({ at: step.second, saved: next.saved }, { at: step.first, saved: next.saved });
      else if (step?.op === 'save') open.push({ at: next.at + 1, saved: next.saved.with(step.slot, index) });
      else if (step?.op === 'at') {
        if (step.where(characters[index - 1] ?? '', characters[index] ?? ''))
          open.push({ at: next.at + 1, saved: next.saved });
      } else into.push(next);
    }
  };
  const nothing: Saved = new Array<undefined>(names.length * 2).fill(undefined);
  let threads: Thread[] = [];
  let found: Saved | undefined;
  for (let index = 0; index <= characters.length; index++) {
    const now: Thread[] = [];
    // The ways of before come first; a match found ends the search for a later beginning.
    if (index === 0) follow(now, 0, nothing, index);
    else {
      const character = characters[index - 1] ?? '';
      for (const thread of threads) {
        const step = steps[thread.at];
        if (step?.op === 'one' && step.fits(character)) follow(now, thread.at + 1, thread.saved, index);
      }
      if (!found) follow(now, 0, nothing, index);
    }
    const end = now.findIndex((thread) => steps[thread.at]?.op === 'end');
    if (end >= 0) {
      found = now[end]?.saved;
      if (names.length === 0) break;
    }
    threads = end >= 0 ? now.slice(0, end) : now;
    if (threads.length === 0 && found) break;
  }
  if (!found) return undefined;
  const groups: Record<string, string | undefined> = {};
  names.forEach((name, index) => {
    const [from, to] = [found[index * 2], found[index * 2 + 1]];
    if (from !== undefined && to !== undefined) groups[name] = characters.slice(from, to).join('');
  });
  return groups;
}
