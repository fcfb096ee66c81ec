/** `drillbook completion`: the script that a shell sources, made from the commands' own options. */
import type { Command, OptionSpec } from './command.ts';
import { FORMAT_NAMES } from './format/names.ts';
import { COMMON_OPTIONS } from './options.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const command: Command = {
  name: 'completion',
  summary: 'Completion for bash, zsh and fish',
  operands: 'SHELL',
  count: [1, 1],
  subcommands: SHELLS.map((name) => ({ name, operands: '', help: `The script for ${name}` })),
  options: [],
  examples: [
    'drillbook completion bash > ~/.local/share/bash-completion/completions/drillbook',
    'drillbook completion zsh > "${fpath[1]}/_drillbook"',
    'drillbook completion fish > ~/.config/fish/completions/drillbook.fish',
  ],
  run: async (context) => {
    const { COMMANDS } = await import('./table.ts');
    const commands = await Promise.all(COMMANDS.map(async (row) => (await row.load()).command));
    const shell = SHELLS.find((each) => each === context.operands[0]) ?? 'bash';
    await context.terminal.out({ bash, zsh, fish }[shell](commands));
    return 0;
  },
};

function optionsOf(command: Command): readonly OptionSpec[] {
  return [...command.options, ...COMMON_OPTIONS];
}

function wordsOf(command: Command): string {
  const words = optionsOf(command).flatMap((option) => [
    `--${option.name}`,
    ...(option.short === undefined ? [] : [`-${option.short}`]),
  ]);
  return [...(command.subcommands ?? []).map((each) => each.name), ...words].join(' ');
}

/** Values that an option takes from a list; of `--format` those that its help names. */
function choicesOf(option: OptionSpec): readonly string[] | undefined {
  if (option.choices !== undefined || option.name !== 'format') return option.choices;
  const named = new Set(option.help.match(/\b[a-z]+\b/gu));
  return [...FORMAT_NAMES, 'html', 'mermaid'].filter((name) => named.has(name));
}

function bash(commands: readonly Command[]): string {
  const choices = commands.flatMap((command) =>
    optionsOf(command).flatMap((option) => {
      const words = choicesOf(option);
      return words === undefined ? [] : [`    ${command.name}:--${option.name}) words="${words.join(' ')}" ;;`];
    }),
  );
  return [
    '# bash completion for drillbook',
    '_drillbook() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}" words=""',
    '  # Bash takes --option=value apart into three words.',
    '  if [ "$current" = "=" ]; then current=""; elif [ "$previous" = "=" ]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${commands.map((each) => each.name).join(' ')} --help --version" -- "$current"))`,
    '    return',
    '  fi',
    '  case "$command:$previous" in',
    ...choices,
    '  esac',
    '  if [ -n "$words" ]; then',
    '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '    return',
    '  fi',
    '  case "$command" in',
    ...commands.map((each) => `    ${each.name}) words="${wordsOf(each)}" ;;`),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))',
    '}',
    'complete -o filenames -F _drillbook drillbook',
    '',
  ].join('\n');
}

function zsh(commands: readonly Command[]): string {
  const quote = (text: string): string =>
    text.replace(/['\\[\]:]/g, (character) => (character === "'" ? "'\\''" : `\\${character}`));
  const list = commands.map((each) => `    '${each.name}:${quote(each.summary)}'`);
  const cases = commands.map((each) => {
    const specs = optionsOf(each).map((option) => {
      const choices = choicesOf(option);
      const value =
        option.value === undefined
          ? ''
          : `:${quote(option.value)}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`;
      return `      '${option.multiple === true ? '*' : ''}--${option.name}[${quote(option.help)}]${value}'`;
    });
    const first =
      each.subcommands === undefined ? '' : ` '1:subcommand:(${each.subcommands.map((sub) => sub.name).join(' ')})'`;
    return `    ${each.name})\n      _arguments \\\n${specs.join(' \\\n')}${first === '' ? '' : ` \\\n     ${first}`} \\\n      '*:file:_files' ;;`;
  });
  return [
    '#compdef drillbook',
    '_drillbook() {',
    '  local -a commands',
    '  commands=(',
    ...list,
    '  )',
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  local command="${words[2]}"',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case "$command" in',
    ...cases,
    '  esac',
    '}',
    'if [ "$funcstack[1]" = "_drillbook" ]; then _drillbook "$@"; else compdef _drillbook drillbook; fi',
    '',
  ].join('\n');
}

function fish(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const lines = [
    '# fish completion for drillbook',
    'complete -c drillbook -f -n __fish_use_subcommand -l version -d "Which one this is"',
  ];
  for (const each of commands) {
    lines.push(`complete -c drillbook -f -n __fish_use_subcommand -a ${each.name} -d ${quote(each.summary)}`);
    const seen = `-n '__fish_seen_subcommand_from ${each.name}'`;
    for (const sub of each.subcommands ?? [])
      lines.push(`complete -c drillbook ${seen} -f -a ${sub.name} -d ${quote(sub.help)}`);
    for (const option of optionsOf(each)) {
      const choices = choicesOf(option);
      const short = option.short === undefined ? '' : ` -s ${option.short}`;
      const value =
        option.value === undefined ? '' : choices === undefined ? ' -r' : ` -x -a ${quote(choices.join(' '))}`;
      lines.push(`complete -c drillbook ${seen} -l ${option.name}${short}${value} -d ${quote(option.help)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
