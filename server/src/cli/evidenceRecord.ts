/** `drillbook evidence record`: a guided record of a drill, over the terminal or lines on standard input. */
import { createInterface } from 'node:readline';
import { recordEvidence } from '../app/recordEvidence.ts';
import type { Conversation } from '../core/recovery/stepTalk.ts';
import { newRunId } from '../evidence/journal.ts';
import { withQuietEnd } from '../platform/standardOutput.ts';
import { UsageError, type CommandContext, type ExitStatus } from './command.ts';
import { begunDrills } from './begunDrill.ts';
import { stepAuthors } from './dryRunPeople.ts';
import { openJournal } from './evidenceKeep.ts';
import { runbookNamed } from './oneRunbook.ts';
import { spokenDuration } from './style.ts';

export async function run(context: CommandContext): Promise<ExitStatus> {
  const { dependencies, operands, program } = context;
  const wanted = operands[1];
  if (wanted === undefined) throw new UsageError('drillbook evidence record needs a runbook.', 'evidence');
  const { selection, entry } = await runbookNamed(context, wanted);
  const { clock, secrets } = dependencies;
  const journal = await openJournal(context, selection, entry);
  const authors = await stepAuthors(context, selection.root, entry);
  const lines = readLines(context.signal);
  const errors = withQuietEnd(process.stderr);
  const conversation: Conversation = {
    tell: (text) => context.terminal.note(text),
    ask: async (question) => {
      errors.write(secrets.redact(question));
      return await lines.next();
    },
  };
  const kept = await recordEvidence(entry, selection.workspace, {
    clock,
    conversation,
    ...journal,
    redact: secrets.redact,
    begun: begunDrills(context, selection.root, entry.name ?? entry.file),
    version: program.version,
    newId: () => newRunId(clock.now()),
    authors: (step) => authors.get(step) ?? [],
  });
  lines.close();
  if (!kept) {
    context.terminal.note('Nothing was recorded; the drill that was broken off can still be gone on with.');
    return 3;
  }
  const { record, file } = kept;
  const took = spokenDuration(record.measured.elapsedMs ?? 0);
  const notes = record.notes.map(({ severity, message }) => `${severity}: ${message}\n`).join('');
  await context.terminal.out(
    `Drill of ${record.runbook.name} ${record.result} in ${took}. ${record.summary}\n${notes}evidence  ${file}\n`,
  );
  return record.result === 'passed' ? 0 : record.result === 'failed' ? 1 : 3;
}

/** Lines as they are asked for; undefined once there are none, or on cancelling. */
function readLines(signal: AbortSignal): { next(): Promise<string | undefined>; close(): void } {
  const reader = createInterface({ input: process.stdin, crlfDelay: Infinity });
  const waiting: ((line: string | undefined) => void)[] = [];
  const early: string[] = [];
  let over = false;
  const end = (): void => {
    over = true;
    for (const resolve of waiting.splice(0)) resolve(undefined);
  };
  reader.on('line', (line) => {
    const first = waiting.shift();
    if (first === undefined) early.push(line);
    else first(line);
  });
  reader.on('close', end);
  signal.addEventListener('abort', end, { once: true });
  return {
    next: async () => {
      const line = early.shift();
      if (line !== undefined || over) return line;
      return await new Promise((resolve) => waiting.push(resolve));
    },
    close: () => reader.close(),
  };
}
