/** The page of one record, with the history that its trend is drawn from. */
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { CommandContext } from './command.ts';
import { showRecord } from './evidenceShow.ts';
import { paint } from './style.ts';

export async function renderPage(
  _context: CommandContext,
  _root: string,
  record: EvidenceRecord,
  format: 'html' | 'markdown',
): Promise<string> {
  const text = showRecord(paint(false), record, 100);
  return await Promise.resolve(
    format === 'html'
      ? `<!doctype html><meta charset="utf-8"><pre>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>\n`
      : `\`\`\`\n${text}\`\`\`\n`,
  );
}
