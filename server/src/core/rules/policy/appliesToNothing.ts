/** A policy asks for something, and no runbook of the workspace is held to it. */
import { matchesGlob } from '../../references/glob.ts';
import { folderOf } from '../../workspaceIndex.ts';
import { policyOf } from '../../references/policy.ts';
import { replaceValue } from '../edits.ts';
import { at, listOf, textOf } from '../read.ts';
import { policyDocumentRule } from '../say.ts';

export const appliesToNothing = policyDocumentRule(
  { id: 'policy/applies-to-nothing', severity: 'information', title: 'A policy that no runbook is held to.' },
  ({ entry, workspace }, say) => {
    const patterns = listOf(at(entry.document.value, 'appliesTo')).flatMap((each) => textOf(each) ?? []);
    const runbooks = workspace.byKind('Runbook');
    if (patterns.length === 0 || runbooks.length === 0 || workspace.incomplete('Runbook')) return;
    if (runbooks.some((runbook) => policyOf(runbook, workspace)?.policies.includes(entry) === true)) return;
    const fits = runbooks.length === 1 ? 'not the one runbook there is' : `none of the ${runbooks.length} runbooks`;
    const told = `No runbook is held to policy ${entry.name ?? ''}: its appliesTo (${patterns.join(', ')}) fits ${fits}`;
    const folder = folderOf(entry.file);
    // People write them as they are seen from the root.
    const index = patterns.findIndex(
      (pattern) => folder !== '' && /^[\w*{]/u.test(pattern) && runbooks.some(({ file }) => matchesGlob(pattern, file)),
    );
    const meant = patterns[index];
    if (meant === undefined) {
      say(['appliesTo'], `${told}, or a nearer policy does, so mend the patterns or remove it.`);
      return;
    }
    const path = ['appliesTo', index];
    say(path, `${told}, because patterns are seen from the policy's folder ${folder}: write /${meant}.`, {
      expected: `/${meant}`,
      actual: meant,
      fixes: replaceValue(entry, path, `"/${meant}"`, `Change it to /${meant}`),
    });
  },
);
