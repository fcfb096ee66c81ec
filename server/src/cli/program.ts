/** One run of the program: finds the command, hands it what it needs, and turns what comes of it into an exit status. */
import { setMaxListeners } from 'node:events';
import { openStandardOutput, type StandardOutput } from '../platform/standardOutput.ts';
import { Failure, UsageError, type Command, type ExitStatus, type Program } from './command.ts';
import { createDependencies } from './dependencies.ts';
import { commandHelp, programHelp } from './help.ts';
import { parseArguments } from './parse.ts';
import { didYouMean } from './suggest.ts';
import type { CommandRow } from './table.ts';
import { steerless } from './style.ts';
import { createTerminal } from './terminal.ts';

/** Runs one of `commands` and ends the process with its status. */
export async function runProgram(
  args: readonly string[],
  program: Program,
  commands: readonly CommandRow[],
): Promise<void> {
  const streams: Streams = { output: openStandardOutput(1), errors: openStandardOutput(2) };
  const cancel = new AbortController();
  // Every look-up and child listens to it.
  setMaxListeners(0, cancel.signal);
  // Warnings of Node and of drivers ("will require node >=22") are for us, not for the person.
  if (process.env['DRILLBOOK_DEBUG'] === undefined) process.removeAllListeners('warning');
  listenForTheEnd(cancel);
  const status = await dispatch(args, program, commands, streams, cancel.signal);
  // The server and a broken pipe end by themselves; a live timer or socket of a driver must not hold us.
  process.exitCode = status;
  await streams.output.flushed();
  const { failure } = streams.output;
  // Half of an output must not pass for all of it, whatever was found.
  if (failure !== undefined)
    await streams.errors.write(`drillbook: not all could be written to standard output: ${failure}.\n`);
  await streams.errors.flushed();
  process.exit(failure === undefined ? status : 2);
}

interface Streams {
  readonly output: StandardOutput;
  readonly errors: StandardOutput;
}

async function dispatch(
  args: readonly string[],
  program: Program,
  commands: readonly CommandRow[],
  streams: Streams,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const plain = async (text: string): Promise<void> => await streams.errors.write(`${text}\n`);
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      return await help(commands, rest[0], name === undefined, streams);
    }
    const command = await commandByName(commands, name);
    return await runCommand(command, rest, program, streams, signal);
  } catch (error) {
    if (error instanceof UsageError) {
      const help = error.command === undefined ? 'drillbook --help' : `drillbook ${error.command} --help`;
      await plain(`drillbook: ${error.message}\n${help} tells more.`);
      return 2;
    }
    await plain(`drillbook: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
}

async function commandByName(commands: readonly CommandRow[], name: string): Promise<Command> {
  const found = commands.find((row) => row.name === name);
  if (found !== undefined) return (await found.load()).command;
  const known = commands.map((row) => row.name);
  if (name.startsWith('-')) throw new UsageError(`there is no option ${name} without a command.`);
  throw new UsageError(`there is no command "${name}"; there are ${known.join(', ')}.${didYouMean(name, known)}`);
}

async function help(
  commands: readonly CommandRow[],
  of: string | undefined,
  forgotten: boolean,
  { output, errors }: Streams,
): Promise<ExitStatus> {
  if (of !== undefined && !of.startsWith('-')) {
    const command = await commandByName(commands, of);
    await output.write(commandHelp(command, output.isTerminal, Number.isFinite(output.columns) ? output.columns : 100));
    return 0;
  }
  const text = programHelp(commands, output.isTerminal);
  // With no command at all the help is an error message.
  await (forgotten ? errors : output).write(text);
  return forgotten ? 2 : 0;
}

async function runCommand(
  command: Command,
  args: readonly string[],
  program: Program,
  streams: Streams,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { values, operands, help } = parseArguments(command, args);
  const dependencies = createDependencies({
    cwd: process.cwd(),
    program,
    untrusted: values.flag('untrusted'),
    quiet: values.flag('quiet'),
    writeLine: (line) => void streams.errors.write(`${line}\n`).catch(() => undefined),
  });
  const terminal = createTerminal({
    quiet: values.flag('quiet'),
    noColor: values.flag('no-color'),
    redact: dependencies.secrets.redact,
    ...streams,
  });
  if (help) {
    await terminal.out(commandHelp(command, terminal.color, Math.min(terminal.columns, 100)));
    return 0;
  }
  try {
    return await command.run({ program, terminal, cwd: process.cwd(), signal, values, operands, dependencies });
  } catch (error) {
    if (error instanceof UsageError) {
      throw new UsageError(dependencies.secrets.redact(error.message), error.command ?? command.name);
    }
    if (signal.aborted) {
      await streams.errors.write('drillbook: cancelled.\n');
      return 3;
    }
    const told = error instanceof Failure ? error.message : describeCrash(error);
    await streams.errors.write(steerless(`drillbook ${command.name}: ${dependencies.secrets.redact(told)}\n`));
    return 2;
  } finally {
    await dependencies.dispose();
  }
}

/** A fault of ours: the sentence, and where it came from for the report of it. */
function describeCrash(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const systemCode = 'code' in error && typeof error.code === 'string' && 'syscall' in error;
  return systemCode || process.env['DRILLBOOK_DEBUG'] === undefined ? error.message : (error.stack ?? error.message);
}

/** Ctrl-C, a polite kill, and the end of the editor that started us: all mean, stop and clean up. */
function listenForTheEnd(cancel: AbortController): void {
  let asked = 0;
  const stop = (why: string): void => {
    asked += 1;
    cancel.abort(new Error(why));
    // A second Ctrl-C is meant; what is left behind has a lease, and the next run removes it.
    if (asked > 1 && why === 'interrupted') process.exit(130);
  };
  process.on('SIGINT', () => stop('interrupted'));
  process.on('SIGTERM', () => stop('terminated'));
  if (process.platform !== 'win32') process.on('SIGHUP', () => stop('hung up'));
  if (process.channel !== undefined) process.on('disconnect', () => stop('the parent went away'));
}
