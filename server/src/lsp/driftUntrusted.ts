/** What is shown of an untrusted workspace, file by file in stretches: thousands of runbooks would keep what is typed waiting. */
import { untrustedFinding } from '../app/untrusted.ts';
import { subjectOf } from '../core/drift/subject.ts';
import type { ServerDependencies } from './dependencies.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { RootState } from './driftState.ts';
import type { Root } from './root.ts';
import { inStretches } from './stretches.ts';

/**
 * Shows one finding a document that names anything live: nothing was looked up, and why. Files that are gone by then, or
 * trusted, are passed over: those are asked for anew. @throws what `stop` throws.
 */
export async function showUntrusted(
  { dependencies, diagnostics }: { readonly dependencies: ServerDependencies; readonly diagnostics: Diagnostics },
  root: Root,
  state: RootState,
  files: readonly string[],
  { isTrusted, stop }: { readonly isTrusted: () => boolean; readonly stop: () => void },
): Promise<void> {
  const show = (file: string): readonly never[] => {
    const workspace = root.workspace();
    if (isTrusted() || !workspace.files.has(file)) return [];
    const runbooks = workspace.byFile(file).filter((entry) => entry.kind === 'Runbook');
    const findings = runbooks.flatMap((entry) => untrustedFinding(entry, () => subjectOf(entry, workspace).resources));
    state.files.set(file, { drifted: 0, unchecked: findings.length, checkedAtMs: undefined });
    diagnostics.set(root, file, 'drift', findings);
    diagnostics.publish(root, file);
    return [];
  };
  await inStretches(dependencies, files, show, stop);
}
