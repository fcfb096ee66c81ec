/** textDocument/selectionRange. */
import type { SelectionRangeParams } from 'vscode-languageserver';
import { selectionRange as rangeAround } from '../../language/selection.ts';
import { method, offsetOf } from '../feature.ts';

export const selectionRange = method<SelectionRangeParams>({
  method: 'textDocument/selectionRange',
  capabilities: () => ({ selectionRangeProvider: true }),
  empty: null,
  answer: ({ context, params }) =>
    params.positions.map((position) => rangeAround(context, offsetOf(context, position))),
});
