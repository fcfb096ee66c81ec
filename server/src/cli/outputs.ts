/** `--format`: which formats go where, and the writing of them. */
import * as path from 'node:path';
import { compilesToo } from './compiled.ts';
import { Failure, UsageError, type CommandContext } from './command.ts';
import { didYouMean } from './suggest.ts';

export interface Output<Name extends string> {
  readonly format: Name;
  /** Absolute path; undefined: standard output. */
  readonly file: string | undefined;
}

/** @throws UsageError on an unknown format, or two that would both go to standard output. */
export function parseOutputs<Name extends string>(
  context: CommandContext,
  known: readonly Name[],
  fallback: Name,
): readonly Output<Name>[] {
  const outputs = context.values.list('format').map((written): Output<Name> => {
    const equals = written.indexOf('=');
    const name = equals < 0 ? written : written.slice(0, equals);
    const format = known.find((each) => each === name);
    if (format === undefined) {
      throw new UsageError(`--format is one of ${known.join(', ')}, not "${name}".${didYouMean(name, known)}`);
    }
    const file = equals < 0 ? undefined : written.slice(equals + 1);
    if (file === '') throw new UsageError(`--format ${name}= needs a file behind the equals sign.`);
    return { format, file: file === undefined || file === '-' ? undefined : path.resolve(context.cwd, file) };
  });
  const toStdout = outputs.filter((each) => each.file === undefined);
  if (toStdout.length > 1) {
    const names = toStdout.map((each) => each.format).join(' and ');
    throw new UsageError(
      `${names} can't both go to standard output: give all but one a file, as in --format ${toStdout[1]?.format ?? ''}=FILE.`,
    );
  }
  return outputs.length === 0 ? [{ format: fallback, file: undefined }] : outputs;
}

/** Writes each; a file is whole or not there. */
export async function writeOutputs<Name extends string>(
  context: CommandContext,
  outputs: readonly Output<Name>[],
  render: (format: Name, toTerminal: boolean) => string | Promise<string>,
): Promise<void> {
  for (const { format, file } of outputs) {
    compilesToo(format);
    const text = await render(format, file === undefined);
    if (file === undefined) await context.terminal.out(text);
    else await writeWhole(context, file, text);
  }
}

/** @throws Failure where the file can't be written. */
export async function writeWhole({ dependencies }: CommandContext, file: string, text: string): Promise<void> {
  try {
    await dependencies.files.writeAtomic(file, dependencies.secrets.redact(text));
  } catch (error) {
    throw new Failure(`${file} can't be written: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
