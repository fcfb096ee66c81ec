/** `drillbook import`: a first runbook from one written in Markdown, nothing dropped. */
import * as path from 'node:path';
import { importRunbook } from '../app/importRunbook.ts';
import { Failure, type Command } from './command.ts';
import { counted } from './style.ts';
import { toSlashes } from './workspace.ts';

export const command: Command = {
  name: 'import',
  summary: 'A first runbook from one written in Markdown',
  operands: 'FILE.md',
  count: [1, 1],
  options: [
    { name: 'name', value: 'NAME', help: 'Its metadata.name (default: that of the front matter, else the file’s)' },
    {
      name: 'out',
      short: 'o',
      value: 'FILE',
      help: 'Where to write it (default: beside the source, NAME.runbook.yaml)',
    },
  ],
  details: 'What can’t be placed stays as manual text. Overwrites nothing.',
  examples: ['drillbook import wiki/restore-orders.md'],
  run: async (context) => {
    const { values, dependencies, terminal, cwd } = context;
    const file = context.operands[0] ?? '';
    const absolute = path.resolve(cwd, file);
    if ((await dependencies.files.info(absolute)) === undefined) throw new Failure(`there is no file "${file}".`);
    const name = values.text('name');
    const out = values.text('out');
    const outcome = await importRunbook(
      {
        path: absolute,
        file,
        ...(name === undefined ? {} : { name }),
        ...(out === undefined ? {} : { out: path.resolve(cwd, out) }),
      },
      { files: dependencies.files, now: dependencies.clock.now() },
    );
    const shown = toSlashes(path.relative(cwd, outcome.path));
    if (outcome.state === 'exists')
      throw new Failure(`${shown} is there already, and nothing is overwritten; name another with --out.`);
    const { steps, resources, notes } = outcome.result;
    const lines = [
      `Wrote ${shown}: ${counted(steps.run, 'scripted step')}, ${counted(steps.manual, 'manual step')}, ${counted(resources.length, 'resource')}.`,
      ...notes.map((note) => `  • ${note}`),
      `Next: drillbook check ${shown}`,
    ];
    await terminal.out(`${lines.join('\n')}\n`);
    return 0;
  },
};
