/** `drillbook rules`: the catalogue of findings, one of them explained, or what applies to one file and why. */
import { fileURLToPath } from 'node:url';
import { AREAS, CATALOGUE } from '../core/rules/catalogue.ts';
import { UsageError, type Command, type CommandContext, type ExitStatus } from './command.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { whyLines, whyOf } from './rulesWhy.ts';
import { paint, table } from './style.ts';
import { didYouMean } from './suggest.ts';
import { selectWorkspaces } from './workspace.ts';

const FORMATS = ['text', 'json'] as const;

export const command: Command = {
  name: 'rules',
  summary: 'The catalogue of findings, and one explained',
  operands: '[CODE]',
  count: [0, 1],
  options: [
    { name: 'why', value: 'FILE', help: 'Which environment, policy and class apply to the documents of FILE, and why' },
    { name: 'format', value: 'FORMAT[=FILE]', multiple: true, help: 'text or json' },
  ],
  examples: [
    'drillbook rules',
    'drillbook rules drift/version-major',
    'drillbook rules --why runbooks/orders.runbook.yaml',
  ],
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const why = context.values.text('why');
  if (why !== undefined) return await explainFile(context, why);
  const code = context.operands[0];
  return code === undefined ? await listAll(context) : await explain(context, code);
}

async function listAll(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, FORMATS, 'text');
  await writeOutputs(context, outputs, (format, toTerminal) => {
    if (format === 'json') return `${JSON.stringify({ version: 1, rules: CATALOGUE }, undefined, 2)}\n`;
    const style = paint(toTerminal && context.terminal.color);
    const blocks = AREAS.map((area) => {
      const rows = CATALOGUE.filter((row) => row.code.startsWith(`${area}/`)).sort((a, b) =>
        a.code < b.code ? -1 : 1,
      );
      const width = Math.max(...CATALOGUE.map((row) => row.code.length));
      const cells = rows.map((row) => [
        style.name(row.code.padEnd(width)),
        style[row.severity](row.severity.padEnd(11)),
        row.title,
      ]);
      return rows.length === 0 ? '' : `${style.heading(area)}\n${table(cells, context.terminal.columns).join('\n')}\n`;
    });
    return `${blocks.filter((block) => block !== '').join('\n')}\n${style.dim('drillbook rules CODE explains one of them.')}\n`;
  });
  return 0;
}

async function explain(context: CommandContext, code: string): Promise<ExitStatus> {
  const row = CATALOGUE.find((each) => each.code === code);
  if (row === undefined) {
    const codes = CATALOGUE.map((each) => each.code);
    const inArea = codes.filter((each) => each.split('/')[1] === code || each.startsWith(`${code}/`));
    const hint = inArea.length > 0 ? ` There are ${inArea.join(', ')}.` : didYouMean(code, codes);
    throw new UsageError(`there is no finding "${code}".${hint || ' drillbook rules lists them all.'}`);
  }
  const page = await readPage(context, code);
  const outputs = parseOutputs(context, FORMATS, 'text');
  await writeOutputs(context, outputs, (format, toTerminal) => {
    if (format === 'json') return `${JSON.stringify({ version: 1, ...row, page: page ?? null }, undefined, 2)}\n`;
    const style = paint(toTerminal && context.terminal.color);
    const head = `${style.bold(row.code)}  ${style[row.severity](row.severity)}\n${row.title}\n`;
    return page === undefined ? head : `${head}\n${showMarkdown(page, style)}`;
  });
  return 0;
}

/** Pages lie beside the program, in the checkout and in the package alike. */
async function readPage(context: CommandContext, code: string): Promise<string | undefined> {
  const file = fileURLToPath(new URL(`../docs/rules/${code}.md`, context.program.home));
  return await context.dependencies.files.readText(file).catch(() => undefined);
}

/** Markdown as it is, its headings lifted out: it reads well in a terminal. The first heading repeats the code. */
function showMarkdown(page: string, style: ReturnType<typeof paint>): string {
  const lines = page.split('\n');
  const body = lines[0]?.startsWith('# ') === true ? lines.slice(1) : lines;
  let fenced = false;
  return body
    .map((line) => {
      if (line.startsWith('```')) fenced = !fenced;
      const heading = fenced ? null : /^#+ (.*)$/.exec(line);
      return heading ? style.heading(heading[1] ?? '') : line;
    })
    .join('\n')
    .replace(/^\n+/, '')
    .replace(/\n*$/, '\n');
}

async function explainFile(context: CommandContext, written: string): Promise<ExitStatus> {
  const selections = await selectWorkspaces(context, [written]);
  const documents = selections.flatMap(({ workspace, entries }) => entries.map((entry) => whyOf(entry, workspace)));
  if (documents.length === 0) throw new UsageError(`${written} holds no Drillbook document.`);
  const outputs = parseOutputs(context, FORMATS, 'text');
  await writeOutputs(context, outputs, (format, toTerminal) => {
    if (format === 'json') return `${JSON.stringify({ version: 1, documents }, undefined, 2)}\n`;
    const style = paint(toTerminal && context.terminal.color);
    return `${documents.flatMap((why) => whyLines(why, style, context.terminal.columns)).join('\n')}\n`;
  });
  return 0;
}
