/** `drillbook check`: what the documents say of themselves, of each other and against the policy; no network. */
import type { Command } from './command.ts';
import { runFindings } from './findings.ts';
import { FINDING_OPTIONS } from './options.ts';

export const command: Command = {
  name: 'check',
  summary: 'Check runbooks, policies and environments; no network',
  operands: '[PATH…]',
  count: [0, Infinity],
  options: FINDING_OPTIONS,
  details:
    'Reports syntax, schema, reference, policy, practice and evidence findings. The git root that holds a path is read as a whole; the paths (files, folders, globs) choose whose findings are shown.',
  examples: [
    'drillbook check',
    'drillbook check runbooks/orders.runbook.yaml',
    'drillbook check --format github --format sarif=drillbook.sarif',
    'drillbook check --since origin/main --fail-on warning',
  ],
  run: async (context) => await runFindings(context, 'check'),
};
