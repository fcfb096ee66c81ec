/** Which workspace's evidence a subcommand speaks of, and the records of it. */
import type { JournalEntry } from '../evidence/journal.ts';
import { listRecords, readRecord } from '../evidence/journal.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { UsageError, type CommandContext } from './command.ts';
import { evidenceFolder } from './evidenceSummary.ts';

/** The root that holds the current folder. */
export async function currentRoot(context: CommandContext): Promise<string> {
  return await context.dependencies.workspaceFiles.rootOf(context.cwd);
}

/** The record that an id, the beginning of one, or `latest` means. @throws UsageError where there is none, or several. */
export async function recordNamed(context: CommandContext, wanted: string): Promise<EvidenceRecord> {
  const folder = evidenceFolder(await currentRoot(context));
  const entries = await listRecords(context.dependencies.files, folder);
  const id = wanted === 'latest' ? entries[0]?.id : wanted;
  if (id === undefined || entries.length === 0)
    throw new UsageError(`there is no evidence in ${folder} yet; drillbook dry-run makes some.`);
  const fitting = entries.filter((entry) => entry.id.startsWith(id));
  if (fitting.length > 1 && !fitting.some((entry) => entry.id === id)) {
    throw new UsageError(
      `${fitting.length} records begin with "${wanted}": ${fitting
        .slice(0, 5)
        .map((entry) => entry.id)
        .join(', ')}.`,
    );
  }
  const newestOfRunbook = entries.find((entry) => entry.summary.runbook === wanted);
  const record = await readRecord(context.dependencies.files, folder, fitting[0]?.id ?? newestOfRunbook?.id ?? id);
  if (record === undefined) throw new UsageError(`there is no record "${wanted}"; drillbook evidence list shows them.`);
  return record;
}

export async function entriesOf(
  context: CommandContext,
  runbook: string | undefined,
): Promise<readonly JournalEntry[]> {
  const entries = await listRecords(context.dependencies.files, evidenceFolder(await currentRoot(context)));
  return runbook === undefined ? entries : entries.filter((entry) => entry.summary.runbook === runbook);
}

/** `3 restored`, as every table says a level. */
const LEVEL_NAMES = ['static', 'preflight', 'verified', 'restored', 'cloud sandbox', 'drill'] as const;

export function levelName(level: number): string {
  return `${level} ${LEVEL_NAMES[level] ?? ''}`.trimEnd();
}
