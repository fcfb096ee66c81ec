/** The text of a first runbook for one live resource: what `init --from-live` would write, without writing it. */
import { initWorkspace } from '../app/initWorkspace.ts';
import type { Clock, Files } from '../core/ports.ts';
import type { Workspace } from '../core/workspace.ts';
import type { NodeDrift } from './nodeDrift.ts';

/** @throws Error that says why no runbook can be written: the resource is not there, or can't be looked up. */
export async function newRunbook(
  parts: { readonly files: Files; readonly drift: NodeDrift; readonly clock: Clock },
  root: string,
  workspace: Workspace,
  choice: { readonly kind: string; readonly id: string; readonly environment: string },
  options: { readonly allowedHosts: readonly string[]; readonly signal: AbortSignal },
): Promise<{ readonly file: string; readonly text: string }> {
  const lookup = await parts.drift.lookupOf(root, workspace, options.allowedHosts);
  const { kind, id, environment } = choice;
  const result = await initWorkspace(
    { root, fromLive: { kind, id, environment } },
    {
      workspace,
      // Nothing is written: the editor shows the text, and the person saves it.
      files: { ...parts.files, makeFolder: () => Promise.resolve(), writeAtomic: () => Promise.resolve() },
      now: parts.clock.now(),
      signal: options.signal,
      lookup,
    },
  );
  if (result.state === 'exists') throw new Error(`${result.file} is there already.`);
  if (result.state !== 'written') throw new Error(result.message);
  const runbook = result.files.find((each) => each.file.endsWith('.runbook.yaml')) ?? result.files[0];
  if (!runbook) throw new Error(`Nothing could be written from ${kind} ${id}.`);
  return { file: runbook.file, text: runbook.text };
}
