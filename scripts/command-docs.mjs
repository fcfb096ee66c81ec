/**
 * Writes docs/commands from the commands' own help: `node scripts/command-docs.mjs [--check]` (after a build).
 * With --check it writes nothing and fails where a page is not what it would write.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const check = process.argv.includes('--check');

function help(...args) {
  const done = spawnSync(
    process.execPath,
    [process.env.DRILLBOOK_PROGRAM ?? join(root, 'dist/main.js'), ...args, '--help', '--no-color'],
    {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout;
}

const overview = help();
const rows = [...overview.matchAll(/^ {2}([a-z][a-z-]+) {2,}([A-Z].*)$/gm)].map(([, name, summary]) => ({
  name,
  summary,
}));
const pages = new Map();
pages.set(
  'README.md',
  [
    '# Commands',
    '',
    'Each page is what `drillbook COMMAND --help` prints. Results go to standard output, progress to standard error.',
    '',
    '| command | does |',
    '|---|---|',
    ...rows.map(({ name, summary }) => `| [${name}](${name}.md) | ${summary} |`),
    '',
    '| exit status | means |',
    '|---|---|',
    '| 0 | nothing at or over `--fail-on`, and everything was checked |',
    '| 1 | findings at or over `--fail-on`; for `dry-run`: failed |',
    '| 2 | wrong usage, or Drillbook itself failed |',
    '| 3 | no finding at that level, but something could not be checked; for `dry-run`: inconclusive |',
    '',
    'What is not checked (`unchecked/*`) never makes it 1, whatever `--fail-on` says.',
    '',
  ].join('\n'),
);
for (const { name, summary } of rows) {
  pages.set(`${name}.md`, `# drillbook ${name}\n\n${summary}.\n\n\`\`\`text\n${help(name).trimEnd()}\n\`\`\`\n`);
}

const folder = join(root, 'docs/commands');
mkdirSync(folder, { recursive: true });
const stale = [];
for (const [name, text] of pages) {
  const file = join(folder, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale.push(name);
  if (!check) writeFileSync(file, text);
}
if (check && stale.length > 0) {
  console.error(`docs/commands is behind: ${stale.join(', ')}. Run node scripts/command-docs.mjs.`);
  process.exit(1);
}
