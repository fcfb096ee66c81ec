/** Findings → exit status, to the letter of the contract. */
import type { Severity } from '../core/finding.ts';
import { SEVERITIES } from '../core/finding.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import type { Counts } from './foundRow.ts';

export interface Weighed {
  readonly code: string;
  readonly severity: Severity;
}

/** 1 where a finding reaches `failOn`; else 3 where something was not checked; else 0. What is unchecked never makes it 1. */
export function statusOf(findings: readonly Weighed[], failOn: Severity): ExitStatus {
  const bound = SEVERITIES.indexOf(failOn);
  if (findings.some((each) => !isUnchecked(each.code) && SEVERITIES.indexOf(each.severity) <= bound)) return 1;
  return findings.some((each) => isUnchecked(each.code)) ? 3 : 0;
}

export function isUnchecked(code: string): boolean {
  return code.startsWith('unchecked/');
}

/** The same of how many there are of each. */
export function statusOfCounts([error, warning, information, unchecked]: Counts, failOn: Severity): ExitStatus {
  const counted = { error, warning, information };
  const there = SEVERITIES.filter((severity) => counted[severity] > 0).map((severity) => ({ code: '', severity }));
  return statusOf(unchecked > 0 ? [...there, { code: 'unchecked/', severity: 'error' as const }] : there, failOn);
}

/** `--fail-on`. */
export function severityAsked({ values }: Pick<CommandContext, 'values'>): Severity {
  const written = values.text('fail-on');
  return written === 'warning' || written === 'information' ? written : 'error';
}
