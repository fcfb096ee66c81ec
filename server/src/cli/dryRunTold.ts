/** What a dry run tells to machines once it is over: metrics for a collector, and a hook for what went wrong or is overdue. */
import * as path from 'node:path';
import { listRecords, readRecord } from '../evidence/journal.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { CommandContext } from './command.ts';
import { cadencesIn, dryRunNames, isOverdue } from './dryRunTarget.ts';
import { evidenceFolder } from './evidenceSummary.ts';
import { formatMetrics } from './metrics.ts';
import { noticeOfOverdue, noticeOfRun, notify } from './notify.ts';
import { writeWhole } from './outputs.ts';
import { selectWorkspaces, type Selection } from './workspace.ts';

/** `hook` was approved before anything ran; `records` are those of this run. */
export async function tellMachines(
  context: CommandContext,
  hook: URL | undefined,
  records: readonly EvidenceRecord[],
): Promise<void> {
  const metrics = context.values.text('metrics');
  const isMany = context.values.flag('all') || context.values.flag('due');
  if (metrics === undefined && hook === undefined) return;
  const selections = isMany ? await selectWorkspaces(context, []) : [];
  // The hook first: it is told of a failure too where the metrics can't be written.
  if (hook !== undefined) await tellHook(context, hook, records, selections);
  if (metrics === undefined) return;
  const told = isMany ? await lastRecords(context, selections) : records;
  await writeWhole(context, path.resolve(context.cwd, metrics), formatMetrics(told));
}

async function tellHook(
  context: CommandContext,
  hook: URL,
  records: readonly EvidenceRecord[],
  selections: readonly Selection[],
): Promise<void> {
  for (const record of records) {
    const notice = noticeOfRun(record);
    if (notice) await notify(context, hook, notice);
  }
  // What ran just now and did not pass was told already; what could not run at all, as a drill, is only overdue.
  const told = new Set(records.map((record) => `${record.runbook.name}#${record.dryRun ?? ''}`));
  for (const selection of selections)
    for (const { entry, cadence } of await cadencesIn(context, selection))
      for (const layer of cadence.layers)
        if (isOverdue(layer) && !told.has(`${entry.name ?? ''}#${layer.dryRun ?? ''}`))
          await notify(context, hook, noticeOfOverdue(entry.name ?? entry.file, layer));
}

/** The newest record of every dry run and scenario that there is: a collector's file replaces the one before as a whole. */
async function lastRecords(
  context: CommandContext,
  selections: readonly Selection[],
): Promise<readonly EvidenceRecord[]> {
  const { files } = context.dependencies;
  const records: EvidenceRecord[] = [];
  for (const { root, entries } of selections) {
    const wanted = new Set(
      entries
        .filter((entry) => entry.kind === 'Runbook')
        .flatMap((entry) => dryRunNames(entry).map((name) => `${entry.name ?? ''}#${name}`)),
    );
    const seen = new Set<string>();
    for (const { summary, record } of await listRecords(files, evidenceFolder(root))) {
      const name = `${summary.runbook}#${summary.dryRun ?? ''}`;
      const key = `${name} ${summary.scenario ?? ''}`;
      if (!wanted.has(name) || seen.has(key)) continue;
      seen.add(key);
      // A record that is gone or broken is for `drillbook evidence verify` to tell.
      const found = await readRecord(files, evidenceFolder(root), record).catch(() => undefined);
      if (found) records.push(found);
    }
  }
  return records;
}
