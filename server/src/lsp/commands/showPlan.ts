/** drillbook.showPlan: the recovery order of a runbook and all that it depends on. */
import { recoveryPlan } from '../../language/recoveryPlan.ts';
import type { ShowPlanResponse } from '../../protocol.ts';
import { uriOfPath } from '../paths.ts';
import { showUri } from '../showUri.ts';
import { messageOf } from '../signals.ts';
import { findRunbook, textOf, type CommandRequest } from './command.ts';

export async function showPlan({ session, argument }: CommandRequest): Promise<ShowPlanResponse> {
  const found = findRunbook(session, textOf(argument, 'uri'), textOf(argument, 'runbook'));
  if (typeof found === 'string') return { status: 'none', message: found };
  const { root } = found.located;
  const markdown = recoveryPlan(found.entry, root.workspace(), root.evidence);
  const message = `Recovery plan of ${found.entry.name ?? found.entry.file}.`;
  if (!session.settings.showsReports) {
    try {
      const path = await session.dependencies.writePage?.(
        root.path,
        `${found.entry.name ?? 'recovery'}-plan.md`,
        markdown,
      );
      if (path !== undefined) await showUri(session, uriOfPath(path), message);
    } catch (error) {
      return { status: 'failed', message: `The plan could not be written: ${messageOf(error)}` };
    }
  }
  return { status: 'shown', message, markdown };
}
