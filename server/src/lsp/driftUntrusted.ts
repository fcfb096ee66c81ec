/** What is said of live infrastructure in a workspace that is not trusted: that nothing was looked up, and why. */
import type { Finding } from '../core/finding.ts';
import type { Workspace } from '../core/workspace.ts';

/** One finding a document that names anything live. */
export function untrustedFindings(workspace: Workspace, file: string): readonly Finding[] {
  return workspace
    .byFile(file)
    .filter((entry) => entry.kind === 'Runbook' && hasResources(entry.document.value))
    .map((entry): Finding => ({
      code: 'unchecked/untrusted-workspace',
      severity: 'warning',
      message:
        'Nothing here was compared with live infrastructure: this workspace is not trusted. Trust it to look up its resources.',
      file,
      document: entry.document.index,
      path: ['resources'],
      at: 'key',
    }));
}

function hasResources(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { resources } = value as { resources?: unknown };
  return typeof resources === 'object' && resources !== null && Object.keys(resources).length > 0;
}
