/** The drawings of a report as inline SVG: the stages against the RTO, and the trend of restore time. No scripts, no style attributes. */
import { shortTime } from '../core/recovery/measure.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { EvidenceEntry } from '../core/rules/rule.ts';
import { steerless } from './words.ts';

/** Drawn for a panel beside the runbook, where most people read it: the words stay legible there. */
const WIDTH = 520;
const LEFT = 88;
const ROW = 22;
/** Room behind the last bar for its time and state: `44 min inconclusive`. */
const RIGHT = 130;

export function escapeHtml(text: string): string {
  return steerless(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Stages as bars over time, with the RTO as a line where it fits. */
export function timelineSvg(record: EvidenceRecord): string {
  const shown = record.stages.filter((stage) => stage.startedAt !== undefined && stage.state !== 'skipped');
  if (shown.length === 0) return '';
  const start = Math.min(...shown.map((stage) => Date.parse(stage.startedAt ?? '')));
  const end = Math.max(...shown.map((stage) => Date.parse(stage.finishedAt ?? stage.startedAt ?? '')));
  const span = Math.max(1, end - start);
  const { rtoMs, elapsedMs } = record.measured;
  const fetch = shown.find((stage) => stage.stage === 'fetch+verify');
  const from = Date.parse(fetch?.startedAt ?? shown[0]?.startedAt ?? '');
  const fits = rtoMs !== undefined && from - start + rtoMs <= span * 4;
  const whole = fits ? Math.max(span, from - start + rtoMs) * 1.02 : span;
  const x = (ms: number): number => LEFT + (ms / whole) * (WIDTH - LEFT - RIGHT);
  const rows = shown.map((stage, index) => {
    const began = Date.parse(stage.startedAt ?? '') - start;
    const width = Math.max(2, x(began + (stage.durationMs ?? 0)) - x(began));
    const y = index * ROW + 8;
    const label = `${stage.stage}: ${stage.state}, ${shortTime(stage.durationMs ?? 0)}`;
    return `<g><title>${escapeHtml(label)}</title><text class="label" x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${escapeHtml(stage.stage)}</text><rect class="bar ${stage.state}" x="${x(began).toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="15" rx="2"/><text class="time" x="${(x(began) + width + 5).toFixed(1)}" y="${y + 12}">${shortTime(stage.durationMs ?? 0)}${stage.state === 'passed' ? '' : ` ${escapeHtml(stage.state)}`}</text></g>`;
  });
  const height = shown.length * ROW + 34;
  const line = fits
    ? `<line class="rto" x1="${x(from - start + rtoMs).toFixed(1)}" x2="${x(from - start + rtoMs).toFixed(1)}" y1="2" y2="${height - 24}"/><text class="rto-label" x="${x(from - start + rtoMs).toFixed(1)}" y="${height - 10}" text-anchor="end">RTO ${shortTime(rtoMs)}</text>`
    : rtoMs === undefined
      ? ''
      : `<text class="time" x="${WIDTH - 4}" y="${height - 10}" text-anchor="end">${shareOf(elapsedMs, rtoMs)}, whose end lies beyond this drawing</text>`;
  const words = shown.map((stage) => `${stage.stage} ${stage.state} in ${shortTime(stage.durationMs ?? 0)}`).join('; ');
  return `<svg class="timeline" role="img" viewBox="0 0 ${WIDTH} ${height}" aria-label="${escapeHtml(`Timeline: ${words}${rtoMs === undefined ? '' : `; RTO ${shortTime(rtoMs)}`}`)}">${rows.join('')}${line}</svg>`;
}

/** `under 0.1 % of the RTO (60 min) used`: far from it is nothing to warn of. */
function shareOf(elapsedMs: number | undefined, rtoMs: number): string {
  if (elapsedMs === undefined) return `RTO ${shortTime(rtoMs)}`;
  const percent = (elapsedMs / rtoMs) * 100;
  return `${percent < 0.1 ? 'under 0.1' : percent.toFixed(1)} % used of the RTO of ${shortTime(rtoMs)}`;
}

/** Restore times of passed runs, oldest first, with the RTO where it fits. */
export function trendSvg(history: readonly EvidenceEntry[], rtoMs: number | undefined): string {
  const runs = history
    .filter((entry) => entry.result === 'passed' && entry.elapsedMs !== undefined && entry.level >= 3)
    .sort((left, right) => (left.finishedAt < right.finishedAt ? -1 : 1))
    .slice(-30);
  if (runs.length < 2) return '';
  const highest = Math.max(...runs.map((run) => run.elapsedMs ?? 0));
  const top = rtoMs !== undefined && rtoMs < highest * 3 ? Math.max(highest, rtoMs) : highest;
  const height = 140;
  const right = WIDTH - 60;
  const x = (index: number): number => LEFT + (index / (runs.length - 1)) * (right - LEFT);
  const y = (ms: number): number => height - 24 - (ms / top) * (height - 44);
  const points = runs.map((run, index) => `${x(index).toFixed(1)},${y(run.elapsedMs ?? 0).toFixed(1)}`).join(' ');
  const dots = runs.map(
    (run, index) =>
      `<circle class="dot" cx="${x(index).toFixed(1)}" cy="${y(run.elapsedMs ?? 0).toFixed(1)}" r="3"><title>${escapeHtml(`${run.finishedAt.slice(0, 10)}: ${shortTime(run.elapsedMs ?? 0)}`)}</title></circle>`,
  );
  const limit =
    rtoMs !== undefined && rtoMs <= top
      ? `<line class="rto" x1="${LEFT}" x2="${right}" y1="${y(rtoMs).toFixed(1)}" y2="${y(rtoMs).toFixed(1)}"/><text class="rto-label" x="${LEFT - 8}" y="${(y(rtoMs) + 4).toFixed(1)}" text-anchor="end">RTO ${shortTime(rtoMs)}</text>`
      : '';
  const first = runs[0];
  const last = runs.at(-1);
  const lastMs = last?.elapsedMs ?? 0;
  return `<svg class="trend" role="img" viewBox="0 0 ${WIDTH} ${height}" aria-label="${escapeHtml(`Trend of ${runs.length} passed runs: from ${shortTime(first?.elapsedMs ?? 0)} to ${shortTime(lastMs)}`)}">${limit}<polyline class="line" points="${points}"/>${dots.join('')}<text class="label" x="${LEFT - 8}" y="${(y(highest) + 4).toFixed(1)}" text-anchor="end">${shortTime(highest)}</text><text class="time" x="${right + 8}" y="${(y(lastMs) + 4).toFixed(1)}">${shortTime(lastMs)}</text><text class="label" x="${LEFT}" y="${height - 6}">${first?.finishedAt.slice(0, 10) ?? ''}</text><text class="label" x="${right}" y="${height - 6}" text-anchor="end">${last?.finishedAt.slice(0, 10) ?? ''}</text></svg>`;
}
