/** What a command is handed, and how it reads its argument. */
import { ErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import type { Entry } from '../../core/workspace.ts';
import type { Progress } from '../progress.ts';
import type { Session } from '../session.ts';
import type { Located } from '../workspaceStore.ts';

export interface CommandRequest {
  readonly session: Session;
  /** The first of the command's arguments, plain JSON of unknown shape. */
  readonly argument: Readonly<Record<string, unknown>>;
  readonly token: CancellationToken;
  /** Begins work-done progress, where the command takes time. */
  readonly progress: (title: string) => Promise<Progress>;
}

/** Runs a command; its result is the request's answer. */
export type Command = (request: CommandRequest) => Promise<unknown>;

/** A text of the argument; undefined where it is left out. @throws ResponseError where it is no text. */
export function textOf(argument: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = argument[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ResponseError(ErrorCodes.InvalidParams, `"${key}" must be a text.`);
}

/** A number of the argument; undefined where it is left out. @throws ResponseError where it is none. */
export function numberOf(argument: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = argument[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  throw new ResponseError(ErrorCodes.InvalidParams, `"${key}" must be a number.`);
}

/** The runbook that the argument names: in its file, else anywhere in that workspace. */
export function findRunbook(
  session: Session,
  uri: string | undefined,
  runbook: string | undefined,
): { readonly located: Located; readonly entry: Entry } | string {
  const located = uri === undefined ? undefined : session.store.locate(uri);
  const roots = located ? [located.root] : session.store.roots();
  for (const root of roots) {
    const workspace = root.workspace();
    const here = located ? workspace.byFile(located.file).filter((entry) => entry.kind === 'Runbook') : [];
    const entry =
      here.find((each) => runbook === undefined || each.name === runbook) ??
      workspace.byKind('Runbook').find((each) => runbook !== undefined && each.name === runbook);
    if (entry) return { located: { root, file: entry.file }, entry };
  }
  const where = uri === undefined ? 'in the workspace' : `in ${uri} or its workspace`;
  return runbook === undefined
    ? `There is no runbook ${where}; name one that is there.`
    : `There is no runbook "${runbook}" ${where}; save it, or check its metadata.name.`;
}
