/** textDocument/codeAction: the mends of findings, and changes of the document. */
import type { CodeActionParams } from 'vscode-languageserver';
import { ACTION_KINDS, codeActions } from '../../language/quickFixes/table.ts';
import { method, offsetOf } from '../feature.ts';

export const codeAction = method<CodeActionParams>({
  method: 'textDocument/codeAction',
  capabilities: () => ({ codeActionProvider: { codeActionKinds: [...ACTION_KINDS], resolveProvider: false } }),
  empty: [],
  answer: ({ session, context, located, params }) => {
    // The fixes of findings are offsets of the parse that they were found on: it has to be the current one.
    session.checks.flush();
    const { root, file } = located;
    const span = { start: offsetOf(context, params.range.start), end: offsetOf(context, params.range.end) };
    const findings = session.diagnostics.findings(root, file);
    const only = params.context.only;
    const actions = codeActions(context, { span, findings, ...(only === undefined ? {} : { only }) });
    return actions.map(({ action, finding }) =>
      finding ? { ...action, diagnostics: [session.diagnostics.diagnosticOf(root, finding)] } : action,
    );
  },
});
