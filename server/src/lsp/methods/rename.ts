/** textDocument/prepareRename and textDocument/rename. */
import {
  ErrorCodes,
  LSPErrorCodes,
  ResponseError,
  type PrepareRenameParams,
  type RenameParams,
} from 'vscode-languageserver';
import { prepareRename as rangeToRename, rename as renameAt } from '../../language/rename.ts';
import { method, offsetOf } from '../feature.ts';

export const prepareRename = method<PrepareRenameParams>({
  method: 'textDocument/prepareRename',
  capabilities: () => ({}),
  empty: null,
  answer: ({ context, params }) => {
    const found = rangeToRename(context, offsetOf(context, params.position));
    if (found && 'refused' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.refused);
    return found ?? null;
  },
});

export const rename = method<RenameParams>({
  method: 'textDocument/rename',
  capabilities: (session) => ({
    renameProvider: session.client.textDocument?.rename?.prepareSupport === true ? { prepareProvider: true } : true,
  }),
  empty: null,
  answer: ({ context, params }) => {
    const result = renameAt(context, offsetOf(context, params.position), params.newName);
    if (!result) return null;
    if ('refused' in result) throw new ResponseError(ErrorCodes.InvalidParams, result.refused);
    return result.edit;
  },
});
