/** Runs the dry run that a finding of the evidence asks for: the lens's own command, which asks for confirmation first. */
import { asText } from '../../core/references/read.ts';
import { COMMANDS, type DryRunArguments } from '../../protocol.ts';
import { dryRunsOf } from '../dryRuns.ts';
import type { ActionProvider, ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';

const CODES = new Set(['evidence/due-soon', 'evidence/failed', 'evidence/needs-verify', 'evidence/overdue']);

export const runDryRun: ActionProvider = {
  name: 'run a dry run',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request).flatMap((finding): readonly ProposedAction[] => {
      const entry = context.entries.find((each) => each.document.index === finding.document);
      const name = finding.path[0] === 'dryRuns' ? String(finding.path[1]) : asText(finding.data?.['dryRun']);
      if (!CODES.has(finding.code) || entry?.name === undefined) return [];
      const run = dryRunsOf(entry, context.workspace, context.evidence).find((each) => each.name === name);
      if (!run) return [];
      const argument: DryRunArguments = { uri: context.uri, runbook: entry.name, name: run.name, level: run.level };
      const title = `Dry-run ${run.name} now`;
      return [
        {
          finding,
          action: { title, kind: 'quickfix', command: { title, command: COMMANDS.dryRun, arguments: [argument] } },
        },
      ];
    }),
};
