/**
 * What was found in one file as one line of JSON: written once by whoever checked it, handed between threads and kept as it
 * is, and read only where a format asks for single findings.
 */
import { helpPage } from '../core/rules/catalogue.ts';
import { fingerprintOf, identityWith, withFingerprint, type Counted, type Placed } from './buildReport.ts';
import type { ReportFinding, SuppressedFinding } from './format/report.ts';
import { isUnchecked } from './status.ts';

/** What was found in one file, placed and redacted. */
export interface FileFound {
  readonly findings: readonly ReportFinding[];
  readonly suppressed: readonly SuppressedFinding[];
}

/** How many of each there are. */
export type Counts = readonly [
  error: number,
  warning: number,
  information: number,
  unchecked: number,
  accepted: number,
];

export interface FoundRow {
  readonly line: string;
  readonly counts: Counts;
}

const NONE: Counts = [0, 0, 0, 0, 0];
/** Most files have nothing to tell. */
const EMPTY: FoundRow = { line: '', counts: NONE };

type StoredFinding = readonly [
  code: string,
  severity: ReportFinding['severity'],
  message: string,
  range: readonly [startLine: number, startCharacter: number, endLine: number, endCharacter: number],
  path: ReportFinding['path'],
  document: number,
  /** As text, or where it can be told from the rest: how many findings like this one stand before it, and it. */
  fingerprint: string | number,
  more?: Partial<ReportFinding>,
];

type Stored = readonly [findings: readonly StoredFinding[], suppressed: readonly SuppressedFinding[]];

/** The row of what was found. */
export function rowOf(findings: readonly Counted[], suppressed: readonly SuppressedFinding[]): FoundRow {
  if (findings.length === 0 && suppressed.length === 0) return EMPTY;
  const count = (severity: string): number =>
    findings.reduce((sum, { ours }) => sum + (ours.severity === severity && !isUnchecked(ours.code) ? 1 : 0), 0);
  const unchecked = findings.reduce((sum, { ours }) => sum + (isUnchecked(ours.code) ? 1 : 0), 0);
  const stored: Stored = [findings.map(packed), suppressed];
  return {
    line: written(stored),
    counts: [count('error'), count('warning'), count('information'), unchecked, suppressed.length],
  };
}

/** What a row of this file tells. */
export function foundOf(file: string, { line }: FoundRow): FileFound {
  if (line === '') return { findings: [], suppressed: [] };
  const [findings, suppressed] = JSON.parse(line) as Stored;
  return { findings: findings.map((each) => unpacked(file, each)), suppressed };
}

/** The counts of several rows together. */
export function sumOfCounts(rows: Iterable<FoundRow>): Counts {
  let sum = NONE;
  for (const { counts } of rows) {
    if (counts === NONE) continue;
    const [error, warning, information, unchecked, accepted] = counts;
    sum = [sum[0] + error, sum[1] + warning, sum[2] + information, sum[3] + unchecked, sum[4] + accepted];
  }
  return sum;
}

/** JSON has no whole numbers beyond 2^53, and asking each value whether it is one takes longer than all the rest. */
function written(stored: Stored): string {
  try {
    return JSON.stringify(stored);
  } catch {
    return JSON.stringify(stored, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }
}

function packed({ ours, identity, nth }: Counted): StoredFinding {
  const { code, severity, message, range, path, document, file: _file, help: _help, ...more } = ours;
  const { start, end } = range;
  const place = [start.line, start.character, end.line, end.character] as const;
  // Without a path the message is part of it, as it was before anything was blanked.
  const fingerprint = path.length === 0 ? fingerprintOf(identity(), nth) : nth;
  const head = [code, severity, message, place, path, document, fingerprint] as const;
  return Object.keys(more).length === 0 ? head : [...head, more];
}

function unpacked(file: string, stored: StoredFinding): ReportFinding {
  const [code, severity, message, [startLine, startCharacter, endLine, endCharacter], path, document, print, more] =
    stored;
  const range = {
    start: { line: startLine, character: startCharacter },
    end: { line: endLine, character: endCharacter },
  };
  const placed: Placed = { code, severity, message, file, range, path, document, ...more, help: helpPage(code) };
  if (typeof print === 'string') return { ...placed, fingerprint: print };
  return withFingerprint(placed, () => identityWith(placed, ''), print);
}
