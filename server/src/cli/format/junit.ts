/** JUnit XML: a suite a file, a case a finding or one that passed; what was not checked is skipped, never passed. */
import type { FormatContext, Report, ReportFinding } from './report.ts';
import { escapeXml } from './xml.ts';

export function formatJunit(report: Report, context: FormatContext): string {
  const seconds = (report.durationMs / 1000).toFixed(3);
  const files = [...new Set([...context.files, ...report.findings.map((each) => each.file)])].sort();
  const suites = files.map((file) => suite(file, report, context));
  const total = (name: 'tests' | 'failures' | 'skipped'): number => suites.reduce((sum, each) => sum + each[name], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="drillbook ${escapeXml(context.command)}" tests="${total('tests')}" failures="${total('failures')}" errors="0" skipped="${total('skipped')}" time="${seconds}">`,
    ...suites.map((each) => each.xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly xml: string;
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
}

function suite(file: string, report: Report, context: FormatContext): Suite {
  const findings = report.findings.filter((each) => each.file === file);
  const skipped = findings.filter((each) => each.code.startsWith('unchecked/')).length;
  const tests = Math.max(1, findings.length);
  const failures = findings.length - skipped;
  const name = escapeXml(file);
  const cases =
    findings.length === 0
      ? [`    <testcase name="${escapeXml(context.command)}" classname="${name}" time="0"/>`]
      : findings.map((finding) => testCase(finding, name));
  return {
    tests,
    failures,
    skipped,
    xml: [
      `  <testsuite name="${name}" tests="${tests}" failures="${failures}" errors="0" skipped="${skipped}" time="0" timestamp="${report.startedAt.slice(0, 19)}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n'),
  };
}

function testCase(finding: ReportFinding, classname: string): string {
  const place = `${finding.file}:${finding.range.start.line + 1}:${finding.range.start.character + 1}`;
  const path = finding.path.length === 0 ? '' : ` ${finding.path.join('.')}`;
  const message = escapeXml(finding.message);
  const open = `    <testcase name="${escapeXml(finding.code + path)}" classname="${classname}" time="0">`;
  const body = finding.code.startsWith('unchecked/')
    ? `      <skipped message="${message}"/>`
    : `      <failure type="${escapeXml(finding.severity)}" message="${message}">${escapeXml(`${place}: ${finding.message} (${finding.help})`)}</failure>`;
  return [open, body, '    </testcase>'].join('\n');
}
