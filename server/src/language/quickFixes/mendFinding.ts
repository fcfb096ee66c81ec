/** Mends findings whose rules bring no fix along: adds what lacks with a good default, or writes what was meant. */
import { workspaceEdit, type ActionProvider, type FileEdit, type ProposedAction } from './action.ts';
import { findingsHere } from './findingFixes.ts';
import { MENDERS } from './mends/table.ts';

export const mendFinding: ActionProvider = {
  name: 'mend a finding',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request).flatMap((finding): readonly ProposedAction[] => {
      const entry = context.entries.find((each) => each.document.index === finding.document);
      const mender = Object.hasOwn(MENDERS, finding.code) ? MENDERS[finding.code] : undefined;
      if (!entry || !mender) return [];
      return mender(context, entry, finding).flatMap(({ title, edits }) => {
        const whole = edits.filter((edit): edit is FileEdit => edit !== undefined);
        // Half a mend is none.
        if (whole.length === 0 || whole.length < edits.length) return [];
        return [{ finding, action: { title, kind: 'quickfix', edit: workspaceEdit(context, whole) } }];
      });
    }),
};
