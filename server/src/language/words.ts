/** Times and ages in words, as lenses, hovers and hints say them. */
import { formatDuration } from '../core/values/duration.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `just now`, `2 min ago`, `3 h ago`, `5 days ago`. */
export function ago(ms: number): string {
  if (ms < MINUTE) return 'just now';
  return `${span(ms)} ago`;
}

/** `2 min`, `3 h`, `5 days`: one unit, rounded down. */
export function span(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} days`;
}

/** Age of an ISO time in words; empty where it is none. */
export function agoOf(iso: string | undefined, now: number): string {
  const time = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isFinite(time) ? ago(Math.max(0, now - time)) : '';
}

/** `22m of 1h RTO`: a measured time beside its objective. */
export function against(ms: number, objectiveMs: number | undefined, name: string): string {
  return objectiveMs === undefined
    ? formatDuration(ms)
    : `${formatDuration(ms)} of ${formatDuration(objectiveMs)} ${name}`;
}

/** Long enough to plan a mend, short enough to be remembered. */
const SUPPRESSED_DAYS = 30;

/** The day until which a new suppression holds. */
export function untilDate(now: number): string {
  return new Date(now + SUPPRESSED_DAYS * DAY).toISOString().slice(0, 10);
}

/** `1 runbook`, `2 runbooks`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
