/** Findings → exit status, to the letter of the contract. */
import type { Severity } from '../core/finding.ts';
import { SEVERITIES } from '../core/finding.ts';
import type { ExitStatus } from './command.ts';

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
