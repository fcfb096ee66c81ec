/** `drillbook readiness`: where each runbook stands, from hope to proven, and the next step. */
import { readiness, READINESS_FORMATS, readinessPlan, renderReadiness } from '../app/readiness.ts';
import { Failure, type Command } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import { ENVIRONMENT } from './options.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { selectWorkspaces } from './workspace.ts';

export const command: Command = {
  name: 'readiness',
  summary: 'Where each runbook stands, from hope to proven',
  operands: '[PATH…]',
  count: [0, Infinity],
  options: [
    { name: 'format', value: 'FORMAT[=FILE]', multiple: true, help: 'text, json, markdown or html' },
    ENVIRONMENT,
  ],
  examples: ['drillbook readiness', 'drillbook readiness --format html=readiness.html'],
  run: async (context) => {
    const outputs = parseOutputs(context, READINESS_FORMATS, 'text');
    const [selection, ...others] = await selectWorkspaces(context, context.operands);
    if (selection === undefined || others.length > 0)
      throw new Failure('the paths belong to several workspaces; ask for one at a time.');
    const evidence = await readEvidence(context, selection.root);
    const runbooks = selection.entries.filter((entry) => entry.kind === 'Runbook');
    const report = readiness(selection.workspace, { evidence, now: context.dependencies.clock.now(), runbooks });
    const plan = readinessPlan(selection.workspace, evidence, runbooks);
    await writeOutputs(context, outputs, (format) => renderReadiness(report, format, plan));
    return 0;
  },
};
