/** The report of a large workspace as text: what each file's checker has set already, or the last answer, put one behind another. */
import type { CommandContext, ExitStatus } from './command.ts';
import type { LargeCheck } from './checkLarge.ts';
import { noteWhatIsNot, type Shown } from './found.ts';
import { foundOf, sumOfCounts, type Counts } from './foundRow.ts';
import { summaryText } from './format/text.ts';
import { keepAnswer, type Answer, type AnswerPart } from './keptAnswer.ts';
import { createPrinter, type Look } from './printedFile.ts';
import { severityAsked, statusOfCounts } from './status.ts';

export interface Printed {
  readonly text: Uint8Array;
  readonly status: ExitStatus;
  readonly keep: () => Promise<void>;
}

/** `keepAs`: the question that the answer is kept for; left out where it may not be. */
export function printLarge(
  context: CommandContext,
  asked: {
    readonly large: LargeCheck;
    readonly shown: Shown;
    readonly listed: readonly string[];
    readonly look: Look;
    readonly before: Answer | undefined;
    readonly keepAs: string | undefined;
  },
): Printed {
  const { large, shown, listed, look, before, keepAs } = asked;
  const counts = sumOfCounts(shown.files.flatMap((file) => large.fileOf(file)?.found ?? []));
  const [error, warning, information, unchecked, accepted] = counts;
  noteWhatIsNot(context, shown, error + warning + information + unchecked > 0);
  const status = endOf(context, shown, counts);
  const textOf = printer(context, asked.shown.root, large, look, before);
  const texts = new Map(shown.files.map((file) => [file, textOf(file)]));
  const summary = summaryText(
    {
      summary: { error, warning, information, unchecked, factsCompared: 0 },
      files: shown.files.length,
      documents: shown.documents,
      calls: {},
      durationMs: 0,
    },
    { color: look.color, command: 'check', resources: 0, suppressed: { length: accepted } },
  );
  const text = Buffer.concat([...texts.values(), Buffer.from(context.terminal.printable(summary))]);
  const isQuiet = shown.failed.length + shown.foreign.length === 0 && shown.documents > 0;
  const { key, from, until, stamps } = large;
  const keep = async (): Promise<void> => {
    const nothing = Buffer.alloc(0);
    const parts = stamps?.map(([file, stamp]): AnswerPart => {
      const { sum = '', key: own = '' } = large.fileOf(file) ?? {};
      return { file, stamp, sum, key: own, text: texts.get(file) ?? nothing };
    });
    const keeps = keepAs !== undefined && isQuiet && parts?.length === listed.length;
    const answer = keeps ? { question: keepAs, key, from, until, status, parts, text } : undefined;
    await large.keep();
    if (answer !== undefined) await keepAnswer(context, shown.root, answer);
  };
  return { text, status, keep };
}

function endOf(context: CommandContext, shown: Shown, counts: Counts): ExitStatus {
  const status = statusOfCounts(counts, severityAsked(context));
  return shown.failed.length > 0 && status === 0 ? 3 : status;
}

/** The text of a file: set just now by who checked it, or as it was printed before where it is the same, or set here. */
function printer(
  context: CommandContext,
  root: string,
  large: LargeCheck,
  look: Look,
  before: Answer | undefined,
): (file: string) => Uint8Array {
  const earlier = new Map((before?.key === large.key ? before.parts : []).map((part) => [part.file, part]));
  const print = createPrinter(root, look, context.dependencies.clock.now(), context.dependencies.secrets.redact);
  return (file) => {
    const { found, printed, sum, key } = large.fileOf(file) ?? {};
    if (printed !== undefined) return Buffer.from(printed);
    const part = earlier.get(file);
    if (part !== undefined && part.sum === sum && part.key === key) return part.text;
    if (found === undefined || found.line === '') return Buffer.alloc(0);
    return Buffer.from(print(file, foundOf(file, found).findings, large.textOf(file) ?? ''));
  };
}
