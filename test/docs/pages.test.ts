/** What the pages say is so: every link leads somewhere, every document in them holds, every command line is taken. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseArguments } from '../../server/src/cli/parse.ts';
import { COMMANDS } from '../../server/src/cli/table.ts';
import { parse } from '../../server/src/core/document/parse.ts';
import { syntaxFindings } from '../../server/src/core/document/problems.ts';
import { checkSchema } from '../../server/src/core/schema/check.ts';
import { allPages, anchorsOf, commandLinesOf, linksOf, readPage, wordsOf, type Page } from '../support/pages.ts';
import { PROJECT } from '../support/program.ts';

const PAGES = allPages();
/** Pages of findings show what is wrong on purpose; test/docs/rules.test.ts and its like try them. */
const isRulePage = (page: Page): boolean => page.path.startsWith('docs/rules/');

describe('the pages', () => {
  it('link only to what is there', () => {
    const anchors = new Map(PAGES.map((page) => [page.path, anchorsOf(page)]));
    const broken: string[] = [];
    for (const page of PAGES) {
      for (const { target, line } of linksOf(page)) {
        if (/^(?:https?|mailto):/u.test(target)) continue;
        const [path = '', anchor] = decodeURI(target).split('#');
        const file = path === '' ? page.path : posix.normalize(posix.join(dirname(page.path), path));
        const known = existsSync(join(PROJECT, file));
        if (!known || (anchor !== undefined && anchors.get(file)?.has(anchor) !== true))
          broken.push(`${page.path}:${line}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  it('can all be reached from the README', () => {
    const known = new Map(PAGES.map((page) => [page.path, page]));
    const reached = new Set<string>();
    const visit = (path: string): void => {
      const page = known.get(path);
      if (page === undefined || reached.has(path)) return;
      reached.add(path);
      for (const { target } of linksOf(page)) {
        const file = posix.normalize(posix.join(dirname(path), decodeURI(target).split('#')[0] ?? ''));
        const folder = existsSync(join(PROJECT, file)) && statSync(join(PROJECT, file)).isDirectory();
        visit(folder ? posix.join(file, 'README.md') : file);
      }
    };
    visit('README.md');
    const lost = PAGES.map((page) => page.path).filter((path) => !reached.has(path));
    assert.deepEqual(lost, []);
  });

  it('show YAML that can be read, and documents that hold', () => {
    const wrong: string[] = [];
    let documents = 0;
    for (const page of PAGES.filter((each) => !isRulePage(each))) {
      for (const block of page.blocks.filter((each) => each.language === 'yaml')) {
        const place = `${page.path}:${block.line}`;
        for (const { errors } of parseAllDocuments(block.text, { strict: false }))
          for (const error of errors) wrong.push(`${place}: ${error.message}`);
        const ours = parse(block.text).documents;
        if (block.part || !/^apiVersion: drillbook\//mu.test(block.text)) continue;
        for (const document of ours) {
          documents++;
          for (const problem of [...syntaxFindings(document), ...checkSchema(document)])
            wrong.push(`${place}: ${problem.code}: ${problem.message}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(documents >= 4, 'the pages show documents');
  });

  it('tell people to type what the program takes', async () => {
    const commands = new Map(
      await Promise.all(COMMANDS.map(async (row) => [row.name, (await row.load()).command] as const)),
    );
    const refused: string[] = [];
    let tried = 0;
    for (const page of PAGES) {
      for (const { text, line, prose } of commandLinesOf(page)) {
        const [name = '', ...rest] = wordsOf(text);
        if (name === 'COMMAND' || name === '--version' || name === '--help') continue;
        tried++;
        const command = commands.get(name);
        // In prose a command is named without what must stand behind it.
        const args = command !== undefined && rest.length === 0 ? ['--help'] : rest;
        try {
          if (command === undefined) throw new Error(`there is no command ${name}`);
          parseArguments(command, args);
        } catch (error) {
          const why = error instanceof Error ? error.message : '';
          // Prose may name an option without a value for it.
          if (prose && why.includes(' needs a value: ') && rest.at(-1)?.startsWith('--') === true) continue;
          refused.push(`${page.path}:${line}: drillbook ${text}: ${why}`);
        }
      }
    }
    assert.deepEqual(refused, []);
    assert.ok(tried > 100, `${tried} command lines were found`);
  });

  it('name npm scripts that are there', () => {
    const { scripts } = JSON.parse(readPage('package.json').text) as { scripts: Record<string, string> };
    const missing = PAGES.flatMap((page) =>
      [...page.text.matchAll(/npm run (?<name>[\w:-]+)/gu)]
        .map((match) => match.groups?.['name'] ?? '')
        .filter((name) => scripts[name] === undefined)
        .map((name) => `${page.path}: npm run ${name}`),
    );
    assert.deepEqual(missing, []);
  });

  it('are there for every format, tool and sandbox', async () => {
    const { FORMAT_NAMES } = await import('../../server/src/cli/format/names.ts');
    const formats = anchorsOf(readPage('docs/formats.md'));
    for (const name of FORMAT_NAMES) assert.ok(formats.has(name), `docs/formats.md has no section on ${name}`);
    for (const folder of ['tools', 'sandboxes', 'readers', 'commands', 'documents', 'ci', 'security']) {
      const index = existsSync(join(PROJECT, 'docs', folder, 'README.md'))
        ? `docs/${folder}/README.md`
        : 'docs/README.md';
      const linked = new Set(
        linksOf(readPage(index)).map(({ target }) => posix.join(dirname(index), target.split('#')[0] ?? '')),
      );
      const pages = readdirSync(join(PROJECT, 'docs', folder)).filter(
        (name) => name.endsWith('.md') && name !== 'README.md',
      );
      for (const name of pages)
        assert.ok(linked.has(`docs/${folder}/${name}`), `${index} does not link ${folder}/${name}`);
    }
  });
});
