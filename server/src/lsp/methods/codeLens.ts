/** textDocument/codeLens. */
import type { CodeLensParams } from 'vscode-languageserver';
import { codeLenses } from '../../language/codeLens.ts';
import { method } from '../feature.ts';

export const codeLens = method<CodeLensParams>({
  method: 'textDocument/codeLens',
  capabilities: () => ({ codeLensProvider: { resolveProvider: false } }),
  empty: [],
  answer: ({ context }) => codeLenses(context),
});
