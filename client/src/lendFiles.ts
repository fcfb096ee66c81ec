/** Answers the server's questions about files in a browser, where it has no file system of its own. */
import * as vscode from 'vscode';
import {
  LIST_FILES,
  READ_FILE,
  type ListFilesParams,
  type ListFilesResult,
  type ReadFileParams,
  type ReadFileResult,
} from '../../server/src/protocol.ts';
import type { Client } from './clientTypes.ts';

/** Most files that one glob may give: a bound for virtual workspaces that list slowly. */
const MOST_FILES = 5000;

/** Registers the answers. Only files below the workspace's folders are read. */
export function lendFiles(client: Client): void {
  client.context.subscriptions.push(
    client.languageClient.onRequest(LIST_FILES, async (params: ListFilesParams): Promise<ListFilesResult> => {
      const found = await Promise.all(
        params.globs.map((glob) => vscode.workspace.findFiles(glob, '**/node_modules/**', MOST_FILES)),
      );
      return [...new Set(found.flat().map((uri) => uri.toString()))].sort();
    }),
    client.languageClient.onRequest(READ_FILE, async (params: ReadFileParams): Promise<ReadFileResult> => {
      const uri = vscode.Uri.parse(params.uri);
      if (vscode.workspace.getWorkspaceFolder(uri) === undefined) return null;
      try {
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      } catch {
        return null; // A file that went away between listing and reading is no file.
      }
    }),
  );
}
