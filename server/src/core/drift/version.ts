/** Version semantics: by numeric segments, never as text and never as a number, with the rules of each engine. */

/** `15.4-R2` is `[15, 4]` with the suffix `R2`; Aurora's `8.0.mysql_aurora.3.05.2` has a second half `[3, 5, 2]`. */
export interface Version {
  readonly text: string;
  readonly segments: readonly number[];
  readonly suffix: string;
  /** Aurora's own version, behind the engine's. */
  readonly second?: readonly number[];
}

export type VersionJudgement =
  | { readonly state: 'holds' }
  /** `newer`: the live one is newer than what was expected. */
  | { readonly state: 'minor' | 'major'; readonly newer: boolean }
  | { readonly state: 'undecided' };

const AURORA = /^(\d+(?:\.\d+)*)\.(?:mysql|postgres(?:ql)?)_aurora\.(\d+(?:\.\d+)*)(.*)$/i;
const PLAIN = /^v?(\d+(?:\.\d+)*)(.*)$/is;
const COMPARISON = /(>=|<=|!=|==|>|<|=)\s*([^\s<>=!,]+)/g;
const PRE_RELEASE = /^[-.]?(?:alpha|beta|rc|devel|preview)/i;
/** What a build or a distribution adds (`-MariaDB-log`, ` (Debian …)`, `-0ubuntu1`) and `.x` are no part of the version. */
const NOT_COMPARED =
  /^(?:[-~+ ]?(?:maria|log|debug|percona|community|standard|\d*ubuntu|\d*deb|[\d.]*pgdg|\().*|(?:\.[x*])+)$/is;

/** Engines whose first two segments together are the major version. */
const TWO_SEGMENT_MAJORS = new Set(['mysql', 'mariadb', 'mongodb', 'docdb', 'aurora-mysql', 'aurora']);

/** The version in `text`, or undefined where it doesn't start with a number. */
export function parseVersion(text: string): Version | undefined {
  const trimmed = text.trim();
  const aurora = AURORA.exec(trimmed);
  if (aurora) {
    return { text: trimmed, segments: numbers(aurora[1]), second: numbers(aurora[2]), suffix: aurora[3] ?? '' };
  }
  const plain = PLAIN.exec(trimmed);
  if (!plain) return undefined;
  const suffix = (plain[2] ?? '').trim();
  return { text: trimmed, segments: numbers(plain[1]), suffix: NOT_COMPARED.test(suffix) ? '' : suffix };
}

function numbers(dotted: string | undefined): number[] {
  return (dotted ?? '').split('.').map(Number);
}

/** How many segments name a major version of `engine`. */
export function majorLength(engine: string | undefined): 1 | 2 {
  return TWO_SEGMENT_MAJORS.has((engine ?? '').toLowerCase()) ? 2 : 1;
}

/** `15` of 15.4, `8.0` of MySQL 8.0.36. */
export function majorOf(text: string, engine?: string): string | undefined {
  const version = parseVersion(text);
  if (!version) return undefined;
  return version.segments.slice(0, majorLength(engine)).join('.');
}

/** Compares by segments, missing ones as 0; a pre-release is before its release. */
export function compareVersions(left: Version, right: Version): number {
  const order =
    compareSegments(left.segments, right.segments) || compareSegments(left.second ?? [], right.second ?? []);
  if (order !== 0) return order;
  return Number(PRE_RELEASE.test(right.suffix)) - Number(PRE_RELEASE.test(left.suffix));
}

function compareSegments(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Does `actual` begin with the segments of `expected`: `15` with 15.4, but `15.4` not with 15.40. */
function startsWith(actual: readonly number[], expected: readonly number[]): boolean {
  return expected.length <= actual.length && expected.every((segment, index) => segment === actual[index]);
}

interface Comparison {
  readonly operator: string;
  readonly operand: Version;
}

/**
 * Judges a live version against an expectation: a version (matched by its segments) or comparisons that must all hold
 * (`>=15.2 <16`). A mismatch within the major is `minor`.
 */
export function judgeVersion(expected: unknown, actual: string, engine?: string): VersionJudgement {
  const live = parseVersion(actual);
  const wanted = expectedVersions(expected);
  if (!live || !wanted) return { state: 'undecided' };
  for (const { operator, operand } of wanted) {
    const here = half(live, operand);
    const length = here === live.segments ? majorLength(engine) : 1;
    if (holds(operator, operand, here, live)) continue;
    // A Terraform state may tell `15` where 15.4 runs: that says nothing of the minor.
    if (here.length < operand.segments.length && startsWith(operand.segments, here)) return { state: 'undecided' };
    const order =
      compareSegments(here, operand.segments) ||
      (operand.second ? compareSegments(live.second ?? [], operand.second) : 0);
    const sameMajor =
      compareSegments(here.slice(0, length), operand.segments.slice(0, length)) === 0 &&
      (operand.second === undefined || operand.second[0] === live.second?.[0]);
    // `<16` leaves no version 16 at all, and `>16` (by segments) none either: those are majors, not minors.
    const wholeMajor =
      operand.segments.length <= length &&
      !operand.second &&
      (operator === '<' || operator === '>' || operator === '!=');
    return { state: sameMajor && !wholeMajor ? 'minor' : 'major', newer: order > 0 };
  }
  return { state: 'holds' };
}

/** The half of a live Aurora version that `operand` means: engine majors are 5 and up, Aurora's own are below. */
function half(live: Version, operand: Version): readonly number[] {
  if (!live.second || operand.second) return live.segments;
  if (startsWith(live.segments, operand.segments)) return live.segments;
  return (operand.segments[0] ?? 0) < 5 && (live.segments[0] ?? 0) >= 5 ? live.second : live.segments;
}

function holds(operator: string, operand: Version, here: readonly number[], live: Version): boolean {
  // Only as many segments as were named are compared, so 15.4 is `<=15` and not `>15`.
  const order =
    compareSegments(here.slice(0, operand.segments.length), operand.segments) ||
    (operand.second ? compareSegments((live.second ?? []).slice(0, operand.second.length), operand.second) : 0);
  switch (operator) {
    case '>=':
      return order > 0 || (order === 0 && !(PRE_RELEASE.test(live.suffix) && !operand.suffix));
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '!=':
      return order !== 0 || !startsWith(here, operand.segments);
    default: {
      if (!startsWith(here, operand.segments)) return false;
      if (operand.second && !startsWith(live.second ?? [], operand.second)) return false;
      return operand.suffix === '' || sameSuffix(operand.suffix, live.suffix);
    }
  }
}

function sameSuffix(expected: string, actual: string): boolean {
  return actual.toLowerCase().startsWith(expected.toLowerCase());
}

function expectedVersions(expected: unknown): Comparison[] | undefined {
  if (typeof expected !== 'string' && typeof expected !== 'number') return undefined;
  const text = String(expected).trim();
  // Any version at all.
  if (text === '*') return [];
  if (!/^(?:>=|<=|!=|==|>|<|=)/.test(text)) {
    const operand = parseVersion(text);
    return operand ? [{ operator: '=', operand }] : undefined;
  }
  const found: Comparison[] = [];
  const rest = text.replace(COMPARISON, (_whole, operator: string, operandText: string) => {
    const operand = parseVersion(operandText);
    if (operand) found.push({ operator, operand });
    return operand ? '' : operandText;
  });
  return found.length > 0 && /^[\s,]*$/.test(rest) ? found : undefined;
}
