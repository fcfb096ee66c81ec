/** Mends findings whose rules bring no fix along: adds what lacks with a good default, or writes what was meant. */
import type { Finding, Fix } from '../../core/finding.ts';
import type { LanguageContext } from '../context.ts';
import { workspaceEdit, type ActionProvider, type FileEdit, type ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';
import { MENDERS } from './mends/table.ts';

export const mendFinding: ActionProvider = {
  name: 'mend a finding',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request).flatMap((finding): readonly ProposedAction[] =>
      mendsOf(context, finding).map(({ title, edits, preferred }) => {
        const edit = workspaceEdit(context, edits);
        return {
          finding,
          action: { title, kind: 'quickfix', edit, ...(preferred === true ? { isPreferred: true } : {}) },
        };
      }),
    ),
};

/** What mends a finding beside what its rule brings along, best first. */
export function mendsOf(context: LanguageContext, finding: Finding): readonly Fix[] {
  const entry = context.entries.find((each) => each.document.index === finding.document);
  const mender = Object.hasOwn(MENDERS, finding.code) ? MENDERS[finding.code] : undefined;
  if (!entry || !mender) return [];
  return mender(context, entry, finding).flatMap((mend) => {
    const edits = mend.edits.filter((edit): edit is FileEdit => edit !== undefined);
    // Half a mend is none.
    return edits.length === 0 || edits.length < mend.edits.length ? [] : [{ ...mend, edits }];
  });
}
