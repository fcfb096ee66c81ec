/** The terminal or pipe that this process talks to; a reader that went away is no error of ours. */
import { createInterface } from 'node:readline/promises';
import type { StandardOutput } from '../platform/standardOutput.ts';
import type { Terminal } from './command.ts';
import { steerless } from './style.ts';

export interface TerminalOptions {
  readonly quiet: boolean;
  readonly noColor: boolean;
  /** Blanks secrets; nothing leaves without it. */
  readonly redact: (text: string) => string;
  readonly output: StandardOutput;
  readonly errors: StandardOutput;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { output, errors } = options;
  const color = (to: StandardOutput): boolean => !options.noColor && wantsColor(to);
  const tell = (text: string): void => void errors.write(text).catch(() => undefined);
  let shownTransient = false;
  const clear = (): void => {
    if (shownTransient) tell('\r\u001b[2K');
    shownTransient = false;
  };
  const printable = (text: string): string => steerless(options.redact(text));
  const print = async (content: string | Uint8Array): Promise<void> => {
    clear();
    await output.write(content);
  };
  return {
    out: async (text) => await print(printable(text)),
    printable,
    outBytes: print,
    note: (text) => {
      clear();
      if (!options.quiet) tell(`${steerless(options.redact(text))}\n`);
    },
    transient: (text) => {
      if (options.quiet || !errors.isTerminal) return;
      const line = steerless(options.redact(text)).replaceAll('\n', ' ');
      tell(`\r\u001b[2K${line.slice(0, Math.max(20, errors.columns - 1))}`);
      shownTransient = true;
    },
    ask: async (question) => {
      const { stdin, stderr } = process;
      if (!stdin.isTTY || !errors.isTerminal) return undefined;
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
    color: color(output),
    get noteColor() {
      return color(errors);
    },
    // Off a terminal a row stays a line, for grep; running text is wrapped by those who print it.
    columns: output.columns,
    // Asked for, the input is opened: most runs ask nobody.
    get interactive() {
      return process.stdin.isTTY && errors.isTerminal;
    },
  };
}

/** https://no-color.org: any non-empty value; FORCE_COLOR for pipelines whose log shows colour. */
function wantsColor(to: StandardOutput): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return to.isTerminal && TERM !== 'dumb';
}
