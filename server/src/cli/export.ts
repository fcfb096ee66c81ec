/** `drillbook export`: one self-contained page of a runbook, to keep where git and single sign-on are down. */
import { EXPORT_FORMATS, exportRunbook } from '../app/exportRunbook.ts';
import type { Command } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import { runbookNamed } from './oneRunbook.ts';
import { ENVIRONMENT } from './options.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';

export const command: Command = {
  name: 'export',
  summary: 'One self-contained page of a runbook',
  operands: 'RUNBOOK',
  count: [1, 1],
  options: [
    { name: 'format', value: 'FORMAT[=FILE]', multiple: true, help: 'html or markdown (default: html)' },
    ENVIRONMENT,
  ],
  details:
    'References are resolved, so that the page holds all there is to know. Secrets are not in it: only where they are to be had.',
  examples: [
    'drillbook export orders-db --format html=orders-db.html',
    'drillbook export runbooks/orders.runbook.yaml --format markdown',
  ],
  run: async (context) => {
    const outputs = parseOutputs(context, EXPORT_FORMATS, 'html');
    const { selection, entry } = await runbookNamed(context, context.operands[0] ?? '');
    const commit = await context.dependencies.git.headCommit(selection.root);
    const evidence = await readEvidence(context, selection.root);
    await writeOutputs(context, outputs, (format) =>
      exportRunbook(selection.workspace, entry, {
        format,
        evidence,
        now: context.dependencies.clock.now(),
        ...(commit === undefined ? {} : { commit }),
      }),
    );
    return 0;
  },
};
