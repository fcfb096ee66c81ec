/** textDocument/linkedEditingRange. */
import type { LinkedEditingRangeParams } from 'vscode-languageserver';
import { linkedEditingRanges } from '../../language/linkedEditing.ts';
import { method, offsetOf } from '../feature.ts';

export const linkedEditingRange = method<LinkedEditingRangeParams>({
  method: 'textDocument/linkedEditingRange',
  capabilities: () => ({ linkedEditingRangeProvider: true }),
  empty: null,
  answer: ({ context, params }) => linkedEditingRanges(context, offsetOf(context, params.position)) ?? null,
});
