/** The readiness report as plain text and as Markdown. */
import { STAGES } from './maturity.ts';
import type { ReadinessReport } from './readiness.ts';
import {
  costSentences,
  headline,
  lastPassWords,
  nextCostWords,
  outageWords,
  overdueWords,
  STAGE_WORDS,
  stageWords,
  yearlyWords,
} from './readinessWords.ts';

/** Plain text for a terminal, one block a runbook, least ready first. */
export function readinessText(report: ReadinessReport): string {
  const lines = [headline(report), ...costSentences(report), ''];
  for (const row of report.rows) {
    const bar = row.exempt ? '-'.repeat(7) : '#'.repeat(STAGES.indexOf(row.stage) + 1).padEnd(7, '.');
    lines.push(`${bar}  ${row.runbook}: ${stageWords(row)}, because ${row.why}; ${lastPassWords(row)}.`);
    if (row.overdue.length > 0 && !row.exempt) lines.push(`         Overdue: ${overdueWords(row)}.`);
    if (row.next) {
      const cost = nextCostWords(row);
      lines.push(`         Next: ${row.next.what}${cost === '' ? '' : ` It takes ${cost}.`}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Markdown for a pull request or a wiki. */
export function readinessMarkdown(report: ReadinessReport): string {
  const counts = STAGES.map((stage) => `${STAGE_WORDS[stage]} ${report.stages[stage]}`).join(' · ');
  const rows = report.rows.map((row) => {
    const cost = nextCostWords(row);
    const next = row.next ? `${row.next.what}${cost === '' ? '' : ` (${cost})`}` : '';
    const cells = [
      row.runbook,
      row.dataClass ?? '',
      `**${stageWords(row)}**: ${row.why}`,
      lastPassWords(row),
      overdueWords(row),
      next,
      outageWords(row)?.join(' ') ?? '',
      yearlyWords(row),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [
    '# Recovery readiness',
    '',
    headline(report),
    ...costSentences(report),
    '',
    `${counts}. As of ${report.at.slice(0, 10)}.`,
    '',
    '| runbook | class | stands at | last restore | overdue | next step | an outage costs | a year of proof costs |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text
    .replace(/[\\|<>`*_[\]]/gu, (char) => (char === '*' && text.startsWith('**') ? char : `\\${char}`))
    .replace(/\s+/gu, ' ');
}
