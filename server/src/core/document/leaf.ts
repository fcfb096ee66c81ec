/** One piece of a text, parsed alone: its tree, with positions relative to the piece, and what is wrong in it. */
import { parseAllDocuments, type Document } from 'yaml';
import { keyProblems } from './keys.ts';
import { expressionProblems, hideExpressions, revealExpressions } from './expressionMask.ts';
import { DEEPEST, tooDeepAt } from './depth.ts';
import { isNothing, lean, type Gathered } from './lean.ts';
import { readFast } from './fast.ts';
import type { Block, Comment, DocNode, ScalarNode, SyntaxProblem } from './node.ts';
import { reworded } from './yamlErrors.ts';

export interface ParsedLeaf {
  readonly text: string;
  /** The block that all nodes within share; its base is set at assembly. */
  readonly block: Block;
  readonly root: DocNode | undefined;
  /** Anchored nodes and aliases, in document order. */
  readonly marks: readonly DocNode[];
  /** Positions relative to the piece. */
  readonly problems: readonly SyntaxProblem[];
  /** Positions relative to the piece; found when first asked for. */
  comments: readonly Comment[] | undefined;
}

/** How often a broken line is set aside and the piece is read again. */
const RETRIES = 5;

/** Parses a piece. Never throws; whatever the library makes of it. */
export function parseLeaf(text: string): ParsedLeaf {
  const block: Block = { base: 0 };
  const hidden = hideExpressions(text);
  let source = hidden ?? text;
  const deep = tooDeepAt(source);
  if (deep !== undefined)
    return { text, block, root: undefined, marks: [], comments: undefined, problems: [tooDeep(deep)] };
  const reveal = hidden === undefined ? (each: string): string => each : revealExpressions;
  const flowScalars: ScalarNode[] = [];
  const fast = readFast({ text: source, block, reveal, flowScalars: hidden === undefined ? undefined : flowScalars });
  if (fast) {
    const problems = [...expressionProblems(flowScalars), ...keyProblems(fast)];
    return { text, block, root: fast, marks: [], problems, comments: undefined };
  }
  const setAside: SyntaxProblem[] = [];
  for (let attempt = 0; ; attempt++) {
    const parsed = read(source);
    const retry = attempt < RETRIES ? withoutBrokenKey(source, parsed) : undefined;
    if (retry) {
      source = retry.source;
      setAside.push(retry.problem);
      continue;
    }
    const gathered: Gathered = {
      block,
      marks: [],
      aliases: 0,
      flowScalars: [],
      wantsFlowScalars: hidden !== undefined,
      reveal,
    };
    const contents = parsed[0]?.contents;
    const root = contents && !isNothing(contents) ? lean(contents, gathered) : undefined;
    const problems = [
      ...setAside,
      ...reworded(
        text,
        parsed.flatMap((document) => document.errors),
      ),
      ...expressionProblems(gathered.flowScalars),
      ...keyProblems(root),
    ];
    return { text, block, root, marks: gathered.marks, comments: undefined, problems };
  }
}

function read(source: string): Document.Parsed[] {
  const parsed = parseAllDocuments(source, {
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    version: '1.2',
  });
  return Array.isArray(parsed) ? [...parsed] : [];
}

function tooDeep(start: number): SyntaxProblem {
  const message = `Collections are nested more than ${DEEPEST} levels deep here; nothing below is read.`;
  return { code: 'syntax/too-deep', message, start, end: start + 1 };
}

/**
 * A word alone on a line before a key (`re` while `restore:` is being typed) makes YAML read both lines as one key, and
 * loses the second. The word is set aside, so that the rest keeps its shape.
 */
function withoutBrokenKey(
  source: string,
  parsed: readonly Document.Parsed[],
): { source: string; problem: SyntaxProblem } | undefined {
  for (const error of parsed.flatMap((document) => document.errors)) {
    if (error.code !== 'MULTILINE_IMPLICIT_KEY') continue;
    const lineStart = source.lastIndexOf('\n', error.pos[0]) + 1;
    const newline = source.indexOf('\n', error.pos[0]);
    if (newline < 0) continue;
    const line = source.slice(lineStart, newline).trimEnd();
    const word = line.trimStart();
    // Only a plain word: anything that opens something else is left to the library's own words.
    if (!/^[A-Za-z0-9_$./<-][^\s#{}[\],&*!|>'"%@`:]*$/.test(word) || word === '-') continue;
    const start = lineStart + line.length - word.length;
    const message = `\`${word}\` has no colon behind it; write \`${word}: …\`.`;
    return {
      source: `${source.slice(0, start)}#${source.slice(start + 1)}`,
      problem: { code: 'syntax/yaml', message, start, end: start + word.length },
    };
  }
  return undefined;
}
