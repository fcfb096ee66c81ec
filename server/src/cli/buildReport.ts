/** Findings → the report that every format prints: ranges on the text as it is, order, sums, and secrets blanked. */
import { createHash } from 'node:crypto';
import { rangeOf, spanAt, type PositionRange } from '../core/document/navigate.ts';
import type { Path, Span } from '../core/document/node.ts';
import type { Finding } from '../core/finding.ts';
import { helpPage } from '../core/rules/catalogue.ts';
import type { Workspace } from '../core/workspace.ts';
import { redactDeep } from '../platform/cache.ts';
import type { Report, ReportFinding, ReportRelated, Summary } from './format/report.ts';
import { isUnchecked } from './status.ts';

/** Findings of one workspace; `prefix` tells apart the files of several, and is empty for one. */
export interface FindingsOf {
  readonly workspace: Workspace;
  readonly prefix: string;
  readonly findings: readonly Finding[];
}

const NOWHERE: PositionRange = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Placed, redacted and in the order of the files; equal ones once. */
export function placeFindings(
  parts: readonly FindingsOf[],
  redact: (text: string) => string,
): readonly ReportFinding[] {
  const placed = parts.flatMap((part) => part.findings.map((finding) => place(part, finding, redact)));
  placed.sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.character - b.range.start.character ||
      compare(a.code, b.code),
  );
  const seen = new Map<string, number>();
  const kept = new Set<string>();
  return placed.flatMap((finding) => {
    const same = JSON.stringify([finding.code, finding.file, finding.range, finding.message]);
    if (kept.has(same)) return [];
    kept.add(same);
    const count = (seen.get(finding.fingerprint) ?? 0) + 1;
    seen.set(finding.fingerprint, count);
    return [count === 1 ? finding : { ...finding, fingerprint: hash(`${finding.fingerprint}#${count}`) }];
  });
}

function place(part: FindingsOf, finding: Finding, redact: (text: string) => string): ReportFinding {
  const message = redact(finding.message);
  const related = (finding.related ?? []).map((each): ReportRelated => ({
    file: part.prefix + each.file,
    range: rangeAt(part.workspace, each.file, each.document, each.path),
    message: redact(each.message),
  }));
  return {
    code: finding.code,
    severity: finding.severity,
    message,
    file: part.prefix + finding.file,
    range: findingRange(part.workspace, finding),
    path: finding.path,
    document: finding.document,
    ...(finding.resource === undefined ? {} : { resource: finding.resource }),
    ...(finding.expected === undefined ? {} : { expected: redactDeep(finding.expected, redact) }),
    ...(finding.actual === undefined ? {} : { actual: redactDeep(finding.actual, redact) }),
    ...(finding.observedAt === undefined ? {} : { observedAt: finding.observedAt }),
    ...(related.length === 0 ? {} : { related }),
    help: helpPage(finding.code),
    fingerprint: fingerprintOf(part, finding),
  };
}

/** Without lines and without the message (which may tell an age): the same fault keeps it while the file moves around it. */
function fingerprintOf(part: FindingsOf, finding: Finding): string {
  const resource = finding.resource === undefined ? '' : `${finding.resource.kind} ${finding.resource.id}`;
  const text = finding.path.length === 0 ? finding.message : '';
  return hash(
    JSON.stringify([finding.code, part.prefix + finding.file, finding.document, finding.path, resource, text]),
  );
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Where the finding stands on the parse that the workspace holds now. */
export function findingRange(workspace: Workspace, finding: Finding): PositionRange {
  if (finding.span === undefined) {
    return rangeAt(workspace, finding.file, finding.document, finding.path, finding.at);
  }
  const parsed = workspace.files.get(finding.file);
  if (parsed === undefined) return NOWHERE;
  let span: Span = finding.span;
  if (finding.relative === true) {
    const document = parsed.documents[finding.document];
    const base = document === undefined ? 0 : spanAt(document, finding.path, finding.at).start;
    span = { start: base + span.start, end: base + span.end };
  }
  return rangeOf(parsed, span);
}

function rangeAt(workspace: Workspace, file: string, index: number, path: Path, at?: 'key' | 'value'): PositionRange {
  const parsed = workspace.files.get(file);
  const document = parsed?.documents[index];
  return parsed === undefined || document === undefined ? NOWHERE : rangeOf(parsed, spanAt(document, path, at));
}

export function summarise(findings: readonly ReportFinding[], factsCompared: number): Summary {
  const checked = findings.filter((each) => !isUnchecked(each.code));
  const count = (severity: string): number => checked.filter((each) => each.severity === severity).length;
  return {
    error: count('error'),
    warning: count('warning'),
    information: count('information'),
    unchecked: findings.length - checked.length,
    factsCompared,
  };
}

export interface ReportParts {
  readonly version: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly files: number;
  readonly documents: number;
  readonly factsCompared: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly findings: readonly ReportFinding[];
}

export function buildReport(parts: ReportParts): Report {
  return {
    version: 1,
    tool: { name: 'drillbook', version: parts.version },
    startedAt: new Date(parts.startedAtMs).toISOString(),
    durationMs: Math.max(0, Math.round(parts.finishedAtMs - parts.startedAtMs)),
    files: parts.files,
    documents: parts.documents,
    summary: summarise(parts.findings, parts.factsCompared),
    calls: parts.calls,
    findings: parts.findings,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
