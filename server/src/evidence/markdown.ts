/** The report of a record as Markdown, for pull requests and tickets. */
import { shortTime } from '../core/recovery/measure.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { EvidenceEntry } from '../core/rules/rule.ts';
import { factsOf, provesWords, steerless, titleOf } from './words.ts';

/** The same content as the HTML report; the timeline is a table. */
export function renderMarkdown(record: EvidenceRecord, history: readonly EvidenceEntry[] = []): string {
  const lines: string[] = [
    `# ${escape(titleOf(record))}`,
    '',
    `**${record.result}**: ${escape(record.summary)}`,
    '',
    provesWords(record),
    '',
  ];
  if (record.measured.statement !== undefined)
    lines.push(`${record.measured.statement.charAt(0).toUpperCase()}${record.measured.statement.slice(1)}.`, '');
  table(
    lines,
    'Checks',
    ['State', 'Check', 'Expected', 'Actual', 'Message'],
    record.checks.map((check) => [
      check.state,
      check.name,
      check.expected,
      check.actual === undefined ? '' : String(check.actual),
      check.message ?? '',
    ]),
  );
  table(
    lines,
    'Steps',
    ['State', 'Step', 'Kind', 'Time', 'By', 'Message'],
    (record.steps ?? []).map((step) => [
      step.state,
      step.id,
      step.kind,
      step.durationMs === undefined ? '' : shortTime(step.durationMs),
      [step.by ?? '', step.approvedBy === undefined ? '' : `approved by ${step.approvedBy}`]
        .filter((each) => each !== '')
        .join(', '),
      step.message ?? '',
    ]),
  );
  table(
    lines,
    'Timeline',
    ['Stage', 'State', 'Time', 'What'],
    record.stages.map((stage) => [
      stage.stage,
      stage.state,
      stage.durationMs === undefined ? '' : shortTime(stage.durationMs),
      stage.message ?? '',
    ]),
  );
  list(
    lines,
    'Findings on the way',
    record.notes.map((note) => `${note.severity}: ${note.message}`),
  );
  if (record.drift.state === 'compared') {
    list(lines, 'Drift when it began', [
      `${record.drift.factsCompared} facts compared, ${record.drift.unchecked} not checked`,
      ...record.drift.findings.map((finding) => `${finding.severity} ${finding.code}: ${finding.message}`),
    ]);
  }
  table(
    lines,
    'Facts',
    ['What', 'Value'],
    factsOf(record).map(([name, value]) => [name, value]),
  );
  table(
    lines,
    'Budget',
    ['Item', 'Effort', 'Cost', 'How'],
    (record.budget?.items ?? []).map((item) => [
      item.item,
      item.effortMs === undefined ? '' : shortTime(item.effortMs),
      item.cost === undefined ? '' : `${item.cost} ${item.currency ?? ''}`,
      item.how,
    ]),
  );
  if (record.kind === 'dry-run')
    list(lines, 'Teardown', [
      record.teardown.proven
        ? 'Everything that was made was removed, looked for again, and not found.'
        : 'Not everything could be removed.',
      ...record.teardown.removed.map((each) => `removed: ${each}`),
      ...record.teardown.remaining.map((each) => `still there: ${each}`),
    ]);
  const runs = history
    .filter(
      (entry) =>
        entry.runbook === record.runbook.name &&
        entry.dryRun === record.dryRun &&
        entry.result === 'passed' &&
        entry.elapsedMs !== undefined,
    )
    .slice(0, 10);
  table(
    lines,
    'Trend',
    ['Finished', 'Elapsed'],
    runs.map((entry) => [entry.finishedAt, shortTime(entry.elapsedMs ?? 0)]),
  );
  list(
    lines,
    'Supports these controls',
    record.controls.map((control) => `${control.framework} ${control.control}: ${control.title}`),
  );
  lines.push(`${record.tool.name} ${record.tool.version}, record ${record.id}. Row values are never recorded.`, '');
  return lines.join('\n');
}

function table(lines: string[], title: string, heads: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  lines.push(
    `## ${title}`,
    '',
    `| ${heads.join(' | ')} |`,
    `| ${heads.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.map(escape).join(' | ')} |`),
    '',
  );
}

function list(lines: string[], title: string, items: readonly string[]): void {
  if (items.length > 0) lines.push(`## ${title}`, '', ...items.map((item) => `- ${escape(item)}`), '');
}

/** What came from outside must not become markup. */
function escape(text: string): string {
  return steerless(text.replace(/[\r\n]+/gu, ' ')).replace(/[\\`*_[\]<>|~$&]/gu, '\\$&');
}
