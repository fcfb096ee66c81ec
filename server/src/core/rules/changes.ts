/** When findings that depend on the time may read differently: what a kept result must not outlive. */
import { CLOCK_SKEW_MS, finished } from '../recovery/cadence.ts';
import type { EvidenceSummary } from './rule.ts';

const DAY = 86_400_000;

/** Tells the next moment after `now` that is whole days away from `from`: an age in days changes there, and what falls due at `from` does. */
export function tellDays(changesAt: ((ms: number) => void) | undefined, from: number, now: number): void {
  changesAt?.(from + (Math.floor((now - from) / DAY) + 1) * DAY);
}

/** The moment until which nothing changes but by what the rules themselves tell: the next midnight, or an age or a future record of the evidence. */
export function steadyUntil(evidence: EvidenceSummary, now: number): number {
  let until = (Math.floor(now / DAY) + 1) * DAY;
  const take = (ms: number): void => {
    until = Math.min(until, ms);
  };
  for (const record of evidence.entries) {
    const at = finished(record);
    tellDays(take, at, now);
    tellDays(take, at - CLOCK_SKEW_MS, now);
  }
  return until;
}
