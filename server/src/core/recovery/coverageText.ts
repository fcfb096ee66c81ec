/** The coverage report as text and as Markdown. */
import { COVERAGE_STATES, type CoverageReport, type CoverageRow, type CoverageState } from './coverage.ts';

const WORDS: Readonly<Record<CoverageState, string>> = {
  uncovered: 'No runbook knows',
  'no-backup': 'Known, but not backed up',
  untested: 'Backed up, never restored',
  accepted: 'Accepted gaps',
  covered: 'Covered',
  'left-out': 'Left out',
};

/** One sentence; what could not be listed is said with it, so that a gap in the view is never taken for cover. */
function coverageHeadline(report: CoverageReport): string {
  const blind =
    report.unchecked.length > 0
      ? `; ${report.unchecked.length} ${report.unchecked.length === 1 ? 'place' : 'places'} could not be listed, so there may be more`
      : '';
  const needed = report.rows.length - report.counts['left-out'];
  if (report.percent === undefined) return `No data store that needs cover was seen${blind}.`;
  return `${report.counts.covered} of ${needed} data stores are covered (${report.percent} %)${blind}.`;
}

/** Plain text, the gaps first. */
export function coverageText(report: CoverageReport): string {
  const lines = [coverageHeadline(report)];
  for (const state of COVERAGE_STATES) {
    const rows = report.rows.filter((row) => row.state === state);
    if (rows.length === 0) continue;
    lines.push('', `${WORDS[state]}:`);
    for (const row of rows)
      lines.push(
        `  ${row.kind} ${row.id}${placeOf(row)}: ${row.why}${row.command === undefined ? '' : ` (${row.command})`}`,
      );
  }
  if (report.unchecked.length > 0) {
    lines.push('', 'Not checked:');
    for (const each of report.unchecked) {
      const place = [each.account, each.region].filter((part) => part !== undefined).join(' ');
      const ask = each.unknown.permission === undefined ? '' : `; ask for ${each.unknown.permission}`;
      lines.push(
        `  ${each.what}${place === '' ? '' : ` in ${place}`} (${each.environment}): ${each.unknown.detail}${ask}`,
      );
    }
  }
  if (report.baseline.length > 0) lines.push('', ...report.baseline);
  return `${lines.join('\n')}\n`;
}

/** Markdown, for a pull request or a wiki. */
export function coverageMarkdown(report: CoverageReport): string {
  const rows = report.rows.map(
    (row) =>
      `| ${[WORDS[row.state], row.kind, row.id, [row.account, row.region].filter((part) => part !== undefined).join(' '), row.why].map(cell).join(' | ')} |`,
  );
  const unchecked = report.unchecked.map(
    (each) =>
      `- ${cell(`${each.what} ${each.account ?? ''} ${each.region ?? ''}`.trim())}: ${cell(each.unknown.detail)}`,
  );
  return [
    '# Coverage',
    '',
    coverageHeadline(report),
    '',
    '| state | kind | id | where | why |',
    '|---|---|---|---|---|',
    ...rows,
    ...(unchecked.length > 0 ? ['', '## Not checked', '', ...unchecked] : []),
    ...(report.baseline.length > 0 ? ['', '## Baseline', '', ...report.baseline.map((each) => `- ${cell(each)}`)] : []),
    '',
  ].join('\n');
}

function placeOf(row: CoverageRow): string {
  const place = [row.account, row.region].filter((part) => part !== undefined).join(' ');
  return place === '' ? '' : ` (${place}${row.source === 'live' ? '' : `, in the ${row.source} state`})`;
}

function cell(text: string): string {
  return text.replace(/[\\|<>`*_[\]]/gu, (char) => `\\${char}`).replace(/\s+/gu, ' ');
}
