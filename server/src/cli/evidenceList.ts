/** `drillbook evidence list`: every record, the newest first. */
import type { EvidenceEntry } from '../core/rules/rule.ts';
import { UsageError, type CommandContext, type ExitStatus } from './command.ts';
import { entriesOf, levelName } from './evidenceRoot.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';
import { counted, paint, spokenDuration, table, type Paint } from './style.ts';

export async function run(context: CommandContext): Promise<ExitStatus> {
  const outputs = parseOutputs(context, ['text', 'json'], 'text');
  const limit = Number(context.values.text('limit') ?? 'Infinity');
  if (!(limit >= 1)) throw new UsageError('--limit is a number from 1 up.');
  const all = await entriesOf(context, context.operands[1]);
  const entries = all.slice(0, limit);
  await writeOutputs(context, outputs, (format, toTerminal) => {
    if (format === 'json') {
      const records = entries.map((entry) => ({
        ...entry.summary,
        sequence: entry.sequence,
        writer: entry.writer,
        hash: entry.recordHash,
      }));
      return `${JSON.stringify({ version: 1, total: all.length, records }, undefined, 2)}\n`;
    }
    const style = paint(toTerminal && context.terminal.color);
    if (entries.length === 0) return 'No evidence yet; drillbook dry-run makes some.\n';
    const head = ['id', 'when', 'runbook', 'level', 'result', 'proves', 'restored in', 'by'].map(style.dim);
    const rows = entries.map(({ summary }) => row(style, summary));
    const more =
      entries.length < all.length
        ? `${entries.length} of ${counted(all.length, 'record')}`
        : counted(all.length, 'record');
    return `${table([head, ...rows], context.terminal.columns).join('\n')}\n\n${more}.\n`;
  });
  return 0;
}

function row(style: Paint, entry: EvidenceEntry): string[] {
  const part = [entry.dryRun, entry.scenario].filter((each) => each !== undefined).join(' ');
  return [
    style.name(entry.id.slice(0, 18)),
    entry.startedAt.replace('T', ' ').slice(0, 16),
    part === '' ? entry.runbook : `${entry.runbook}#${part}`,
    levelName(entry.level),
    resultPaint(style, entry.result)(entry.result),
    entry.level === 5 ? '' : entry.proves,
    entry.restoreMs === undefined ? '' : spokenDuration(entry.restoreMs),
    entry.by ?? '',
  ];
}

export function resultPaint(style: Paint, result: string): (text: string) => string {
  if (result === 'passed') return style.good;
  return result === 'failed' ? style.error : style.warning;
}
