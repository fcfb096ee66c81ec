/** How many findings of a file an editor is shown: enough to work on, and few enough that none is slow for it. */
import type { Diagnostic } from 'vscode-languageserver';
import { rangeOf } from '../core/document/navigate.ts';
import type { Finding, Severity } from '../core/finding.ts';
import { findingSpan } from '../core/findingSpan.ts';
import { SERVER_NAME } from '../protocol.ts';
import type { DiagnosticContext } from './toDiagnostic.ts';

/** Findings of one file that are shown; editors themselves stop at about twice as many. */
const MOST = 500;
const WORST_FIRST: readonly Severity[] = ['error', 'warning', 'information'];

/** The findings to show, in their order, the worst where there are too many, and those that are left out. */
export function mostTelling(
  findings: readonly Finding[],
  most = MOST,
): { readonly shown: readonly Finding[]; readonly left: readonly Finding[] } {
  if (findings.length <= most) return { shown: findings, left: [] };
  const chosen = new Set<Finding>();
  for (const severity of WORST_FIRST) {
    for (const finding of findings) {
      if (chosen.size === most) break;
      if (finding.severity === severity) chosen.add(finding);
    }
  }
  return {
    shown: findings.filter((each) => chosen.has(each)),
    left: findings.filter((each) => !chosen.has(each)),
  };
}

/** Says how many more there are, where the first of them stands. */
export function leftOut(left: readonly Finding[], file: string, { parsed }: DiagnosticContext): Diagnostic {
  const first = left
    .map((finding) => findingSpan(parsed, finding))
    .reduce((one, other) => (other.start < one.start ? other : one), {
      start: parsed.text.length,
      end: parsed.text.length,
    });
  const counts = WORST_FIRST.flatMap((severity) => {
    const count = left.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 || severity === 'information' ? '' : 's'}`];
  });
  return {
    range: rangeOf(parsed, first),
    severity: 3,
    source: SERVER_NAME,
    message: `${left.length} more findings of this file (${counts.join(', ')}) are not shown here: mend some, or list them all with drillbook check ${file}.`,
  };
}
