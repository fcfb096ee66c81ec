/** The static findings of one file: what the engine's check says of each of its documents. */
import type { Finding } from '../core/finding.ts';
import { checkSchema } from '../core/schema/check.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { Workspace } from '../core/workspace.ts';

export interface CheckOptions {
  readonly now: number;
  readonly evidence: EvidenceSummary;
}

export function checkFile(workspace: Workspace, file: string, _options: CheckOptions): readonly Finding[] {
  return (workspace.files.get(file)?.documents ?? []).flatMap((document) =>
    checkSchema(document).map((problem) => ({ ...problem, file, document: document.index })),
  );
}
