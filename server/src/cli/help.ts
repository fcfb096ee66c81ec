/** What `--help` prints, for the program and for each command. */
import type { Command, OptionSpec } from './command.ts';
import { COMMON_OPTIONS } from './options.ts';
import { paint, wrap, type Paint } from './style.ts';

export interface CommandSummary {
  readonly name: string;
  readonly summary: string;
}

export function programHelp(commands: readonly CommandSummary[], color: boolean): string {
  const style = paint(color);
  const width = Math.max(...commands.map((each) => each.name.length)) + 2;
  return [
    `${style.bold('drillbook')}: recovery runbooks, checked like code and proven like a test.`,
    '',
    style.heading('Usage'),
    '  drillbook COMMAND [OPTIONS] [PATH…]',
    '',
    style.heading('Commands'),
    ...commands.map((each) => `  ${style.name(each.name.padEnd(width))}${each.summary}`),
    '',
    style.heading('Exit status'),
    '  0  nothing at or over --fail-on, and everything was checked',
    '  1  findings at or over --fail-on; a dry run that failed',
    '  2  wrong usage, or Drillbook itself failed',
    '  3  no such finding, but something could not be checked; a dry run that is inconclusive',
    '',
    style.dim('drillbook COMMAND --help tells more of each; drillbook --version which one this is.'),
    '',
  ].join('\n');
}

export function commandHelp(command: Command, color: boolean, columns: number): string {
  const style = paint(color);
  const lines = [
    `${style.bold(`drillbook ${command.name}`)}: ${command.summary}.`,
    '',
    style.heading('Usage'),
    `  drillbook ${command.name} [OPTIONS]${command.operands === '' ? '' : ` ${command.operands}`}`,
  ];
  if (command.subcommands !== undefined) {
    const names = command.subcommands.map((each) => `${each.name} ${each.operands}`.trimEnd());
    const width = Math.max(...names.map((each) => each.length)) + 2;
    lines.push('', style.heading('Subcommands'));
    command.subcommands.forEach((each, index) =>
      lines.push(...row(style, names[index] ?? '', each.help, width, columns)),
    );
  }
  if (command.details !== undefined) lines.push('', ...wrap(command.details, Math.min(columns, 100)));
  lines.push('', style.heading('Options'), ...optionLines(style, [...command.options, ...COMMON_OPTIONS], columns));
  if (command.examples !== undefined) {
    lines.push('', style.heading('Examples'), ...command.examples.map((each) => `  ${style.dim('$')} ${each}`));
  }
  return `${lines.join('\n')}\n`;
}

function optionLines(style: Paint, options: readonly OptionSpec[], columns: number): string[] {
  const names = options.map(optionName);
  const width = Math.max(...names.map((each) => each.length)) + 2;
  return options.flatMap((option, index) => row(style, names[index] ?? '', option.help, width, columns));
}

function optionName(option: OptionSpec): string {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}

function row(style: Paint, name: string, help: string, width: number, columns: number): string[] {
  const [first, ...rest] = wrap(help, Math.max(30, Math.min(columns, 110) - width - 2));
  return [`  ${style.name(name.padEnd(width))}${first ?? ''}`, ...rest.map((line) => `  ${' '.repeat(width)}${line}`)];
}
