/** Where a finding stands on a parse: its anchor narrowed by its span. */
import { spanAt } from './document/navigate.ts';
import type { ParsedDocument, ParsedText, Span } from './document/node.ts';
import type { Finding } from './finding.ts';

/** The exact span of a finding on this parse; where its path is gone, the nearest parent's key. */
export function findingSpan(
  parsed: ParsedText,
  finding: Pick<Finding, 'document' | 'path' | 'at' | 'span' | 'relative'>,
): Span {
  const document: ParsedDocument | undefined = parsed.documents.find((each) => each.index === finding.document);
  if (finding.span && finding.relative !== true) return bounded(finding.span, parsed);
  if (!document) return { start: 0, end: 0 };
  const anchor = spanAt(document, finding.path, finding.at);
  if (!finding.span) return anchor;
  const start = anchor.start + finding.span.start;
  const end = anchor.start + finding.span.end;
  // The text may have changed since: a finding never reaches beyond what it is anchored to.
  return end <= anchor.end ? { start, end } : anchor;
}

function bounded(span: Span, parsed: ParsedText): Span {
  const { length } = parsed.text;
  return { start: Math.min(span.start, length), end: Math.min(span.end, length) };
}
