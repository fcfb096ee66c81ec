/** textDocument/foldingRange. */
import type { FoldingRangeParams } from 'vscode-languageserver';
import { foldingRanges } from '../../language/folding.ts';
import { method } from '../feature.ts';

export const foldingRange = method<FoldingRangeParams>({
  method: 'textDocument/foldingRange',
  capabilities: () => ({ foldingRangeProvider: true }),
  empty: [],
  answer: ({ session, context }) => {
    const limit = session.client.textDocument?.foldingRange?.rangeLimit;
    const ranges = foldingRanges(context);
    return limit === undefined ? ranges : ranges.slice(0, limit);
  },
});
