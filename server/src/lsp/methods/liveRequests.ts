/** drillbook/liveComparison, drillbook/liveInventory and drillbook/newRunbook: what is there, beside what the runbooks say. */
import { ErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import { liveComparison as compareLive } from '../../language/liveComparison.ts';
import {
  LIVE_COMPARISON,
  LIVE_INVENTORY,
  NEW_RUNBOOK,
  type LiveComparisonParams,
  type LiveComparisonResult,
  type LiveInventoryParams,
  type LiveInventoryResult,
  type NewRunbookParams,
  type NewRunbookResult,
} from '../../protocol.ts';
import type { Method } from '../feature.ts';
import type { Root } from '../root.ts';
import { contextFor, type Session } from '../session.ts';
import { messageOf, signalOf } from '../signals.ts';

export const liveComparison: Method = {
  method: LIVE_COMPARISON,
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest(LIVE_COMPARISON, (params: LiveComparisonParams): LiveComparisonResult => {
      const found = contextFor(session, params.uri);
      const result = found && compareLive(found.context, params.resource);
      if (result) return result;
      const what = params.resource === undefined ? 'a runbook with resources' : `a resource "${params.resource}"`;
      throw new ResponseError(ErrorCodes.InvalidParams, `${params.uri} holds no ${what.replace(/^a /u, '')}.`);
    }),
};

export const liveInventory: Method = {
  method: LIVE_INVENTORY,
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest(
      LIVE_INVENTORY,
      async (params: LiveInventoryParams, token: CancellationToken): Promise<LiveInventoryResult> => {
        const environments = [
          ...new Set(session.store.roots().flatMap((root) => root.workspace().names('Environment'))),
        ];
        const { inventory } = session.dependencies;
        const refuse = (note: string): LiveInventoryResult => ({ environments, resources: [], notes: [note] });
        if (!session.settings.trusted) return refuse('Nothing was listed: this workspace is not trusted.');
        if (!inventory) return refuse('Nothing can be listed here: run "drillbook coverage" in a terminal or in CI.');
        const root = rootWith(session, params.environment);
        if (!root)
          return refuse('There is no Environment document in this workspace yet: "drillbook init" writes one.');
        try {
          const { items, notes, at } = await inventory(root.path, root.workspace(), params.environment, {
            allowedHosts: session.settings.allowedHosts,
            signal: signalOf(token),
          });
          const uncovered = items.filter((item) => !item.covered);
          session.uncovered.set(
            root,
            uncovered.map(({ detail: _detail, covered: _covered, ...store }) => ({ ...store, at })),
          );
          session.sendStatus();
          return { environments, resources: items, notes };
        } catch (error) {
          return refuse(`The inventory could not be listed: ${messageOf(error)}`);
        }
      },
    ),
};

export const newRunbook: Method = {
  method: NEW_RUNBOOK,
  capabilities: () => ({}),
  register: (session) =>
    session.connection.onRequest(
      NEW_RUNBOOK,
      async (params: NewRunbookParams, token: CancellationToken): Promise<NewRunbookResult> => {
        const { newRunbook: write } = session.dependencies;
        const root = rootWith(session, params.environment);
        if (!session.settings.trusted || !write || !root) {
          const why = !session.settings.trusted
            ? 'this workspace is not trusted'
            : !root
              ? `there is no environment "${params.environment}"`
              : 'nothing can be looked up here';
          throw new ResponseError(ErrorCodes.InvalidRequest, `No runbook was written: ${why}.`);
        }
        return await write(root.path, root.workspace(), params, {
          allowedHosts: session.settings.allowedHosts,
          signal: signalOf(token),
        });
      },
    ),
};

function rootWith(session: Session, environment: string | undefined): Root | undefined {
  return session.store.roots().find((root) => {
    const names = root.workspace().names('Environment');
    return environment === undefined ? names.length > 0 : names.includes(environment);
  });
}
