/** A policy asks for something, and no runbook of the workspace is held to it. */
import { policyOf } from '../../references/policy.ts';
import { at, listOf, textOf } from '../read.ts';
import { policyDocumentRule } from '../say.ts';

export const appliesToNothing = policyDocumentRule(
  { id: 'policy/applies-to-nothing', severity: 'information', title: 'A policy that no runbook is held to.' },
  ({ entry, workspace }, say) => {
    const patterns = listOf(at(entry.document.value, 'appliesTo')).flatMap((each) => textOf(each) ?? []);
    const runbooks = workspace.byKind('Runbook');
    if (patterns.length === 0 || runbooks.length === 0 || workspace.incomplete('Runbook')) return;
    if (runbooks.some((runbook) => policyOf(runbook, workspace)?.policies.includes(entry) === true)) return;
    say(
      ['appliesTo'],
      `No runbook is held to policy ${entry.name ?? ''}: its appliesTo (${patterns.join(', ')}) fits ${runbooks.length === 1 ? 'not the one runbook there is' : `none of the ${runbooks.length} runbooks`}, or a nearer policy does, so mend the patterns or remove it.`,
    );
  },
);
