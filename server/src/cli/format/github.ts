/** Annotations as GitHub's runner reads them from the log: one workflow command a line, escaped as it asks. */
import type { Severity } from '../../core/finding.ts';
import type { FormatContext, Report, ReportFinding } from './report.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'notice' };

export function formatGithub(report: Report, _context: FormatContext): string {
  return report.findings.map((finding) => `${annotation(finding)}\n`).join('');
}

function annotation(finding: ReportFinding): string {
  const { start, end } = finding.range;
  const properties = [
    `file=${escapeProperty(finding.file)}`,
    `line=${start.line + 1}`,
    `endLine=${end.line + 1}`,
    // Columns are refused where the lines differ.
    ...(start.line === end.line ? [`col=${start.character + 1}`, `endColumn=${end.character + 1}`] : []),
    `title=${escapeProperty(finding.code)}`,
  ];
  return `::${COMMANDS[finding.severity]} ${properties.join(',')}::${escapeData(finding.message)}`;
}

/** actions/toolkit, `escapeData`: a raw line end would start another command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** actions/toolkit, `escapeProperty`: the separators of properties as well. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
