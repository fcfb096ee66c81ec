/** What is said of live infrastructure in a workspace that is not trusted: that nothing was looked up, and why, once a document. */
import { entriesOf, field } from '../core/drift/expected.ts';
import type { DriftResource } from '../core/drift/resource.ts';
import type { Entry } from '../core/workspace.ts';
import type { Finding } from '../core/finding.ts';
import { catalogueRow } from '../core/rules/catalogue.ts';

const CODE = 'unchecked/untrusted-workspace';

/** Nothing where the runbook names nothing live. `resources`: what it names, asked for only where it declares none. */
export function untrustedFinding(entry: Entry, resources: () => readonly DriftResource[]): readonly Finding[] {
  const isDeclared = entriesOf(field(entry.document.value, 'resources')).length > 0;
  const first = isDeclared ? undefined : resources()[0];
  if (!isDeclared && !first) return [];
  return [
    {
      code: CODE,
      severity: catalogueRow(CODE).severity,
      message:
        'Nothing here was compared with live infrastructure, since the workspace is not trusted: trust it (or leave --untrusted out) to look up its resources.',
      file: entry.file,
      document: entry.document.index,
      path: first?.path ?? ['resources'],
      ...(first ? {} : { at: 'key' as const }),
      ...(first?.span ? { span: first.span, relative: first.relative ?? false } : {}),
    },
  ];
}
