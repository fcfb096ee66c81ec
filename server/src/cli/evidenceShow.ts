/** `drillbook evidence show`: one record for people, as JSON, or played back step by step. */
import type { EvidenceRecord, StageRecord, StepRecord } from '../core/recovery/record.ts';
import { costWords, effortWords } from '../evidence/words.ts';
import { UsageError, type CommandContext, type ExitStatus } from './command.ts';
import { resultPaint } from './evidenceList.ts';
import { levelName, recordNamed } from './evidenceRoot.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { counted, paint, spokenDuration, table, wrap, type Paint } from './style.ts';

export async function run(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, ['text', 'json'], 'text');
  const wanted = context.operands[1];
  if (wanted === undefined)
    throw new UsageError('drillbook evidence show needs an id, a number, a runbook’s name, or "last".', 'evidence');
  const record = await recordNamed(context, wanted);
  await writeOutputs(context, outputs, (format, toTerminal) => {
    if (format === 'json') return `${JSON.stringify(record, undefined, 2)}\n`;
    const style = paint(toTerminal && context.terminal.color);
    return context.values.flag('replay')
      ? replay(style, record, context.terminal.columns)
      : showRecord(style, record, context.terminal.columns);
  });
  return 0;
}

/** The whole record on one screen: outcome, backup, stages, checks, budget, teardown. */
function showRecord(style: Paint, record: EvidenceRecord, columns: number): string {
  const title = `${record.runbook.name}${record.dryRun === undefined ? '' : `#${record.dryRun}`}`;
  const lines = [
    `${style.bold(title)}  ${resultPaint(style, record.result)(record.result)}  level ${levelName(record.level)}, proves ${record.proves}`,
    ...wrap(record.summary, Math.min(columns, 100)),
    '',
    ...facts(style, record, columns),
    '',
    style.heading('Stages'),
    ...table(
      record.stages.map((stage) => stageRow(style, stage)),
      columns,
    ),
  ];
  if (record.checks.length > 0) {
    lines.push(
      '',
      style.heading('Checks'),
      ...table(
        record.checks.map((check) => [
          sign(style, check.state),
          check.name,
          style.dim(`expected ${check.expected}`),
          check.actual === undefined ? (check.message ?? '') : `got ${String(check.actual)}`,
        ]),
        columns,
      ),
    );
  }
  if (record.steps !== undefined && record.steps.length > 0) {
    lines.push(
      '',
      style.heading('Steps'),
      ...table(
        record.steps.map((step) => stepRow(style, step)),
        columns,
      ),
    );
  }
  if (record.notes.length > 0) {
    lines.push(
      '',
      style.heading('Notes'),
      ...record.notes.flatMap((note) =>
        wrap(`• ${note.message}`, Math.min(columns, 100) - 2).map((line) => `  ${line}`),
      ),
    );
  }
  const { proven, removed, remaining } = record.teardown;
  const left = remaining.length === 0 ? '' : `; still there: ${remaining.join(', ')}`;
  lines.push(
    '',
    `${proven ? style.good('✔') : style.error('✖')} Teardown ${proven ? 'proven' : 'not proven'}: ${counted(removed.length, 'thing')} removed${left}.`,
  );
  if (record.hash !== undefined)
    lines.push(
      style.dim(
        `Record ${record.id}, SHA-256 ${record.hash.slice(0, 16)}…, number ${record.chain?.sequence ?? 0} of chain ${record.chain?.writer ?? ''}${record.signature === undefined ? '' : `, signed by ${record.signature.publicKey}`}.`,
      ),
    );
  return `${lines.join('\n')}\n`;
}

function facts(style: Paint, record: EvidenceRecord, columns: number): string[] {
  const { backup, measured, by } = record;
  const rows: string[][] = [
    ['when', `${record.startedAt} to ${record.finishedAt}`],
    ['who', [by.git ?? by.user, `on ${by.host}`].join(' ')],
  ];
  if (record.role !== undefined)
    rows.push([
      'role',
      `${record.role.name}${record.role.assumed ? '' : ` (not assumed: ${record.role.why ?? 'the caller’s own rights were used'})`}`,
    ]);
  if (backup !== undefined) {
    const size = backup.bytes === undefined ? '' : `, ${(backup.bytes / 1024 / 1024).toFixed(1)} MiB`;
    rows.push(['backup', `${backup.uri}${size}`]);
    if (backup.ageMs !== undefined)
      rows.push([
        'age',
        `${spokenDuration(backup.ageMs)}${measured.rpoMs === undefined ? '' : ` of an RPO of ${spokenDuration(measured.rpoMs)}`}`,
      ]);
    if (backup.checksum !== undefined) rows.push(['checksum', `${backup.checksum.algorithm} ${backup.checksum.state}`]);
  }
  if (record.sandbox !== undefined)
    rows.push([
      'sandbox',
      [record.sandbox.kind, record.sandbox.engine, record.sandbox.version]
        .filter((each) => each !== undefined)
        .join(' '),
    ]);
  if (measured.statement !== undefined) rows.push(['measured', measured.statement]);
  for (const [name, words] of [
    ['effort', effortWords(record.budget)],
    ['cost', costWords(record.budget)],
  ] as const)
    if (words !== undefined) rows.push([name, words]);
  const commit =
    record.runbook.commit === undefined
      ? ''
      : ` at ${record.runbook.commit.slice(0, 12)}${record.runbook.dirty === true ? ' with changes' : ''}`;
  rows.push(['runbook', `${record.runbook.file}${commit}`]);
  if (record.controls.length > 0)
    rows.push(['supports', record.controls.map((each) => `${each.framework} ${each.control}`).join(', ')]);
  return table(
    rows.map(([key, value]) => [style.dim(key ?? ''), value ?? '']),
    columns,
  );
}

function stageRow(style: Paint, stage: StageRecord): string[] {
  return [
    sign(style, stage.state),
    stage.stage,
    stage.durationMs === undefined ? '' : spokenDuration(stage.durationMs),
    stage.message ?? '',
  ];
}

function stepRow(style: Paint, step: StepRecord): string[] {
  const said = [
    step.by === undefined ? '' : `by ${step.by}`,
    step.approvedBy === undefined ? '' : `approved by ${step.approvedBy}`,
    step.message ?? '',
  ];
  return [
    sign(style, step.state),
    step.id,
    step.durationMs === undefined ? '' : spokenDuration(step.durationMs),
    said.filter((each) => each !== '').join('; '),
  ];
}

export function sign(style: Paint, state: string): string {
  if (state === 'passed' || state === 'confirmed') return style.good('✔');
  if (state === 'failed') return style.error('✖');
  return state === 'skipped' ? style.dim('–') : style.warning('?');
}

/** The steps in their order, each with its time from the start: what whoever comes next wants to see. */
function replay(style: Paint, record: EvidenceRecord, columns: number): string {
  const start = Date.parse(record.startedAt);
  const moments = [
    ...record.stages.map((stage) => ({ at: stage.startedAt, row: stageRow(style, stage) })),
    ...(record.steps ?? []).map((step) => ({ at: step.startedAt, row: stepRow(style, step) })),
  ]
    .filter((moment): moment is { at: string; row: string[] } => moment.at !== undefined)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const rows = moments.map(({ at, row }) => [
    style.dim(`+${spokenDuration(Math.max(0, Date.parse(at) - start))}`),
    ...row,
  ]);
  const people =
    record.people === undefined
      ? ''
      : `With ${record.people.map((each) => `${each.name} (${each.part})`).join(', ')}.\n`;
  return `${style.bold(record.runbook.title ?? record.runbook.name)}, ${record.startedAt}\n${people}\n${table(rows, columns).join('\n')}\n\n${record.summary}\n`;
}
