/** SARIF 2.1.0 (OASIS), as code scanning takes it: rules with help, fingerprints, related places, suppressions. */
import type { PositionRange } from '../../core/document/navigate.ts';
import type { Severity } from '../../core/finding.ts';
import type { FormatContext, Report, ReportFinding, SuppressedFinding } from './report.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'note' };

export function formatSarif(report: Report, context: FormatContext): string {
  const all = [...report.findings, ...context.suppressed];
  const codes = [...new Set(all.map((each) => each.code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Drillbook',
            version: report.tool.version,
            semanticVersion: report.tool.version,
            informationUri: context.homepage,
            rules: codes.map((code) => rule(code, context)),
          },
        },
        automationDetails: { id: `drillbook/${context.command}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the workspace.' } } },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: report.startedAt,
            endTimeUtc: new Date(Date.parse(report.startedAt) + report.durationMs).toISOString(),
          },
        ],
        results: [
          ...report.findings.map((finding) => result(finding, codes)),
          ...context.suppressed.map((finding) => ({
            ...result(finding, codes),
            suppressions: [suppression(finding)],
          })),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`;
}

function rule(code: string, context: FormatContext): object {
  const known = context.rules.find((each) => each.code === code);
  const title = known?.title ?? code;
  const page = `${context.helpBase}/docs/rules/${code}.md`;
  return {
    id: code,
    name: code
      .split(/[/-]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(''),
    shortDescription: { text: title },
    fullDescription: { text: title },
    help: { text: `${title} See ${page}.`, markdown: `${title} [More about \`${code}\`](${page}).` },
    helpUri: page,
    defaultConfiguration: { level: LEVELS[known?.severity ?? 'warning'] },
    properties: { tags: ['recovery', code.split('/')[0] ?? ''] },
  };
}

function result(finding: ReportFinding, codes: readonly string[]): object {
  return {
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: LEVELS[finding.severity],
    // What could not be looked up is open, not failed: never drift.
    ...(finding.code.startsWith('unchecked/') ? { kind: 'open', level: 'none' } : {}),
    message: { text: finding.message },
    locations: [{ physicalLocation: place(finding.file, finding.range), logicalLocations: logical(finding) }],
    ...(finding.related === undefined
      ? {}
      : {
          relatedLocations: finding.related.map((each, id) => ({
            id,
            physicalLocation: place(each.file, each.range),
            message: { text: each.message },
          })),
        }),
    partialFingerprints: { 'drillbook/v1': finding.fingerprint },
    properties: {
      ...(finding.resource === undefined ? {} : { resource: finding.resource }),
      ...(finding.expected === undefined ? {} : { expected: finding.expected }),
      ...(finding.actual === undefined ? {} : { actual: finding.actual }),
      ...(finding.observedAt === undefined ? {} : { observedAt: finding.observedAt }),
    },
  };
}

function suppression(finding: SuppressedFinding): object {
  return {
    kind: finding.suppressedBy === 'comment' ? 'inSource' : 'external',
    status: 'accepted',
    justification: `${finding.reason} (until ${finding.until})`,
  };
}

function place(file: string, range: PositionRange): object {
  return {
    artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' },
    // Ours count from 0, SARIF's from 1; an end column stands behind the last character in both.
    region: {
      startLine: range.start.line + 1,
      startColumn: range.start.character + 1,
      endLine: range.end.line + 1,
      endColumn: range.end.character + 1,
    },
  };
}

function logical(finding: ReportFinding): object[] {
  return finding.path.length === 0 ? [] : [{ fullyQualifiedName: finding.path.join('.'), kind: 'member' }];
}
