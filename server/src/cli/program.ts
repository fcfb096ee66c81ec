/** One run of the program: finds the command, hands it what it needs, and turns what comes of it into an exit status. */
import { setMaxListeners } from 'node:events';
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
  quietBrokenPipes();
  const cancel = new AbortController();
  // Every look-up and child listens to it.
  setMaxListeners(0, cancel.signal);
  // Warnings of Node and of drivers ("will require node >=22") are for us, not for the person.
  if (process.env['DRILLBOOK_DEBUG'] === undefined) process.removeAllListeners('warning');
  listenForTheEnd(cancel);
  const status = await dispatch(args, program, commands, cancel.signal);
  // The server and a broken pipe end by themselves; a live timer or socket of a driver must not hold us.
  process.exitCode = status;
  await flush();
  process.exit(status);
}

async function dispatch(
  args: readonly string[],
  program: Program,
  commands: readonly CommandRow[],
  signal: AbortSignal,
): Promise<ExitStatus> {
  const plain = (text: string): void => void process.stderr.write(`${text}\n`);
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      return await help(commands, rest[0], name === undefined);
    }
    const command = await commandByName(commands, name);
    return await runCommand(command, rest, program, signal);
  } catch (error) {
    if (error instanceof UsageError) {
      const help = error.command === undefined ? 'drillbook --help' : `drillbook ${error.command} --help`;
      plain(`drillbook: ${error.message}\n${help} tells more.`);
      return 2;
    }
    plain(`drillbook: ${error instanceof Error ? error.message : String(error)}`);
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

async function help(commands: readonly CommandRow[], of: string | undefined, forgotten: boolean): Promise<ExitStatus> {
  if (of !== undefined && !of.startsWith('-')) {
    const command = await commandByName(commands, of);
    process.stdout.write(commandHelp(command, process.stdout.isTTY, process.stdout.columns || 100));
    return 0;
  }
  const text = programHelp(commands, process.stdout.isTTY);
  // With no command at all the help is an error message.
  (forgotten ? process.stderr : process.stdout).write(text);
  return forgotten ? 2 : 0;
}

async function runCommand(
  command: Command,
  args: readonly string[],
  program: Program,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { values, operands, help } = parseArguments(command, args);
  const dependencies = createDependencies({
    cwd: process.cwd(),
    program,
    untrusted: values.flag('untrusted'),
    quiet: values.flag('quiet'),
  });
  const terminal = createTerminal({
    quiet: values.flag('quiet'),
    noColor: values.flag('no-color'),
    redact: dependencies.secrets.redact,
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
      process.stderr.write('drillbook: cancelled.\n');
      return 3;
    }
    const told = error instanceof Failure ? error.message : describeCrash(error);
    process.stderr.write(steerless(`drillbook ${command.name}: ${dependencies.secrets.redact(told)}\n`));
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

/** `drillbook rules | head` is fine. */
function quietBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    });
  }
}

async function flush(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      async (stream) =>
        await new Promise<void>((resolve) => {
          if (stream.destroyed || stream.writableLength === 0) resolve();
          else stream.write('', () => resolve());
        }),
    ),
  );
}
