/** The shell texts of a runbook's steps, as the practice rules read them: by key, without comments, line by line. */
import type { Path } from '../../document/node.ts';
import { at, isData, textOf } from '../read.ts';
import type { BackupView, RunbookView, StepView } from '../runbookView.ts';
import { destroys } from './destroys.ts';
import { simpleCommands } from './shell.ts';

/** One shell text. What of it few rules ask for is read when first asked for. */
export class CommandText {
  /** Without comments. */
  readonly text: string;
  /** The same in lower case, for a cheap look before a close one. */
  readonly low: string;
  readonly step: StepView | undefined;
  readonly key: 'run' | 'verify' | 'rollback' | 'find' | 'restore';
  readonly #backup: BackupView | undefined;
  #simple: readonly string[] | undefined;
  #destroyed: string | undefined;
  #lookedAt = false;

  constructor(written: string, key: CommandText['key'], step: StepView | undefined, backup?: BackupView) {
    this.text = withoutComments(written);
    this.low = this.text.toLowerCase();
    this.key = key;
    this.step = step;
    this.#backup = backup;
  }

  /** `Step load`, `The verify of step load`: starts a sentence. */
  get title(): string {
    if (!this.step) return `The ${this.key} command of backup ${this.#backup?.name ?? ''}`;
    return this.key === 'run' ? `Step ${this.step.title}` : `The ${this.key} of step ${this.step.title}`;
  }

  get path(): Path {
    return this.step ? [...this.step.path, this.key] : [...(this.#backup?.path ?? []), 'command', this.key];
  }

  /** Its simple commands. */
  simple(): readonly string[] {
    return (this.#simple ??= simpleCommands(this.text));
  }

  /** What of it destroys something, looked for once. */
  destroyed(): string | undefined {
    if (!this.#lookedAt) this.#destroyed = destroys(this.text, this.low);
    this.#lookedAt = true;
    return this.#destroyed;
  }
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
      found.push(new CommandText(text, key, step));
    }
  }
  for (const backup of view.backups) {
    const commands = backup.value['command'];
    if (!isData(commands)) continue;
    for (const key of ['find', 'verify', 'restore'] as const) {
      const text = textOf(commands[key]);
      if (text === undefined) continue;
      found.push(new CommandText(text, key, undefined, backup));
    }
  }
  return found;
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
