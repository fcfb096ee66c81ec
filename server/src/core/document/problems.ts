/** Syntax problems of a document as findings. */
import type { SchemaProblem } from '../schema/problem.ts';
import type { ParsedDocument } from './node.ts';
import { placeAt } from './navigate.ts';

/** The findings `syntax/*` of one document of `file`; their spans are absolute. */
export function syntaxFindings(document: ParsedDocument, file = ''): SchemaProblem[] {
  return document.problems.map((problem): SchemaProblem => {
    const path = placeAt(document, problem.start)?.path ?? [];
    const { related, fixes } = problem;
    return {
      code: problem.code,
      severity: 'error',
      message: problem.message,
      path,
      span: { start: problem.start, end: problem.end },
      relative: false,
      ...(fixes ? { fixes } : {}),
      ...(related
        ? { related: [{ file, document: document.index, path, message: related.message, span: related.span }] }
        : {}),
    };
  });
}
