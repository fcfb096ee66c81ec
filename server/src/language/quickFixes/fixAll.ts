/** Fix all: every safe fix of the file at once; where two overlap, the first one is taken. */
import type { FixEdit } from '../../core/finding.ts';
import { workspaceEdit, type ActionProvider } from './action.ts';
import { mendsOf } from './mendFinding.ts';

export const fixAll: ActionProvider = {
  name: 'fix all',
  kind: 'source.fixAll',
  propose(context, request) {
    const chosen: FixEdit[] = [];
    let count = 0;
    for (const finding of request.findings) {
      if (finding.file !== context.file) continue;
      const fix = [...(finding.fixes ?? []), ...mendsOf(context, finding)].find((each) => each.safe === true);
      if (!fix || fix.edits.some((edit) => chosen.some((other) => overlap(edit, other)))) continue;
      chosen.push(...fix.edits);
      count++;
    }
    if (count === 0) return [];
    return [
      {
        action: {
          title: `Fix all that is safe to fix (${count})`,
          kind: 'source.fixAll',
          edit: workspaceEdit(context, chosen),
        },
      },
    ];
  },
};

function overlap(one: FixEdit, other: FixEdit): boolean {
  if (one.file !== other.file) return false;
  if (one.span.start === other.span.start) return true;
  return one.span.start < other.span.end && other.span.start < one.span.end;
}
