/** The page of one record, with the history that its trend is drawn from. */
import type { EvidenceRecord } from '../core/recovery/record.ts';
import { renderMarkdown } from '../evidence/markdown.ts';
import { renderReport } from '../evidence/report.ts';
import type { CommandContext } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';

export async function renderPage(
  context: CommandContext,
  root: string,
  record: EvidenceRecord,
  format: 'html' | 'markdown',
): Promise<string> {
  if (format === 'markdown') return renderMarkdown(record);
  return renderReport(record, (await readEvidence(context, root)).entries);
}
