/** GitLab's code quality report: the subset of Code Climate's that it reads. */
import type { FormatContext, Report, ReportFinding } from './report.ts';

export function formatGitlab(report: Report, _context: FormatContext): string {
  return `${JSON.stringify(report.findings.map(issue), undefined, 2)}\n`;
}

function issue(finding: ReportFinding): object {
  return {
    type: 'issue',
    check_name: finding.code,
    description: finding.message,
    fingerprint: finding.fingerprint,
    severity: severity(finding),
    categories: [finding.code.startsWith('drift/') ? 'Bug Risk' : 'Style'],
    location: {
      path: finding.file,
      lines: { begin: finding.range.start.line + 1, end: finding.range.end.line + 1 },
    },
  };
}

function severity(finding: ReportFinding): string {
  if (finding.code.startsWith('unchecked/')) return 'info';
  return { error: 'critical', warning: 'minor', information: 'info' }[finding.severity];
}
