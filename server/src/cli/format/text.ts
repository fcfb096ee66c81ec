/** The format for people: findings by file, each with the line it speaks of, and one line that sums up. */
import { counted, displayWidth, paint, printable, spokenDuration, wrap, type Paint } from '../style.ts';
import type { FormatContext, Report, ReportFinding } from './report.ts';

/** More places than this help nobody. */
const RELATED_SHOWN = 3;
const SIGNS = { error: '✖', warning: '▲', information: 'ℹ', unchecked: '?' } as const;

export function formatText(report: Report, context: FormatContext): string {
  return `${findingsText(report.findings, context)}${summaryText(report, context)}`;
}

/** What of the context the findings themselves are set with. */
export type FindingsContext = Pick<FormatContext, 'color' | 'columns' | 'now' | 'linesOf' | 'shownPath'>;

/** The findings by file, each file under its name. Of several files in turn it is that of each, one after another. */
export function findingsText(findings: readonly ReportFinding[], context: FindingsContext): string {
  const style = paint(context.color);
  const lines: string[] = [];
  let file: string | undefined;
  for (const finding of findings) {
    if (finding.file !== file) {
      lines.push(style.heading(context.shownPath(finding.file)), '');
      file = finding.file;
    }
    lines.push(...findingLines(style, finding, context), '');
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** What of the report is summed up. */
type Sums = Pick<Report, 'summary' | 'files' | 'documents' | 'calls' | 'durationMs'>;

/** The lines at the end, which sum up. */
export function summaryText(
  report: Sums,
  context: Pick<FormatContext, 'color' | 'command' | 'resources'> & {
    readonly suppressed: { readonly length: number };
  },
): string {
  return `${summaryLines(paint(context.color), report, context).join('\n')}\n`;
}

type SummaryContext = Parameters<typeof summaryText>[1];

function findingLines(style: Paint, finding: ReportFinding, context: FindingsContext): string[] {
  const kind = finding.code.startsWith('unchecked/') ? 'unchecked' : finding.severity;
  const place = `${context.shownPath(finding.file)}:${finding.range.start.line + 1}:${finding.range.start.character + 1}`;
  const head = `${style[kind](`${SIGNS[kind]} ${kind === 'unchecked' ? 'not checked' : finding.severity}`)}  ${style.bold(finding.code)}  ${style.dim(place)}`;
  const message = wrap(printable(finding.message), Math.max(40, Math.min(context.columns, 120) - 4));
  const all = finding.related ?? [];
  const more = all.length > RELATED_SHOWN ? [`    ${style.dim(`↳ and ${all.length - RELATED_SHOWN} more`)}`] : [];
  const related = all
    .slice(0, RELATED_SHOWN)
    .map(
      (each) =>
        `    ${style.dim(`↳ ${context.shownPath(each.file)}:${each.range.start.line + 1}: ${printable(each.message)}`)}`,
    );
  return [
    `  ${head}`,
    ...message.map((line) => `    ${line}`),
    ...frame(style, kind, finding, context),
    ...related,
    ...more,
  ];
}

/** The line before, the line itself, and what is wrong of it, underlined. */
function frame(
  style: Paint,
  kind: 'error' | 'warning' | 'information' | 'unchecked',
  finding: ReportFinding,
  context: FindingsContext,
): string[] {
  const lines = context.linesOf(finding.file);
  const { start, end } = finding.range;
  const line = lines?.[start.line];
  if (lines === undefined || line === undefined || line.trim() === '') return [];
  const gutter = String(start.line + 1).length;
  const room = Math.max(30, Math.min(context.columns, 160) - gutter - 8);
  const offset = start.character > room - 12 ? start.character - Math.floor(room / 3) : 0;
  const show = (text: string): string => cutLine(printable(text).replaceAll('\t', ' '), offset, room);
  const stop = end.line === start.line ? end.character : line.length;
  const before = displayWidth(show(line).slice(0, start.character - offset));
  const marked = displayWidth(line.slice(start.character, Math.max(stop, start.character + 1)));
  const length = Math.max(1, Math.min(marked, room - before));
  const live = liveNote(finding, context);
  const out: string[] = [];
  const previous = lines[start.line - 1];
  if (previous !== undefined && previous.trim() !== '') {
    out.push(style.dim(`    ${String(start.line).padStart(gutter)} │ ${show(previous)}`));
  }
  out.push(`    ${style.dim(`${start.line + 1} │`)} ${show(line)}`);
  out.push(
    `    ${style.dim(`${' '.repeat(gutter)} │`)} ${' '.repeat(before)}${style[kind]('~'.repeat(length))}${live === '' ? '' : style.dim(` ${live}`)}`,
  );
  return out;
}

function cutLine(text: string, offset: number, room: number): string {
  const from = offset === 0 ? text : `…${text.slice(offset + 1)}`;
  return from.length > room ? `${from.slice(0, room - 1)}…` : from;
}

/** `live: 16.3, seen 2 min ago` */
function liveNote(finding: ReportFinding, context: FindingsContext): string {
  if (finding.observedAt === undefined) return '';
  const age = context.now - Date.parse(finding.observedAt);
  const seen = Number.isFinite(age) && age >= 1000 ? `seen ${spokenDuration(age)} ago` : 'seen just now';
  if (finding.actual === undefined) return finding.code.startsWith('drift/') ? seen : '';
  const actual = typeof finding.actual === 'string' ? finding.actual : JSON.stringify(finding.actual);
  return actual.length > 40 ? seen : `live: ${printable(actual)}, ${seen}`;
}

function summaryLines(style: Paint, report: Sums, context: SummaryContext): string[] {
  const { error, warning, information, unchecked, factsCompared } = report.summary;
  const parts = [
    ...(error > 0 ? [style.error(counted(error, 'error'))] : []),
    ...(warning > 0 ? [style.warning(counted(warning, 'warning'))] : []),
    ...(information > 0 ? [style.information(counted(information, 'hint'))] : []),
    ...(unchecked > 0 ? [style.unchecked(`${unchecked} not checked`)] : []),
  ];
  const what = `${counted(report.documents, 'document')} in ${counted(report.files, 'file')}`;
  const accepted = context.suppressed.length === 0 ? '' : `, ${context.suppressed.length} accepted`;
  const lines = [
    parts.length === 0
      ? `${style.good('✔')} Nothing found in ${what}${accepted}.`
      : `${parts.join(', ')} in ${what}${accepted}.`,
  ];
  if (context.command === 'drift') lines.push(style.dim(liveSummary(report, context, factsCompared)));
  return lines;
}

function liveSummary(report: Sums, context: SummaryContext, facts: number): string {
  const calls = Object.values(report.calls).reduce((sum, count) => sum + count, 0);
  return `Compared ${counted(facts, 'fact')} of ${counted(context.resources, 'resource')} with ${counted(calls, 'live call')} in ${spokenDuration(report.durationMs)}.`;
}
