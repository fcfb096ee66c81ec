/** Syntax problems of a document as findings. */
import type { SchemaProblem } from '../schema/problem.ts';
import type { ParsedDocument } from './node.ts';
import { placeAt } from './navigate.ts';

/** The findings `syntax/*` of one document; their spans are absolute. */
export function syntaxFindings(document: ParsedDocument): SchemaProblem[] {
  return document.problems.map((problem) => ({
    code: problem.code,
    severity: 'error',
    message: problem.message,
    path: placeAt(document, problem.start)?.path ?? [],
    span: { start: problem.start, end: problem.end },
    relative: false,
    ...(problem.fixes ? { fixes: problem.fixes } : {}),
    ...(problem.related
      ? {
          data: {
            related: {
              start: problem.related.span.start,
              end: problem.related.span.end,
              message: problem.related.message,
            },
          },
        }
      : {}),
  }));
}
