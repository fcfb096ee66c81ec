/** From records to what lenses and rules need of them. */
import type { Files } from '../core/ports.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { EvidenceEntry, EvidenceSummary } from '../core/rules/rule.ts';
import { entryOf } from './entry.ts';
import { listRecords } from './journal.ts';
import { verifyJournal } from './verify.ts';

/** Summarises records that are at hand. */
export function summarise(records: readonly EvidenceRecord[]): EvidenceSummary {
  return { entries: records.map(entryOf).sort(newestFirst), problems: [] };
}

/** The summary of a workspace's journal, read from the chains alone: fast with thousands of records. */
export async function readSummary(
  files: Files,
  folder: string,
  options: { readonly verify?: boolean } = {},
): Promise<EvidenceSummary> {
  const entries = (await listRecords(files, folder)).map((entry) => entry.summary);
  const problems =
    options.verify === true ? (await verifyJournal(files, folder)).problems.map((problem) => problem.message) : [];
  return { entries: [...entries].sort(newestFirst), problems };
}

/** The numbers of the last passed run of a dry run: what `95% of last` is measured against. */
export function lastNumbers(
  summary: EvidenceSummary,
  runbook: string,
  dryRun: string,
): Readonly<Record<string, number>> | undefined {
  return summary.entries.find(
    (each) =>
      each.runbook === runbook &&
      each.dryRun === dryRun &&
      each.result === 'passed' &&
      each.scenario === undefined &&
      each.level >= 3,
  )?.numbers;
}

function newestFirst(left: EvidenceEntry, right: EvidenceEntry): number {
  return left.finishedAt < right.finishedAt ? 1 : left.finishedAt > right.finishedAt ? -1 : 0;
}
