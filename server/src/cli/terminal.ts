/** The terminal or pipe that this process talks to; a reader that went away is no error of ours. */
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './command.ts';
import { steerless } from './style.ts';

export interface TerminalOptions {
  readonly quiet: boolean;
  readonly noColor: boolean;
  /** Blanks secrets; nothing leaves without it. */
  readonly redact: (text: string) => string;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout } = process;
  const color = (stream: NodeJS.WriteStream): boolean => !options.noColor && wantsColor(stream);
  let shownTransient = false;
  const clear = (): void => {
    if (shownTransient) process.stderr.write('\r\u001b[2K');
    shownTransient = false;
  };
  const printable = (text: string): string => steerless(options.redact(text));
  const print = async (content: string | Uint8Array): Promise<void> => {
    clear();
    await new Promise<void>((resolve) => {
      // A closed pipe (`| head`) ends the reading, not the program: the error handler says so once.
      if (stdout.destroyed || stdout.writableEnded) resolve();
      else stdout.write(content, () => resolve());
    });
  };
  return {
    out: async (text) => await print(printable(text)),
    printable,
    outBytes: print,
    note: (text) => {
      clear();
      if (!options.quiet) process.stderr.write(`${steerless(options.redact(text))}\n`);
    },
    transient: (text) => {
      const { stderr } = process;
      if (options.quiet || !stderr.isTTY) return;
      const line = steerless(options.redact(text)).replaceAll('\n', ' ');
      stderr.write(`\r\u001b[2K${line.slice(0, Math.max(20, stderr.columns - 1))}`);
      shownTransient = true;
    },
    ask: async (question) => {
      const { stdin, stderr } = process;
      if (!stdin.isTTY || !stderr.isTTY) return undefined;
      clear();
      const reader = createInterface({ input: stdin, output: stderr });
      // Ctrl-C and the end of input answer the question too: with nothing. The interface would keep a Ctrl-C to itself.
      reader.once('SIGINT', () => {
        // Heard at once, so that the answer comes to a run that is already cancelled.
        process.emit('SIGINT', 'SIGINT');
        reader.close();
      });
      const gone = new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined)));
      try {
        return await Promise.race([reader.question(steerless(options.redact(question))), gone]);
      } catch {
        return undefined;
      } finally {
        reader.close();
      }
    },
    color: color(stdout),
    get noteColor() {
      return color(process.stderr);
    },
    // A terminal that does not know its size says 0.
    // Off a terminal a row stays a line, for grep; running text is wrapped by those who print it.
    columns: stdout.isTTY && stdout.columns > 0 ? stdout.columns : Infinity,
    // Asked for, the input is opened: most runs ask nobody.
    get interactive() {
      return process.stdin.isTTY && process.stderr.isTTY;
    },
  };
}

/** https://no-color.org: any non-empty value; FORCE_COLOR for pipelines whose log shows colour. */
function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return stream.isTTY && TERM !== 'dumb';
}
