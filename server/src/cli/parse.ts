/** Arguments → option values and operands, by the command's own list of options; anything else is a usage error. */
import { parseArgs } from 'node:util';
import { UsageError, type Command, type OptionSpec, type OptionValues } from './command.ts';
import { COMMON_OPTIONS } from './options.ts';
import { didYouMean } from './suggest.ts';

export interface Parsed {
  readonly values: OptionValues;
  readonly operands: readonly string[];
  readonly help: boolean;
}

/** @throws UsageError on an unknown option, a missing or unknown value, or too many or too few operands. */
export function parseArguments(command: Command, args: readonly string[]): Parsed {
  const specs = [...command.options, ...COMMON_OPTIONS];
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(specs.map((spec) => [spec.name, nodeOption(spec)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const spec = byName.get(token.name);
    if (spec === undefined) throw unknownOption(command, token.rawName, specs);
    const value = valueOf(command, spec, token.rawName, token.value, token.inlineValue === true);
    const before = given.get(spec.name);
    if (before !== undefined && spec.multiple !== true && spec.value !== undefined) {
      throw new UsageError(`${token.rawName} may be given once.`, command.name);
    }
    given.set(spec.name, [...(before ?? []), value]);
  }
  const help = given.has('help');
  if (!help) checkOperands(command, positionals);
  return { values: valuesOf(given), operands: positionals, help };
}

function nodeOption(spec: OptionSpec): { type: 'string' | 'boolean'; short?: string; multiple: boolean } {
  return {
    type: spec.value === undefined ? 'boolean' : 'string',
    multiple: true,
    ...(spec.short === undefined ? {} : { short: spec.short }),
  };
}

function unknownOption(command: Command, rawName: string, specs: readonly OptionSpec[]): UsageError {
  const known = specs.map((spec) => `--${spec.name}`);
  return new UsageError(
    `drillbook ${command.name} has no option ${rawName}.${didYouMean(rawName, known, (found) => found)}`,
    command.name,
  );
}

function valueOf(
  command: Command,
  spec: OptionSpec,
  rawName: string,
  value: string | undefined,
  inline: boolean,
): string {
  if (spec.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`, command.name);
    return 'true';
  }
  // Taken from the next argument, a value that looks like an option is one: the value was forgotten.
  if (value === undefined || value === '' || (!inline && /^--?[a-z]/i.test(value))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${spec.value}.`, command.name);
  }
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw new UsageError(
      `${rawName} is one of ${spec.choices.join(', ')}, not "${value}".${didYouMean(value, spec.choices)}`,
      command.name,
    );
  }
  return value;
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const [least, most] = command.count;
  const first = operands[0];
  if (command.subcommands !== undefined) {
    const known = command.subcommands.map((each) => each.name);
    if (first === undefined)
      throw new UsageError(`drillbook ${command.name} needs one of ${known.join(', ')}.`, command.name);
    if (!known.includes(first)) {
      throw new UsageError(
        `drillbook ${command.name} has no "${first}"; it has ${known.join(', ')}.${didYouMean(first, known)}`,
        command.name,
      );
    }
  }
  if (operands.length < least) {
    throw new UsageError(`drillbook ${command.name} needs ${command.operands}.`, command.name);
  }
  if (operands.length > most) {
    const surplus = operands.slice(most).map((each) => `"${each}"`);
    throw new UsageError(`drillbook ${command.name} can't take ${surplus.join(' ')} as well.`, command.name);
  }
}

function valuesOf(given: ReadonlyMap<string, readonly string[]>): OptionValues {
  return {
    text: (name) => given.get(name)?.at(-1),
    flag: (name) => given.has(name),
    list: (name) => given.get(name) ?? [],
  };
}
