/** The fixes that findings bring along: did-you-mean, values that would be right, keys that are missing. */
import type { Finding } from '../../core/finding.ts';
import { findingSpan } from '../../core/findingSpan.ts';
import { touches, workspaceEdit, type ActionProvider, type ActionRequest } from './action.ts';
import type { LanguageContext } from '../context.ts';

export const findingFixes: ActionProvider = {
  name: 'finding fixes',
  kind: 'quickfix',
  propose: (context, request) =>
    findingsHere(context, request).flatMap((finding) =>
      (finding.fixes ?? []).map((fix) => ({
        finding,
        action: {
          title: fix.title,
          kind: 'quickfix',
          edit: workspaceEdit(context, fix.edits),
          ...(fix.preferred ? { isPreferred: true } : {}),
        },
      })),
    ),
};

/** The findings that the selection touches. */
export function findingsHere(context: LanguageContext, request: ActionRequest): readonly Finding[] {
  return request.findings.filter(
    (finding) => finding.file === context.file && touches(findingSpan(context.parsed, finding), request.span),
  );
}
