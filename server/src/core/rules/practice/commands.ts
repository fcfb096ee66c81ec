/** The shell texts of a runbook's steps, as the practice rules read them: by key, without comments, line by line. */
import type { Path } from '../../document/node.ts';
import { at, dataOf, textOf } from '../read.ts';
import type { RunbookView, StepView } from '../runbookView.ts';
import { destroys } from './destroys.ts';
import { joinedLines } from './joinedLines.ts';

export interface CommandText {
  /** `Step load`, `The verify of step load`: starts a sentence. */
  readonly title: string;
  readonly path: Path;
  /** Without comments. */
  readonly text: string;
  /** The same in lower case, for a cheap look before a close one. */
  readonly low: string;
  /** Its simple commands, split when first asked for. */
  simple(): readonly string[];
  /** What of it destroys something, looked for once. */
  destroyed(): string | undefined;
  readonly step: StepView | undefined;
  readonly key: 'run' | 'verify' | 'rollback' | 'find' | 'restore';
}

/** Every shell text of the steps, and of backups made by `command`; read once a view. */
export function commandsOf(view: RunbookView): readonly CommandText[] {
  return view.memo('commands', () => readCommands(view));
}

function readCommands(view: RunbookView): readonly CommandText[] {
  const found: CommandText[] = [];
  for (const step of view.steps) {
    for (const key of ['run', 'verify', 'rollback'] as const) {
      const text = step[key];
      if (text === undefined) continue;
      const title = key === 'run' ? `Step ${step.title}` : `The ${key} of step ${step.title}`;
      found.push(commandText(title, [...step.path, key], text, step, key));
    }
  }
  for (const backup of view.backups) {
    const commands = dataOf(backup.value['command']);
    for (const key of ['find', 'verify', 'restore'] as const) {
      const text = textOf(commands[key]);
      if (text === undefined) continue;
      found.push(
        commandText(
          `The ${key} command of backup ${backup.name}`,
          [...backup.path, 'command', key],
          text,
          undefined,
          key,
        ),
      );
    }
  }
  return found;
}

function commandText(
  title: string,
  path: Path,
  written: string,
  step: StepView | undefined,
  key: CommandText['key'],
): CommandText {
  const text = withoutComments(written);
  const low = text.toLowerCase();
  let simple: readonly string[] | undefined;
  let destroyed: { readonly found: string | undefined } | undefined;
  return {
    title,
    path,
    text,
    low,
    step,
    key,
    simple: () => (simple ??= simpleCommands(text)),
    destroyed: () => (destroyed ??= { found: destroys(text, low) }).found,
  };
}

/** What a person or a shell is told to do in all steps, as one text: for what must be said somewhere. */
export function allText(view: RunbookView): string {
  return view.memo('all text', () => readAllText(view));
}

function readAllText(view: RunbookView): string {
  const texts: string[] = [];
  for (const { run, verify, manual } of view.steps) {
    if (run !== undefined) texts.push(withoutComments(run));
    if (verify !== undefined) texts.push(verify.slice(0, LONGEST));
    if (manual !== undefined) texts.push(manual.slice(0, LONGEST));
  }
  return texts.join('\n');
}

/** Most texts are one command. */
const SEPARATOR = /[\n;&]|\|\|/u;

/** The commands of a text: lines continued by a backslash are joined, then split at `;`, `&&`, `||` and `&`, never inside quotes. */
export function simpleCommands(text: string): readonly string[] {
  const joined = joinedLines(text);
  if (!SEPARATOR.test(joined)) {
    const only = joined.trim();
    return only === '' ? [] : [only];
  }
  const found: string[] = [];
  let start = 0;
  let quote = '';
  for (let index = 0; index < joined.length; index++) {
    const char = joined[index] ?? '';
    if (char === '\\') index++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (
      char === '\n' ||
      char === ';' ||
      (char === '&' && joined[index - 1] !== '>' && joined[index + 1] !== '>') ||
      (char === '|' && joined[index + 1] === '|')
    ) {
      found.push(joined.slice(start, index));
      if (joined[index + 1] === char) index++;
      start = index + 1;
    }
  }
  found.push(joined.slice(start));
  return found.map((command) => command.trim()).filter((command) => command !== '');
}

/** The first word of a command behind assignments, `sudo` and the like: which program runs. */
export function programOf(command: string): string {
  const word =
    /^(?:\s*(?:sudo|time|env|exec|nohup|[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*))\s+)*([^\s|<>]+)/u.exec(command)?.[1] ??
    '';
  return word.slice(word.lastIndexOf('/') + 1);
}

/** Whether the runbook restores from a dump by one of these programs. */
export function uses(view: RunbookView, ...programs: readonly string[]): boolean {
  return view.steps.some(
    (step) =>
      step.run !== undefined &&
      programs.some((program) => new RegExp(`(?:^|[\\s/|&;])${program}\\b`, 'u').test(step.run ?? '')),
  );
}

/** Text of a check's query, for rules over dry runs. */
export function queryOf(check: unknown): string | undefined {
  return textOf(at(check, 'query'));
}

/** Of a text that is longer nobody could say what it does; the patterns of the rules would be busy with it for minutes. */
const LONGEST = 16_000;

function withoutComments(text: string): string {
  const short = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  return short.includes('#') ? short.replace(/(?:^[ \t]*#|\s#\s).*$/gmu, '') : short;
}
