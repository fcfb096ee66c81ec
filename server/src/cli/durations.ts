/** Options that hold a duration. */
import { parseDuration } from '../core/values/duration.ts';
import { UsageError, type CommandContext } from './command.ts';

/** Milliseconds of an option like `--max-age 10m`; undefined where it isn't given. @throws UsageError */
export function durationOption(context: CommandContext, name: string): number | undefined {
  const written = context.values.text(name);
  if (written === undefined) return undefined;
  const parsed = parseDuration(written);
  if (parsed === undefined) throw new UsageError(`--${name} is a duration such as 90s, 10m or 24h, not "${written}".`);
  return parsed.ms;
}
