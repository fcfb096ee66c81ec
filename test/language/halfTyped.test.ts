/** Navigation, rename, links and quick fixes on documents typed character by character: none fails. */
import { checkFile } from '../../server/src/app/checkWorkspace.ts';
import { definition } from '../../server/src/language/definition.ts';
import { documentHighlight } from '../../server/src/language/documentHighlight.ts';
import { documentLinks } from '../../server/src/language/documentLinks.ts';
import { codeActions } from '../../server/src/language/quickFixes/table.ts';
import { references } from '../../server/src/language/references.ts';
import { prepareRename, rename } from '../../server/src/language/rename.ts';
import { cursorIn } from '../support/languageContext.ts';
import { RUNBOOK } from '../support/runbooks.ts';
import { workspaceOfFolder } from '../support/workspaces.ts';

const ENVIRONMENT =
  'apiVersion: drillbook/v1\nkind: Environment\nmetadata: { name: production }\nvars: { vault: acme }\naws: { accounts: { prod: { id: "123456789012" } } }\n';

function everything(text: string, offset: number): void {
  const { context } = cursorIn({ 'a.runbook.yaml': text, 'e.environment.yaml': ENVIRONMENT });
  const findings = checkFile(context.workspace, context.file, { now: context.now, evidence: context.evidence });
  definition(context, offset);
  references(context, offset, true);
  documentHighlight(context, offset);
  documentLinks(context);
  if (prepareRename(context, offset)) rename(context, offset, 'other');
  for (const only of [undefined, ['source', 'refactor', 'quickfix']])
    codeActions(context, { span: { start: offset, end: offset }, findings, ...(only ? { only } : {}) });
}

describe('half-typed documents', () => {
  const texts: Record<string, string> = {
    'a whole runbook': RUNBOOK,
    expressions: workspaceOfFolder('references', 'expressions').files.get('orders.runbook.yaml')?.text ?? '',
    'names of the document': workspaceOfFolder('references', 'local').files.get('orders.runbook.yaml')?.text ?? '',
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`make nothing fail while ${name} is typed`, function () {
      this.timeout(120_000);
      for (let length = 0; length <= text.length; length += 2) everything(text.slice(0, length), length);
    });
    it(`make nothing fail where a line is taken out of ${name}`, () => {
      const lines = text.split('\n');
      for (let line = 0; line < lines.length; line += 2) {
        const left = lines.toSpliced(line, 1);
        everything(left.join('\r\n'), left.slice(0, line).join('\r\n').length);
      }
    });
  }
});
