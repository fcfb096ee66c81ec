/** What a command of the command line is, and what it is handed. */
import type { Dependencies } from './dependencies.ts';

/** An option of a command, as the parser, `--help` and the shells' completion read it. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** The word for the value in `--help`; left out: the option is a switch. */
  readonly value?: string;
  readonly multiple?: boolean;
  /** The only values that are taken. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** The program as it was built and where it lies. */
export interface Program {
  readonly version: string;
  /** 40 hex digits where it was built from git, else empty. */
  readonly commit: string;
  /** URL of the folder of main.js. */
  readonly home: URL;
  /** Runs the language server; the command line knows nothing else of it. */
  readonly serve: (args: readonly string[], program: Program) => Promise<void>;
}

/** The terminal or pipe that the program talks to. */
export interface Terminal {
  /** Results. Resolves when the text is taken. */
  out(text: string): Promise<void>;
  /** What `out` makes of a text: without secrets, and without what would steer the terminal. */
  printable(text: string): string;
  /** A result that was made printable before. */
  outBytes(bytes: Uint8Array): Promise<void>;
  /** Progress, notes and errors: a whole line, or several. */
  note(text: string): void;
  /** A line that the next one replaces, where stderr is a terminal; nothing elsewhere. */
  transient(text: string): void;
  /** Asks the person; undefined where no one can answer. */
  ask(question: string): Promise<string | undefined>;
  readonly color: boolean;
  readonly noteColor: boolean;
  /** Columns of the terminal; Infinity where it is none. */
  readonly columns: number;
  readonly interactive: boolean;
}

export interface CommandContext {
  readonly program: Program;
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly values: OptionValues;
  /** What stands beside the options. */
  readonly operands: readonly string[];
  readonly dependencies: Dependencies;
}

/** Values by option name; each getter takes only names that the command declares. */
export interface OptionValues {
  text(name: string): string | undefined;
  flag(name: string): boolean;
  list(name: string): readonly string[];
}

/** 0 fine, 1 findings or a failed run, 2 wrong usage or our own failure, 3 something could not be checked. */
export type ExitStatus = 0 | 1 | 2 | 3;

export interface Command {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** What follows the name, e.g. `[PATH…]`. */
  readonly operands: string;
  /** `[least, most]` number of operands. */
  readonly count: readonly [number, number];
  readonly options: readonly OptionSpec[];
  /** The words that may stand as the first operand, where the command has such. */
  readonly subcommands?: readonly { readonly name: string; readonly operands: string; readonly help: string }[];
  /** More for `--help`: paragraphs and examples. */
  readonly details?: string;
  readonly examples?: readonly string[];
  run(context: CommandContext): Promise<ExitStatus>;
}

/** The person used it wrongly: said in one sentence, status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command whose `--help` would tell more. */
  readonly command: string | undefined;
  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

/** Something outside failed in a way that a sentence explains; status 2, no stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
