/** Findings → the report that every format prints: ranges on the text as it is, order, sums, and secrets blanked. */
import { createHash } from 'node:crypto';
import { rangeOf, type PositionRange } from '../core/document/navigate.ts';
import type { Finding } from '../core/finding.ts';
import { findingSpan } from '../core/findingSpan.ts';
import { helpPage } from '../core/rules/catalogue.ts';
import type { Suppression } from '../core/suppression/suppressions.ts';
import type { Workspace } from '../core/workspace.ts';
import { redactDeep } from '../platform/cache.ts';
import type { Report, ReportFinding, ReportRelated, Summary, SuppressedFinding } from './format/report.ts';
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
  return placeAndCount(parts, redact).map(({ ours, identity, nth }) => withFingerprint(ours, identity, nth));
}

export interface Counted {
  readonly ours: Placed;
  /** What tells it from others while the text around it moves. */
  readonly identity: () => string;
  /** 1 for the first finding of this identity, 2 for the next. */
  readonly nth: number;
}

/** `placeFindings` with what their fingerprints are made of. */
export function placeAndCount(parts: readonly FindingsOf[], redact: (text: string) => string): readonly Counted[] {
  const placed = parts.flatMap((part) =>
    part.findings.map((finding) => ({ ours: place(part, finding, redact), identity: () => identityOf(part, finding) })),
  );
  placed.sort(
    ({ ours: a }, { ours: b }) =>
      compare(a.file, b.file) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.character - b.range.start.character ||
      compare(a.code, b.code),
  );
  const codes = new Map<string, number>();
  for (const { ours } of placed) codes.set(ours.code, (codes.get(ours.code) ?? 0) + 1);
  const seen = new Map<string, number>();
  const kept: Counted[] = [];
  for (const { ours, identity } of placed) {
    if (isThere(kept, ours)) continue;
    // Making an identity takes longer than seeing that it is the only one of its code.
    const isOnly = codes.get(ours.code) === 1;
    const key = isOnly ? '' : identity();
    const nth = isOnly ? 1 : (seen.get(key) ?? 0) + 1;
    if (!isOnly) seen.set(key, nth);
    kept.push({ ours, identity, nth });
  }
  return kept;
}

/** Whether the same was said before; what is equal stands together. */
function isThere(kept: readonly Counted[], ours: Placed): boolean {
  const { file, code, range, message } = ours;
  for (let index = kept.length - 1; index >= 0; index--) {
    const other = kept[index]?.ours;
    if (other?.code !== code || other.file !== file) return false;
    const { start, end } = other.range;
    if (start.line !== range.start.line || start.character !== range.start.character) return false;
    if (end.line === range.end.line && end.character === range.end.character && other.message === message) return true;
  }
  return false;
}

/** The fingerprint is made when it is asked for: few formats print it, and Node's cryptography takes long to load. */
export function withFingerprint(ours: Placed, identity: () => string, nth: number): ReportFinding {
  return {
    ...ours,
    get fingerprint() {
      return fingerprintOf(identity(), nth);
    },
  };
}

/** Of the nth finding of this identity. */
export function fingerprintOf(identity: string, nth: number): string {
  const first = hash(identity);
  return nth === 1 ? first : hash(`${first}#${nth}`);
}

/** A finding that a comment accepts, and the comment. */
export interface Accepted {
  readonly finding: Finding;
  readonly by: Suppression;
}

/** The findings of one file or several, and those that comments accept, with the comments' own words. */
export function placeFile(
  part: FindingsOf & { readonly suppressed: readonly Accepted[] },
  redact: (text: string) => string,
): { readonly findings: readonly ReportFinding[]; readonly suppressed: readonly SuppressedFinding[] } {
  const suppressed = part.suppressed.flatMap(({ finding, by }) =>
    placeFindings([{ ...part, findings: [finding] }], redact).map((placed) => ({
      ...placed,
      suppressedBy: 'comment' as const,
      reason: redact(by.reason ?? ''),
      until: by.until ?? '',
    })),
  );
  return { findings: placeFindings([part], redact), suppressed };
}

/** A finding but for its fingerprint. */
export type Placed = Omit<ReportFinding, 'fingerprint'>;

function place(part: FindingsOf, finding: Finding, redact: (text: string) => string): Placed {
  const message = redact(finding.message);
  const related = (finding.related ?? []).map((each): ReportRelated => ({
    file: part.prefix + each.file,
    range: rangeIn(part.workspace, each),
    message: redact(each.message),
  }));
  return {
    code: finding.code,
    severity: finding.severity,
    message,
    file: part.prefix + finding.file,
    range: rangeIn(part.workspace, finding),
    path: finding.path,
    document: finding.document,
    ...(finding.resource === undefined ? {} : { resource: finding.resource }),
    ...(finding.expected === undefined ? {} : { expected: redactDeep(finding.expected, redact) }),
    ...(finding.actual === undefined ? {} : { actual: redactDeep(finding.actual, redact) }),
    ...(finding.observedAt === undefined ? {} : { observedAt: finding.observedAt }),
    ...(related.length === 0 ? {} : { related }),
    help: helpPage(finding.code),
  };
}

/** Without lines and without the message (which may tell an age): the same fault keeps it while the file moves around it. */
function identityOf(part: FindingsOf, finding: Finding): string {
  return identityWith({ ...finding, file: part.prefix + finding.file }, finding.message);
}

/** The identity of a finding as reported; `message` is its own, before anything was blanked, and counts where there is no path. */
export function identityWith(
  finding: Pick<ReportFinding, 'code' | 'file' | 'document' | 'path' | 'resource'>,
  message: string,
): string {
  const resource = finding.resource === undefined ? '' : `${finding.resource.kind} ${finding.resource.id}`;
  const text = finding.path.length === 0 ? message : '';
  return JSON.stringify([finding.code, finding.file, finding.document, finding.path, resource, text]);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Where a finding, or a place related to one, stands on the parse that the workspace holds. */
function rangeIn(
  workspace: Workspace,
  place: Pick<Finding, 'file' | 'document' | 'path' | 'at' | 'span' | 'relative'>,
): PositionRange {
  const parsed = workspace.files.get(place.file);
  return parsed === undefined ? NOWHERE : rangeOf(parsed, findingSpan(parsed, place));
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
