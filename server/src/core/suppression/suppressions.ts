/** Leaves out the findings that a comment suppresses, brings them back after its date, and finds comments that do nothing. */
import { pairAt, positionAt } from '../document/navigate.ts';
import type { ParsedText } from '../document/node.ts';
import type { Finding } from '../finding.ts';
import { findingSpan } from '../findingSpan.ts';
import { endOf, suppressionsOf, type Suppression } from './parse.ts';

export { suppressionsOf, type Suppression } from './parse.ts';

export interface SuppressionOptions {
  /** Is told every finding that was left out, with the comment that did it. */
  readonly onSuppressed?: (finding: Finding, by: Suppression) => void;
}

/** The findings of one text that no comment suppresses, those past the date with a word on it. Order is kept. */
export function applySuppressions(
  parsed: ParsedText,
  findings: readonly Finding[],
  now: number,
  options: SuppressionOptions = {},
): Finding[] {
  const suppressions = suppressionsOf(parsed);
  if (suppressions.length === 0) return [...findings];
  return match(parsed, suppressions, findings, now, options).kept;
}

/** As `applySuppressions`, with the findings about the comments themselves: malformed ones, and idle ones of what was evaluated. */
export function checkSuppressions(
  parsed: ParsedText,
  file: string,
  findings: readonly Finding[],
  now: number,
  options: SuppressionOptions & {
    /** Whether all findings of that code and document were looked for, so that one that is not there is really gone. */
    readonly evaluated: (code: string, document: number, suppression: Suppression) => boolean;
  },
): Finding[] {
  const suppressions = suppressionsOf(parsed);
  if (suppressions.length === 0) return [...findings];
  const { kept, used } = match(parsed, suppressions, findings, now, options);
  const own = suppressions.flatMap((each) => {
    const finding = each.fault
      ? malformed(each, file)
      : used.has(each) || !options.evaluated(each.code, each.document, each)
        ? undefined
        : idle(each, file, parsed);
    return finding ?? [];
  });
  return [...kept, ...own];
}

function match(
  parsed: ParsedText,
  suppressions: readonly Suppression[],
  findings: readonly Finding[],
  now: number,
  options: SuppressionOptions,
): { readonly kept: Finding[]; readonly used: ReadonlySet<Suppression> } {
  const used = new Set<Suppression>();
  const kept = findings.flatMap((finding): Finding[] => {
    const meant = suppressions.filter(
      (each) => !each.fault && each.code === finding.code && each.document === finding.document,
    );
    if (meant.length === 0) return [finding];
    const lines = linesOf(parsed, finding);
    const hits = meant.filter((each) => each.lines.some((line) => lines.includes(line)));
    for (const hit of hits) used.add(hit);
    const valid = hits.find((each) => now < (endOf(each.until ?? '') ?? 0));
    if (valid) {
      options.onSuppressed?.(finding, valid);
      return [];
    }
    const ended = hits[0];
    return [ended ? expired(finding, ended) : finding];
  });
  return { kept, used };
}

/** The lines that a comment can mean a finding by: where it starts, and where the pair that it is anchored to starts. */
function linesOf(parsed: ParsedText, finding: Finding): readonly number[] {
  const lines = [positionAt(parsed, findingSpan(parsed, finding).start).line];
  const document = parsed.documents.find((each) => each.index === finding.document);
  const pair = document && pairAt(document, finding.path);
  if (pair) lines.push(positionAt(parsed, pair.key.start).line);
  return lines;
}

function expired(finding: Finding, by: Suppression): Finding {
  const message = `${finding.message} (Its drillbook-ignore ended on ${by.until ?? ''}.)`;
  return { ...finding, message, data: { ...finding.data, suppressionEnded: by.until ?? '' } };
}

function malformed(suppression: Suppression, file: string): Finding | undefined {
  const { fault, document } = suppression;
  if (!fault) return undefined;
  const fixes = fault.suggestions.map((code) => ({
    title: `Change to "${code}"`,
    edits: [{ span: fault.span, newText: code }],
  }));
  return {
    code: 'schema/suppression',
    severity: 'error',
    message: fault.message,
    file,
    document,
    path: [],
    span: fault.span,
    ...(fixes.length > 0 ? { fixes } : {}),
    data: { code: suppression.code },
  };
}

function idle(suppression: Suppression, file: string, parsed: ParsedText): Finding {
  const { comment, code, document } = suppression;
  const line = positionAt(parsed, comment.start).line;
  const lineStart = parsed.lineStarts[line] ?? 0;
  const before = parsed.text.slice(lineStart, comment.start);
  // A comment alone on its line goes with the line; one behind a value with the blanks before it.
  const alone = before.trim() === '';
  const start = alone ? lineStart : comment.start - (before.length - before.trimEnd().length);
  const end = alone ? (parsed.lineStarts[line + 1] ?? comment.end) : comment.end;
  return {
    code: 'practice/idle-suppression',
    severity: 'information',
    message: `There is no ${code} here, so this drillbook-ignore suppresses nothing; take it out.`,
    file,
    document,
    path: [],
    span: { start: comment.start, end: comment.end },
    fixes: [
      {
        title: 'Remove the idle drillbook-ignore',
        edits: [{ span: { start, end }, newText: '' }],
        safe: true,
        preferred: true,
      },
    ],
    data: { code },
  };
}
