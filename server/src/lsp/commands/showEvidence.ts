/** drillbook.showEvidence: the report of a runbook's newest record, or of the one that is named. */
import type { ShowEvidenceResponse } from '../../protocol.ts';
import { uriOfPath } from '../paths.ts';
import { showUri } from '../showUri.ts';
import { messageOf } from '../signals.ts';
import { findRunbook, textOf, type CommandRequest } from './command.ts';
import { say } from '../say.ts';

export async function showEvidence(request: CommandRequest): Promise<ShowEvidenceResponse> {
  const { session, argument } = request;
  const found = findRunbook(session, textOf(argument, 'uri'), textOf(argument, 'runbook'));
  if (typeof found === 'string') return none(request, found);
  const { root } = found.located;
  const runbook = found.entry.name ?? '';
  const { report, writePage } = session.dependencies;
  const name = textOf(argument, 'name');
  const evidence = textOf(argument, 'evidence');
  // An id, or the URI or path of the record, whose file is named after it.
  const id =
    evidence === undefined ? undefined : decoded(evidence.slice(evidence.lastIndexOf('/') + 1)).replace(/\.json$/u, '');
  try {
    const page = await report?.(root.path, {
      runbook,
      ...(name === undefined ? {} : { name }),
      ...(id === undefined ? {} : { id }),
    });
    if (!page) {
      const which = name === undefined ? `runbook "${runbook}"` : `dry run "${name}" of runbook "${runbook}"`;
      return await none(request, `There is no evidence of ${which} yet: run a dry run first.`);
    }
    const path = await writePage?.(root.path, `${runbook}-${name ?? 'evidence'}.html`, page.html);
    const uri = path === undefined ? undefined : uriOfPath(path);
    const record = page.evidence === undefined ? undefined : uriOfPath(page.evidence);
    if (!session.settings.showsReports) {
      const shown = uri ?? record;
      if (shown !== undefined) await showUri(session, shown, page.title);
    }
    return {
      status: 'shown',
      title: page.title,
      ...(uri === undefined ? {} : { report: uri }),
      html: page.html,
      ...(record === undefined ? {} : { evidence: record }),
    };
  } catch (error) {
    return none(request, `The evidence of "${runbook}" could not be shown: ${messageOf(error)}`);
  }
}

/** A path may hold a `%` that is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function none({ session }: CommandRequest, message: string): Promise<ShowEvidenceResponse> {
  if (!session.settings.showsReports) say(session.connection, 'information', `Drillbook: ${message}`);
  return Promise.resolve({ status: 'none', message });
}
