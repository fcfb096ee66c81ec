/** Finds out which runbook a command is about: from what was clicked, the active editor, or a choice of the person. */
import * as vscode from 'vscode';
import { LANGUAGE_ID, type DryRunState, type RunbookState } from '../../../server/src/protocol.ts';
import type { Client } from '../clientTypes.ts';
import { describeLast } from '../views/describeRun.ts';

/** A runbook, and one of its dry runs where it matters. */
export interface Target {
  readonly uri: string;
  readonly runbook: string;
  readonly name?: string;
}

/** Reads a target out of a lens's argument or a row of the recovery view; undefined for anything else. */
export function targetOf(argument: unknown): Target | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if (!('uri' in argument) || !('runbook' in argument)) return undefined;
  const { uri, runbook } = argument;
  if (typeof uri !== 'string' || typeof runbook !== 'string') return undefined;
  const name = 'name' in argument && typeof argument.name === 'string' ? argument.name : undefined;
  return { uri, runbook, ...(name !== undefined && { name }) };
}

/** The document that a command from the palette or a title bar is about. */
export function documentOf(argument: unknown): string | undefined {
  if (argument instanceof vscode.Uri) return argument.toString();
  if (typeof argument === 'object' && argument !== null && 'uri' in argument && typeof argument.uri === 'string') {
    return argument.uri;
  }
  const active = vscode.window.activeTextEditor?.document;
  return active?.languageId === LANGUAGE_ID ? active.uri.toString() : undefined;
}

interface Choice extends vscode.QuickPickItem {
  readonly target?: Target;
}

function describe(dryRun: DryRunState | undefined): string {
  return dryRun === undefined ? 'no dry run declared' : describeLast(dryRun, Date.now());
}

/** One row a runbook, or one a dry run where `each` asks for them. */
function choicesOf(runbook: RunbookState, each: boolean): Choice[] {
  const base = { uri: runbook.uri, runbook: runbook.name };
  const label = runbook.title;
  if (!each || runbook.dryRuns.length === 0) {
    return [{ label, description: runbook.dataClass ?? '', detail: describe(runbook.dryRuns[0]), target: base }];
  }
  return runbook.dryRuns.map((dryRun) => ({
    label,
    description: [dryRun.name, runbook.dataClass].filter((word) => word !== undefined).join(' · '),
    detail: describe(dryRun),
    target: { ...base, name: dryRun.name },
  }));
}

/** Asks which runbook, those of the active document first; the only one of the active document needs no question. */
export async function pickRunbook(client: Client, argument: unknown, each: boolean): Promise<Target | undefined> {
  const given = targetOf(argument);
  if (given !== undefined) return given;
  const state = await client.model.refresh();
  const uri = documentOf(argument);
  const here = state.runbooks.filter((runbook) => runbook.uri === uri).flatMap((runbook) => choicesOf(runbook, each));
  if (here.length === 1) return here[0]?.target;
  const others = state.runbooks.filter((runbook) => runbook.uri !== uri).flatMap((runbook) => choicesOf(runbook, each));
  if (here.length + others.length === 0) {
    void vscode.window.showInformationMessage(
      'This workspace has no runbook yet. Write one with “Drillbook: New runbook from live infrastructure…”.',
    );
    return undefined;
  }
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const items =
    here.length > 0 && others.length > 0
      ? [separator('This document'), ...here, separator('Workspace'), ...others]
      : [...here, ...others];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Which runbook?',
    placeHolder: 'Choose a runbook',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.target;
}
