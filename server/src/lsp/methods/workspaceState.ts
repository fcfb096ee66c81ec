/** drillbook/workspaceState: every runbook of every root, for views. */
import type { CancellationToken } from 'vscode-languageserver';
import type { EntryPlace } from '../../core/workspace.ts';
import { runbookState } from '../../language/workspaceState.ts';
import { WORKSPACE_STATE, type RunbookState, type WorkspaceState } from '../../protocol.ts';
import { throwIfCancelled, type Method } from '../feature.ts';
import { joinPath, uriOfPath } from '../paths.ts';
import type { Root } from '../root.ts';
import { contextOf, type Session } from '../session.ts';
import { inStretches } from '../stretches.ts';

export const workspaceState: Method = {
  method: WORKSPACE_STATE,
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest(
      WORKSPACE_STATE,
      async (_params: unknown, token: CancellationToken): Promise<WorkspaceState> => {
        session.checks.flush();
        const places = session.store.roots().flatMap((root) =>
          root
            .workspace()
            .byKind('Runbook')
            .map(({ file, index }) => ({ root, place: { file, index } })),
        );
        const runbooks = await inStretches(
          session.dependencies,
          places,
          ({ root, place }) => stateOf(session, root, place),
          () => {
            throwIfCancelled(token);
          },
        );
        const uncovered = [...session.uncovered.values()].flat();
        return { runbooks, ...(uncovered.length > 0 ? { uncovered } : {}) };
      },
    ),
};

/** The state of one runbook; nothing where it has gone meanwhile. */
function stateOf(session: Session, root: Root, place: EntryPlace): readonly RunbookState[] {
  const entry = root.workspace().at(place);
  const context = contextOf(session, root, place.file);
  if (!context || entry?.kind !== 'Runbook') return [];
  const folder = (path: string): string => uriOfPath(path.startsWith('/') ? path : joinPath(root.path, path));
  const found = session.diagnostics
    .findings(root, place.file, 'drift')
    .filter((finding) => finding.document === place.index);
  const count = (area: string): number => found.filter((finding) => finding.code.startsWith(area)).length;
  const counts = { drifted: count('drift/'), unchecked: count('unchecked/') };
  const worst = (resource: string): string | undefined => {
    const areas = found
      .filter(({ path }) => path[0] === 'resources' && path[1] === resource)
      .map(({ code }) => code.split('/')[0]);
    return areas.includes('drift') ? 'drifted' : areas.includes('unchecked') ? 'unchecked' : undefined;
  };
  return [runbookState(context, entry, folder, counts, worst)];
}
