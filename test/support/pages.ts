/** The project's own Markdown pages, taken apart: links, anchors, fenced blocks, and the commands that they tell people to type. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PROJECT } from './program.ts';

export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** A comment on the line before says that it is a part of something. */
  readonly part: boolean;
}

export interface Page {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Without its blocks. */
  readonly prose: string;
}

/** Stands on its own line before a block that is no whole document. */
export const PART_MARK = '<!-- a part -->';

export function readPage(path: string): Page {
  const text = readFileSync(join(PROJECT, path), 'utf8');
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { language: string; fence: string; line: number; lines: string[] } | undefined;
  text.split('\n').forEach((line, index, lines) => {
    if (open !== undefined) {
      if (line.trim() === open.fence) {
        const part = (lines[open.line - 2] ?? '').trim() === PART_MARK;
        blocks.push({ language: open.language, text: `${open.lines.join('\n')}\n`, line: open.line, part });
        open = undefined;
      } else open.lines.push(line);
      prose.push('');
      return;
    }
    const fence = /^\s*(?<fence>`{3,})(?<language>[\w-]*)/u.exec(line)?.groups;
    if (fence !== undefined)
      open = { language: fence['language'] ?? '', fence: fence['fence'] ?? '', line: index + 1, lines: [] };
    prose.push(fence === undefined ? line : '');
  });
  if (open !== undefined) throw new Error(`${path}:${open.line}: a block is not closed`);
  return { path, text, blocks, prose: prose.join('\n') };
}

/** Every page that people read: those at the root and all of docs/. */
export function allPages(): readonly Page[] {
  const root = readdirSync(PROJECT).filter((name) => name.endsWith('.md'));
  const docs = readdirSync(join(PROJECT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => relative(PROJECT, join(PROJECT, 'docs', name)).replaceAll('\\', '/'));
  return [...root, ...docs].sort().map(readPage);
}

/** Targets of links and images, with their line from 1; code spans are none. */
export function linksOf(page: Page): readonly { readonly target: string; readonly line: number }[] {
  return page.prose.split('\n').flatMap((line, index) => {
    const plain = line.replace(/`[^`]*`/gu, (span) => ' '.repeat(span.length));
    return [...plain.matchAll(/\]\((?<target>[^()\s]+)\)/gu)].map((match) => ({
      target: match.groups?.['target'] ?? '',
      line: index + 1,
    }));
  });
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of page.prose.matchAll(/^#{1,6} +(.+)$/gmu)) {
    const base = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = base;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${base}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

export interface CommandLine {
  /** What stands behind `drillbook`. */
  readonly text: string;
  readonly line: number;
  /** In a sentence, not in a block. */
  readonly prose: boolean;
}

/** `drillbook …` as the pages tell people to type it: lines of blocks, and code spans that are a whole command line. */
export function commandLinesOf(page: Page): readonly CommandLine[] {
  const found: CommandLine[] = [];
  for (const block of page.blocks) {
    block.text.split('\n').forEach((line, index) => {
      const typed =
        /^\s*(?:\$ |- (?:run: )?|run: |entry: )?(?:npx (?:--yes )?)?drillbook(?:@[\d.]+)? (?<rest>[^#].*)$/u.exec(line);
      // In a page of `--help` the usage and the titles are no commands.
      const shell = block.language !== 'text' || line.trimStart().startsWith('$ ');
      if (shell && typed?.groups !== undefined)
        found.push({ text: typed.groups['rest'] ?? '', line: block.line + index + 1, prose: false });
    });
  }
  page.prose.split('\n').forEach((line, index) => {
    for (const [, span = ''] of line.matchAll(/`drillbook ([^`]+)`/gu))
      found.push({ text: span, line: index + 1, prose: true });
  });
  return found;
}

/** The words of a command line without a shell's own: comments, pipes and redirections end it. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/"[^"]*"|'[^']*'|[^\s"']+(?:"[^"]*"[^\s"']*)*/gu)) {
    if (/^(?:#|\||>|2>|&&|;|<)/u.test(word)) break;
    words.push(word.replace(/["']/gu, ''));
  }
  return words;
}
