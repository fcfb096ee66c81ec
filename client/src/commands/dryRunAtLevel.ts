/** Dry-run restore at a level…: choose how far a dry run goes, and of which backup it is made. */
import * as vscode from 'vscode';
import type { DryRunArguments, DryRunResponse } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { dryRunCommand } from './dryRun.ts';
import { LEVELS } from './levels.ts';
import { pickRunbook } from './pickRunbook.ts';

type Which = Pick<DryRunArguments, 'backup' | 'before'>;

/** Asks for runbook, level and backup, and goes on as the lens does. */
export async function dryRunAtLevel(client: Client, argument: unknown): Promise<DryRunResponse | undefined> {
  // Where nothing can run the command itself says so, before it asks anything.
  if (!client.host.canRun || !vscode.workspace.isTrusted) return dryRunCommand(client, argument);
  const target = await pickRunbook(client, argument, true);
  if (target === undefined) return undefined;
  const picked = await vscode.window.showQuickPick(
    LEVELS.map(({ level, name, does }) => ({ label: `${level} · ${name}`, detail: does, level })),
    { title: `Dry run of ${target.runbook} (1/2): how far?`, matchOnDetail: true },
  );
  if (picked === undefined) return undefined;
  const which = picked.level === 0 ? {} : await pickBackup(target.runbook);
  if (which === undefined) return undefined;
  return dryRunCommand(client, { ...target, ...which, level: picked.level });
}

/** The newest one, or another: after ransomware the newest is the bad one. */
async function pickBackup(runbook: string): Promise<Which | undefined> {
  const newest = { label: 'The newest backup', detail: 'What a recovery would take today.' };
  const before = {
    label: 'The newest one before a time…',
    detail: 'For when the newest may be bad, as after ransomware.',
  };
  const named = { label: 'One backup by its id…', detail: 'Its file name, snapshot or repository id.' };
  const title = `Dry run of ${runbook} (2/2): of which backup?`;
  const picked = await vscode.window.showQuickPick([newest, before, named], { title, matchOnDetail: true });
  if (picked === undefined || picked === newest) return picked === undefined ? undefined : {};
  const value = await vscode.window.showInputBox(
    picked === before
      ? {
          title,
          placeHolder: '2026-11-22T10:00:00Z',
          prompt: 'A time in ISO 8601.',
          validateInput: (text) =>
            Number.isNaN(Date.parse(text)) ? 'A time such as 2026-11-22T10:00:00Z.' : undefined,
        }
      : { title, prompt: 'The id as the evidence or the tool names it.' },
  );
  if (value === undefined || value.trim() === '') return undefined;
  return picked === before ? { before: value.trim() } : { backup: value.trim() };
}
