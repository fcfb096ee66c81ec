/** A secret stands in the text of a step, or of how a backup is read: it is in the repository's history, in every log and in every editor. */
import type { Path } from '../../document/node.ts';
import { dataOf, textOf } from '../read.ts';
import type { BackupView, RunbookView, StepView } from '../runbookView.ts';
import { runbookRule, spanOf, type Say } from '../say.ts';
import { isPlaceholder, secretIn } from '../secrets.ts';

const SECRET_NAME = /(?:PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PASSPHRASE)$/iu;

export const secretInStep = runbookRule(
  { id: 'practice/secret-in-step', title: 'A secret stands in a step.' },
  (view, say) => {
    for (const step of view.steps) inStep(view, step, say);
    for (const backup of view.backups) inBackup(view, backup, say);
  },
);

function inStep(view: RunbookView, step: StepView, say: Say): void {
  const who = `Step ${step.title}`;
  for (const key of ['run', 'verify', 'rollback', 'manual'] as const)
    inText(view, who, step[key], [...step.path, key], say);
  inEnv(view, who, step.value['env'], [...step.path, 'env'], say);
}

function inBackup(view: RunbookView, backup: BackupView, say: Say): void {
  const who = `Backup ${backup.name}`;
  const command = dataOf(backup.value['command']);
  for (const key of ['find', 'verify', 'restore'])
    inText(view, who, textOf(command[key]), [...backup.path, 'command', key], say);
  const inside = dataOf(backup.value['in']);
  inText(view, who, textOf(inside['repository']), [...backup.path, 'in', 'repository'], say);
  inEnv(view, who, inside['env'], [...backup.path, 'in', 'env'], say);
}

function inText(view: RunbookView, who: string, text: string | undefined, path: Path, say: Say): void {
  const found = text === undefined ? undefined : secretIn(text);
  if (!found) return;
  say(
    path,
    `${who} has ${found.what} in its text: take it out of the repository, change it, and read it through env from a variable or a file.`,
    spanOf(view.entry, path, found.secret),
  );
}

function inEnv(view: RunbookView, who: string, env: unknown, path: Path, say: Say): void {
  for (const [name, value] of Object.entries(dataOf(env))) {
    const text = textOf(value);
    if (text === undefined || isPlaceholder(text)) continue;
    if (SECRET_NAME.test(name)) {
      say(
        [...path, name],
        `${who} has the value of ${name} in its text: take it out of the repository, change it, and write { env: ${name} } instead.`,
      );
    } else inText(view, who, text, [...path, name], say);
  }
}
