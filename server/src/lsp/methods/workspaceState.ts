/** drillbook/workspaceState: every runbook of every root, for views. */
import { runbookState } from '../../language/workspaceState.ts';
import { WORKSPACE_STATE, type WorkspaceState } from '../../protocol.ts';
import type { Method } from '../feature.ts';
import { joinPath, uriOfPath } from '../paths.ts';
import { contextOf } from '../session.ts';

export const workspaceState: Method = {
  method: WORKSPACE_STATE,
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest(WORKSPACE_STATE, (): WorkspaceState => {
      session.checks.flush();
      const runbooks = session.store.roots().flatMap((root) => {
        const folder = (path: string): string => uriOfPath(path.startsWith('/') ? path : joinPath(root.path, path));
        return root
          .workspace()
          .byKind('Runbook')
          .flatMap((entry) => {
            const context = contextOf(session, root, entry.file);
            if (!context) return [];
            const found = session.diagnostics
              .findings(root, entry.file, 'drift')
              .filter((finding) => finding.document === entry.document.index);
            const count = (area: string): number => found.filter((finding) => finding.code.startsWith(area)).length;
            const counts = { drifted: count('drift/'), unchecked: count('unchecked/') };
            const worst = (resource: string): string | undefined => {
              const areas = found
                .filter(({ path }) => path[0] === 'resources' && path[1] === resource)
                .map(({ code }) => code.split('/')[0]);
              return areas.includes('drift') ? 'drifted' : areas.includes('unchecked') ? 'unchecked' : undefined;
            };
            return [runbookState(context, entry, folder, counts, worst)];
          });
      });
      const uncovered = [...session.uncovered.values()].flat();
      return { runbooks, ...(uncovered.length > 0 ? { uncovered } : {}) };
    }),
};
