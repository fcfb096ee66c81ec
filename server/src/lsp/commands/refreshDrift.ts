/** drillbook.refreshDrift: looks up anew what a file names, or every open runbook where no file is given. */
import type { RefreshDriftResponse } from '../../protocol.ts';
import { messageOf } from '../signals.ts';
import { textOf, type CommandRequest } from './command.ts';
import { say } from '../say.ts';

export async function refreshDrift(request: CommandRequest): Promise<RefreshDriftResponse> {
  const { session, argument } = request;
  const uri = textOf(argument, 'uri');
  const located = uri === undefined ? undefined : session.store.locate(uri);
  if (uri !== undefined && !located) return { status: 'failed', message: `${uri} is in no workspace that is open.` };
  const targets = located
    ? [{ root: located.root, files: [located.file] }]
    : session.store.roots().map((root) => ({ root, files: root.openFiles() }));
  if (!session.settings.trusted && session.dependencies.recordedOnly !== true) {
    for (const { root, files } of targets) session.drift.request(root, files, 0);
    const message = 'This workspace is not trusted, so nothing is looked up: trust it first.';
    say(session.connection, 'warning', `Drillbook: ${message}`);
    return { status: 'refused', message };
  }
  if (!session.dependencies.detectDrift) {
    const message = 'Nothing can be looked up here: run "drillbook drift" in a terminal or in CI.';
    return { status: 'refused', message };
  }
  const progress = await request.progress('Comparing with live infrastructure');
  try {
    for (const { root, files } of targets) await session.drift.refresh(root, files, progress.signal);
  } catch (error) {
    const status = progress.signal.aborted ? 'cancelled' : 'failed';
    const message =
      status === 'cancelled' ? 'The comparison was cancelled.' : `The comparison failed: ${messageOf(error)}`;
    progress.end(message);
    if (status === 'failed') say(session.connection, 'warning', `Drillbook: ${message}`);
    return { status, message };
  }
  let drifted = 0;
  let unchecked = 0;
  for (const { root, files } of targets) {
    const view = session.drift.view(root);
    for (const file of files) {
      drifted += view.stateOf(file)?.drifted ?? 0;
      unchecked += view.stateOf(file)?.unchecked ?? 0;
    }
  }
  const message = `${drifted} drifted, ${unchecked} unchecked.`;
  progress.end(message);
  return { status: 'checked', message, drifted, unchecked };
}
