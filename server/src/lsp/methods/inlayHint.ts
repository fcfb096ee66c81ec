/** textDocument/inlayHint. */
import type { InlayHintParams } from 'vscode-languageserver';
import { inlayHints } from '../../language/inlayHints.ts';
import { method, offsetOf } from '../feature.ts';

export const inlayHint = method<InlayHintParams>({
  method: 'textDocument/inlayHint',
  capabilities: () => ({ inlayHintProvider: true }),
  empty: [],
  answer: ({ context, params }) =>
    inlayHints(context, { start: offsetOf(context, params.range.start), end: offsetOf(context, params.range.end) }),
});
