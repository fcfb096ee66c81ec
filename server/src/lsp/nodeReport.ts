/** The report of a record of the evidence, found by id or as the newest of a runbook; its renderer is loaded when first asked for. */
import type { Files } from '../core/ports.ts';
import { EVIDENCE_FOLDER, listRecords, readRecord } from '../evidence/journal.ts';
import type { ReportPage } from './dependencies.ts';

/** Undefined where there is no such record. */
export async function reportPage(
  files: Files,
  root: string,
  query: { readonly runbook: string; readonly name?: string; readonly id?: string },
): Promise<ReportPage | undefined> {
  const folder = `${root}/${EVIDENCE_FOLDER}`;
  const entries = await listRecords(files, folder);
  const own = entries.filter(({ summary }) => summary.runbook === query.runbook);
  const wanted =
    query.id === undefined
      ? own.find(({ summary }) =>
          query.name === undefined ? true : summary.dryRun === query.name && summary.scenario === undefined,
        )
      : own.find(({ id, record }) => id === query.id || record.endsWith(`${query.id}.json`));
  if (!wanted) return undefined;
  const record = await readRecord(files, folder, wanted.id);
  if (!record) return undefined;
  const { renderReport } = await import('../evidence/report.ts');
  const which = wanted.summary.dryRun ?? 'drill';
  return {
    title: `${query.runbook}: ${which}, ${wanted.summary.result} at level ${wanted.summary.level}`,
    html: renderReport(
      record,
      own.map(({ summary }) => summary),
    ),
    evidence: `${folder}/${wanted.record}`,
  };
}
