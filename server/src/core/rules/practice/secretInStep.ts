/** A secret stands in the text of a step, or of how a backup is read: it is in the repository's history, in every log and in every editor. */
import type { Path } from '../../document/node.ts';
import { dataOf, textOf } from '../read.ts';
import type { BackupView, RunbookView, StepView } from '../runbookView.ts';
import { runbookRule, spanOf, type Say } from '../say.ts';
import { isPlaceholder, secretIn } from '../secrets.ts';

const SECRET_NAME = /(?:PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PASSPHRASE)$/iu;

const TEXTS = ['run', 'verify', 'rollback', 'manual'] as const;
const COMMANDS = ['find', 'verify', 'restore'] as const;

export const secretInStep = runbookRule(
  { id: 'practice/secret-in-step', title: 'A secret stands in a step.' },
  (view, say) => {
    for (const step of view.steps) inStep(view, step, say);
    for (const backup of view.backups) inBackup(view, backup, say);
  },
);

function inStep(view: RunbookView, step: StepView, say: Say): void {
  const of = { title: `Step ${step.title}`, path: step.path };
  for (const key of TEXTS) inText(view, of, step[key], say, key);
  inEnv(view, of, step.value['env'], say, 'env');
}

function inBackup(view: RunbookView, backup: BackupView, say: Say): void {
  const of = { title: `Backup ${backup.name}`, path: backup.path };
  const command = dataOf(backup.value['command']);
  for (const key of COMMANDS) inText(view, of, textOf(command[key]), say, 'command', key);
  const inside = dataOf(backup.value['in']);
  inText(view, of, textOf(inside['repository']), say, 'in', 'repository');
  inEnv(view, of, inside['env'], say, 'in', 'env');
}

/** Whose text it is, and where that stands. */
interface Holder {
  readonly title: string;
  readonly path: Path;
}

function inText(view: RunbookView, of: Holder, text: string | undefined, say: Say, ...keys: readonly string[]): void {
  const found = text === undefined ? undefined : secretIn(text);
  if (!found) return;
  const path = [...of.path, ...keys];
  say(
    path,
    `${of.title} has ${found.what} in its text: take it out of the repository, change it, and read it through env from a variable or a file.`,
    spanOf(view.entry, path, found.secret),
  );
}

function inEnv(view: RunbookView, of: Holder, env: unknown, say: Say, ...keys: readonly string[]): void {
  if (env === undefined) return;
  for (const [name, value] of Object.entries(dataOf(env))) {
    const text = textOf(value);
    if (text === undefined || isPlaceholder(text)) continue;
    if (SECRET_NAME.test(name)) {
      say(
        [...of.path, ...keys, name],
        `${of.title} has the value of ${name} in its text: take it out of the repository, change it, and write { env: ${name} } instead.`,
      );
    } else inText(view, of, text, say, ...keys, name);
  }
}
