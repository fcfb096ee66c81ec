/** What a dry run prints and leaves beside its evidence: the page for people. */
import * as path from 'node:path';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { CommandContext } from './command.ts';
import type { Target } from './dryRunTarget.ts';
import { resultPaint } from './evidenceList.ts';
import { sign } from './evidenceShow.ts';
import { levelName } from './evidenceRoot.ts';
import { renderPage } from './reportPage.ts';
import { paint, table, wrap } from './style.ts';
import { toSlashes } from './workspace.ts';

/** Writes the HTML page and returns its absolute path; undefined where it can't be written, which changes no result. */
export async function writeReport(
  context: CommandContext,
  target: Target,
  record: EvidenceRecord,
): Promise<string | undefined> {
  const file = path.join(target.selection.root, '.drillbook', 'reports', `${record.runbook.name}-${record.id}.html`);
  try {
    await context.dependencies.files.writeAtomic(
      file,
      await renderPage(context, target.selection.root, record, 'html'),
    );
    return file;
  } catch (error) {
    context.terminal.note(
      `The report could not be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
    return undefined;
  }
}

export interface RenderOptions {
  readonly format: 'text' | 'json' | 'markdown' | 'html';
  readonly toTerminal: boolean;
  readonly evidence: string | undefined;
  readonly report: string | undefined;
}

export async function renderRun(
  context: CommandContext,
  target: Target,
  record: EvidenceRecord,
  options: RenderOptions,
): Promise<string> {
  switch (options.format) {
    case 'json':
      return `${JSON.stringify(record, undefined, 2)}\n`;
    case 'markdown':
    case 'html':
      return await renderPage(context, target.selection.root, record, options.format);
    case 'text':
      return resultText(context, record, options);
  }
}

function resultText(context: CommandContext, record: EvidenceRecord, options: RenderOptions): string {
  const style = paint(options.toTerminal && context.terminal.color);
  const width = Math.min(context.terminal.columns, 100);
  const title = `${record.runbook.name}${record.dryRun === undefined ? '' : `#${record.dryRun}`}`;
  const shown = (file: string): string => toSlashes(path.relative(context.cwd, file));
  const lines = [
    '',
    `${sign(style, record.result)} ${style.bold(title)} ${resultPaint(style, record.result)(record.result)}: level ${levelName(record.level)}, proves ${record.proves}${record.scenario === undefined ? '' : `, scenario ${record.scenario}`}`,
    ...wrap(record.summary, width - 2).map((line) => `  ${line}`),
  ];
  const checks = record.checks.map((check) => [
    sign(style, check.state),
    check.name,
    check.actual === undefined
      ? (check.message ?? '')
      : `${String(check.actual)} ${style.dim(`(expected ${check.expected})`)}`,
  ]);
  lines.push(...table(checks, context.terminal.columns));
  // What no check asks and a passed run may yet tell: a backup that was hidden, a missed schedule, an exceeded RPO.
  for (const note of record.notes.filter((each) => each.code === 'scenario'))
    lines.push(...wrap(note.message, width - 2).map((line) => `  ${line}`));
  for (const note of record.notes.filter((each) => each.severity !== 'information'))
    lines.push(...wrap(`${note.severity}: ${note.message}`, width - 2).map((line) => `  ${line}`));
  const rows = [
    ...(record.measured.statement === undefined ? [] : [['measured', record.measured.statement]]),
    ...(record.teardown.remaining.length === 0 ? [] : [['left over', record.teardown.remaining.join(', ')]]),
    ...(options.evidence === undefined ? [] : [['evidence', shown(options.evidence)]]),
    ...(options.report === undefined ? [] : [['report', shown(options.report)]]),
  ];
  lines.push(
    ...table(
      rows.map(([key, value]) => [style.dim(key ?? ''), value ?? '']),
      context.terminal.columns,
    ),
  );
  return `${lines.join('\n')}\n`;
}
