/** The log: lines on a stream, each through the redactor before it leaves. */
import type { Log, LogLevel } from '../core/ports.ts';

const ORDER: readonly LogLevel[] = ['error', 'warning', 'information', 'debug'];

export interface LogOptions {
  /** Takes a whole line without its line end. */
  readonly writeLine: (line: string) => void;
  readonly redact: (text: string) => string;
  /** The least urgent level that is still written. */
  readonly level: LogLevel;
}

export function createLog(options: LogOptions): Log {
  const least = ORDER.indexOf(options.level);
  return {
    write: (level, message) => {
      if (ORDER.indexOf(level) > least) return;
      for (const line of options.redact(message).split('\n')) options.writeLine(`${level}: ${line}`);
    },
  };
}
