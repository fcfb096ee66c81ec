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

/**
 * The record that is meant: by its id or the beginning of one, its number in its chain (`2`, `000002`), its file, a runbook's
 * name (its newest), or `last`. @throws UsageError where there is none, or several.
 */
export async function recordNamed(context: CommandContext, wanted: string): Promise<EvidenceRecord> {
  const folder = evidenceFolder(await currentRoot(context));
  const entries = await listRecords(context.dependencies.files, folder);
  if (entries.length === 0)
    throw new UsageError(`there is no evidence in ${folder} yet; drillbook dry-run makes some.`);
  const fitting = meantBy(entries, wanted);
  const [first, second] = fitting;
  if (second) {
    const some = fitting.slice(0, 5).map((entry) => `${entry.id} (${entry.record})`);
    throw new UsageError(`${fitting.length} records are "${wanted}": ${some.join(', ')}.`);
  }
  const record = first && (await readRecord(context.dependencies.files, folder, first.record));
  if (record === undefined) throw new UsageError(`there is no record "${wanted}"; drillbook evidence list shows them.`);
  return record;
}

/** The entries that a word may mean, by the surest way that finds any. */
function meantBy(entries: readonly JournalEntry[], wanted: string): readonly JournalEntry[] {
  if (wanted === 'last' || wanted === 'latest') return entries.slice(0, 1);
  const number = /^\d{1,6}$/u.test(wanted) ? Number(wanted) : undefined;
  const ways: readonly ((entry: JournalEntry) => boolean)[] = [
    (entry) => entry.id === wanted,
    // Ids begin with the year: three digits, or a number padded as the files have it, are no useful beginning of one.
    (entry) => /^(?:0\d*|\d{1,3})$/u.test(wanted) && entry.sequence === number,
    (entry) => entry.id.startsWith(wanted),
    (entry) => entry.sequence === number,
    ({ record }) => wanted.endsWith(record) || record.slice(record.lastIndexOf('/') + 1).startsWith(wanted),
  ];
  for (const way of ways) {
    const found = entries.filter(way);
    if (found.length > 0) return found;
  }
  return entries.filter((entry) => entry.summary.runbook === wanted).slice(0, 1);
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
