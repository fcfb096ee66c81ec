/** What is said of live infrastructure in a workspace that is not trusted: that nothing was looked up, and why, once a document. */
import type { Subject } from '../core/drift/subject.ts';
import type { Finding } from '../core/finding.ts';
import { catalogueRow } from '../core/rules/catalogue.ts';

const CODE = 'unchecked/untrusted-workspace';

/** Nothing where the runbook names nothing live. */
export function untrustedFinding({ context, resources }: Subject): readonly Finding[] {
  const [first] = resources;
  if (!first) return [];
  const isDeclared = first.name !== undefined;
  return [
    {
      code: CODE,
      severity: catalogueRow(CODE).severity,
      message:
        'Nothing here was compared with live infrastructure, since the workspace is not trusted: trust it (or leave --untrusted out) to look up its resources.',
      file: context.file,
      document: context.document,
      path: isDeclared ? ['resources'] : first.path,
      ...(isDeclared ? { at: 'key' as const } : {}),
      ...(first.span ? { span: first.span, relative: first.relative ?? false } : {}),
    },
  ];
}
