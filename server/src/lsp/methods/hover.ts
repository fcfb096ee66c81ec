/** textDocument/hover. */
import type { HoverParams } from 'vscode-languageserver';
import { hover as hoverAt } from '../../language/hover/hover.ts';
import { method, offsetOf } from '../feature.ts';

export const hover = method<HoverParams>({
  method: 'textDocument/hover',
  capabilities: () => ({ hoverProvider: true }),
  empty: null,
  answer: ({ context, params }) => hoverAt(context, offsetOf(context, params.position)) ?? null,
});
