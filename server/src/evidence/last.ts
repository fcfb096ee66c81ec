/** The last passed restore of a dry run: what the next one is compared with. */
import { join } from 'node:path';
import type { Files } from '../core/ports.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { listRecords } from './journal.ts';

/** The newest passed record of level 3 and up, scenarios aside; undefined where there is none or it can't be read. */
export async function lastPassedRecord(
  files: Files,
  folder: string,
  runbook: string,
  dryRun: string,
): Promise<EvidenceRecord | undefined> {
  const found = (await listRecords(files, folder)).find(
    ({ summary }) =>
      summary.runbook === runbook &&
      summary.dryRun === dryRun &&
      summary.result === 'passed' &&
      summary.scenario === undefined &&
      summary.level >= 3,
  );
  if (!found) return undefined;
  try {
    return JSON.parse(await files.readText(join(folder, found.record))) as EvidenceRecord;
  } catch {
    return undefined;
  }
}
