/** drillbook.dryRun: says what would be read from where and restored into what; confirmed, runs it in a process of its own. */
import { planDryRun } from '../../core/recovery/dryRunPlan.ts';
import { STAGES } from '../../core/recovery/record.ts';
import { asText, dig } from '../../core/references/read.ts';
import { lineOfEvent, lineOfFailure } from '../../language/dryRunLines.ts';
import { confirmationOf, dryRunsOf, lastRun } from '../../language/dryRuns.ts';
import { DRY_RUN_EVENT, type DryRunEvent, type DryRunEventParams, type DryRunResponse } from '../../protocol.ts';
import type { DryRunOutcome } from '../dependencies.ts';
import { joinPath, uriOfPath } from '../paths.ts';
import { showUri } from '../showUri.ts';
import { messageOf } from '../signals.ts';
import { refreshEvidence } from '../workspaceEvents.ts';
import { findRunbook, numberOf, textOf, type CommandRequest } from './command.ts';
import { say } from '../say.ts';

export async function dryRun(request: CommandRequest): Promise<DryRunResponse> {
  const { session, argument } = request;
  // A client may ask right after "initialized": what isn't read yet isn't missing.
  await session.store.walked();
  const found = findRunbook(session, textOf(argument, 'uri'), textOf(argument, 'runbook'));
  if (typeof found === 'string') return refuse(request, found);
  const { located, entry } = found;
  const { root, file } = located;
  if (!session.settings.trusted) {
    return refuse(request, 'This workspace is not trusted, so no dry run is started: trust it first.');
  }
  const start = session.dependencies.startDryRun;
  if (!start) return refuse(request, 'Dry runs can’t be started here: run "drillbook dry-run" in a terminal or in CI.');
  const before = textOf(argument, 'before');
  const beforeMs = before === undefined ? undefined : Date.parse(before);
  if (beforeMs !== undefined && !Number.isFinite(beforeMs)) {
    return refuse(request, `"before" is no time: ${before ?? ''}; write it as 2026-11-22T10:00:00Z.`);
  }
  const name = textOf(argument, 'name') ?? dryRunsOf(entry, root.workspace(), root.evidence)[0]?.name;
  const choice = {
    ...optional('name', name),
    ...optional('level', numberOf(argument, 'level')),
    ...optional('scenario', textOf(argument, 'scenario')),
    ...optional('backup', textOf(argument, 'backup')),
    ...optional('maxCost', textOf(argument, 'maxCost')),
  };
  const planned = planDryRun(entry, root.workspace(), {
    ...choice,
    ...optional('beforeMs', beforeMs),
    root: root.path,
    trusted: true,
  });
  if ('problem' in planned) return refuse(request, planned.problem);
  if (choice.maxCost !== undefined && planned.plan.maxCost === undefined) {
    return refuse(request, `"${choice.maxCost}" is no amount of money: write it as 20 USD.`);
  }
  const last = lastRun(root.evidence, planned.plan.runbook, planned.plan.dryRun);
  const confirmation = confirmationOf(planned.plan, last?.backup?.bytes);
  // Folders of the workspace are told as the runbook's readers know them: from its root.
  const plan = { ...confirmation, reads: confirmation.reads.map((each) => each.replaceAll(`${root.path}/`, '')) };
  if (argument['confirmed'] !== true) return { status: 'needs-confirmation', plan };
  if (plan.level >= 4 && planned.plan.maxCost === undefined) {
    return refuse(request, 'Level 4 costs money: say the most that it may cost in "maxCost", such as 20 USD.');
  }
  const open = root.openDocument(file);
  const notes: string[] = [];
  if (open && (await onDisk(session, joinPath(root.path, file))) !== open.text) {
    notes.push('It ran what is saved: this document has unsaved changes.');
  }
  const progress = await request.progress(`Dry run of ${plan.runbook}: ${plan.name}, level ${plan.level}`);
  const uri = root.uriOf(file);
  const onEvent = (event: DryRunEvent): void => {
    const line = lineOfEvent(root.workspace().byFile(file), plan, event);
    const params: DryRunEventParams = { uri, runbook: plan.runbook, name: plan.name, event, ...optional('line', line) };
    if (session.settings.showsReports) void session.connection.sendNotification(DRY_RUN_EVENT, params);
    const said = describe(event);
    if (said) progress.report(said.message, said.percentage);
  };
  try {
    const outcome = await start({
      root: root.path,
      file,
      runbook: plan.runbook,
      byName:
        root
          .workspace()
          .byFile(file)
          .filter((each) => each.kind === 'Runbook').length > 1,
      ...choice,
      ...optional('before', before),
      level: plan.level,
      allowedHosts: session.settings.allowedHosts,
      signal: progress.signal,
      onEvent,
    });
    progress.end(outcome.message);
    await refreshEvidence(session, root);
    const answered = await answer(request, outcome, notes);
    // Once more after the answer: a client that is busy with the end of the run may drop the first request to redraw.
    session.refreshViews();
    return answered;
  } catch (error) {
    progress.end('failed');
    const message = `The dry run could not be run: ${messageOf(error)}`;
    session.dependencies.log.write('error', message);
    return refuse(request, message);
  }
}

async function answer(
  request: CommandRequest,
  outcome: DryRunOutcome,
  notes: readonly string[],
): Promise<DryRunResponse> {
  const { session } = request;
  const evidence = outcome.evidence === undefined ? undefined : uriOfPath(outcome.evidence);
  const report = outcome.report === undefined ? undefined : uriOfPath(outcome.report);
  const said = outcome.evidence === undefined ? undefined : await summaryOf(session, outcome.evidence);
  const message = [said ?? outcome.message, ...notes].join(' ');
  if (!session.settings.showsReports) {
    const page = report ?? evidence;
    if (page !== undefined) await showUri(session, page, message);
    else if (outcome.result === 'passed') say(session.connection, 'information', message);
    else say(session.connection, 'warning', message);
  }
  const line = lineOfLast(request, outcome);
  return {
    status: outcome.result,
    message,
    ...optional('evidence', evidence),
    ...optional('report', report),
    ...optional('line', line),
  };
}

/** Where in the text stands what decided a run that did not pass. */
function lineOfLast({ session, argument }: CommandRequest, outcome: DryRunOutcome): number | undefined {
  if (outcome.result === 'passed' || outcome.evidence === undefined) return undefined;
  const found = findRunbook(session, textOf(argument, 'uri'), textOf(argument, 'runbook'));
  if (typeof found === 'string') return undefined;
  const { root } = found.located;
  const last = root.evidence.entries.find(
    (each) => each.file !== undefined && joinPath(root.path, each.file) === outcome.evidence,
  );
  return last?.dryRun === undefined ? undefined : lineOfFailure(found.entry, last.dryRun, last.failed);
}

function refuse({ session }: CommandRequest, message: string): DryRunResponse {
  if (!session.settings.showsReports) say(session.connection, 'warning', `Drillbook: ${message}`);
  return { status: 'refused', message };
}

function describe(event: DryRunEvent): { readonly message: string; readonly percentage?: number } | undefined {
  if (event.event === 'stage') {
    const share = STAGES.findIndex((stage) => stage === event.stage);
    const said = event.state === 'started' ? event.stage : `${event.stage}: ${event.state}`;
    return {
      message: event.message === undefined ? said : `${said} · ${event.message}`,
      ...(share < 0 ? {} : { percentage: Math.round((100 * share) / STAGES.length) }),
    };
  }
  if (event.event === 'progress' && event.total !== undefined && event.total > 0) {
    return { message: `${event.stage} ${Math.round((100 * event.done) / event.total)} %` };
  }
  if (event.event === 'check') return { message: `check ${event.name}: ${event.state}` };
  return undefined;
}

/** The record's own sentence about how it went. */
async function summaryOf(session: CommandRequest['session'], path: string): Promise<string | undefined> {
  const text = await onDisk(session, path);
  if (text === undefined) return undefined;
  try {
    const summary = asText(dig(JSON.parse(text), 'summary'));
    return summary === '' ? undefined : summary;
  } catch {
    return undefined;
  }
}

async function onDisk(session: CommandRequest['session'], path: string): Promise<string | undefined> {
  try {
    return await session.dependencies.files.readText(path);
  } catch {
    return undefined;
  }
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
