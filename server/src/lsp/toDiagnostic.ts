/** A finding as the protocol's diagnostic, placed on the current parse. */
import type {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
} from 'vscode-languageserver';
import { rangeOf, spanAt } from '../core/document/navigate.ts';
import type { ParsedText } from '../core/document/node.ts';
import type { Finding, Severity } from '../core/finding.ts';
import { findingSpan } from '../core/findingSpan.ts';
import { agoOf } from '../language/words.ts';
import { SERVER_NAME } from '../protocol.ts';

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = { error: 1, warning: 2, information: 3 };
const UNNECESSARY: DiagnosticTag = 1;
/** Findings that mark a text which does nothing: shown faded. */
const IDLE = /\/(?:idle|unused)-/u;

export interface DiagnosticContext {
  readonly parsed: ParsedText;
  /** The parse and the URI of another file of the workspace. */
  readonly elsewhere: (file: string) => { readonly uri: string; readonly parsed: ParsedText } | undefined;
  readonly helpUri: (code: string) => string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The diagnostic of a finding. */
export function toDiagnostic(finding: Finding, context: DiagnosticContext): Diagnostic {
  const href = context.helpUri(finding.code);
  const related = (finding.related ?? []).flatMap((each): DiagnosticRelatedInformation[] => {
    const other = context.elsewhere(each.file);
    const document = other?.parsed.documents[each.document];
    if (!other || !document) return [];
    const range = rangeOf(other.parsed, each.span ?? spanAt(document, each.path, 'key'));
    return [{ location: { uri: other.uri, range }, message: each.message }];
  });
  return {
    range: rangeOf(context.parsed, findingSpan(context.parsed, finding)),
    severity: SEVERITY[finding.severity],
    code: finding.code,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    source: SERVER_NAME,
    message: messageOf(finding, context.now),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...(IDLE.test(finding.code) ? { tags: [UNNECESSARY] } : {}),
    data: {
      document: finding.document,
      path: finding.path,
      ...(finding.resource ? { resource: finding.resource } : {}),
      ...(finding.expected === undefined ? {} : { expected: finding.expected }),
      ...(finding.actual === undefined ? {} : { actual: finding.actual }),
      ...(finding.observedAt ? { observedAt: finding.observedAt } : {}),
      ...(finding.data ?? {}),
    },
  };
}

/** What is said of live infrastructure says how old it is. */
function messageOf(finding: Finding, now: number): string {
  const age = agoOf(finding.observedAt, now);
  return age === '' ? finding.message : `${finding.message} (seen ${age})`;
}
