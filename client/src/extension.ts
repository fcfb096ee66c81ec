/** The client on a machine with Node: it runs the language server as a process of its own. */
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type LanguageClientOptions } from 'vscode-languageclient/node';
import { CONFIGURATION_SECTION } from '../../server/src/protocol.ts';
import type { LazyParts } from './activation.ts';
import { startClient } from './client.ts';
import type { Client } from './clientTypes.ts';
import { toolFolders } from './settings.ts';

/** Starts the client; called once by the stub, with the first document, command or view of ours. */
export function start(context: vscode.ExtensionContext, parts: LazyParts): Promise<Client> {
  return startClient(context, parts, {
    canRun: true,
    createLanguageClient: (options) => createNodeClient(context, options),
  });
}

/** The server is the same program as the command line; the editor talks to it over Node's IPC channel. */
function createNodeClient(context: vscode.ExtensionContext, options: LanguageClientOptions): LanguageClient {
  const folders = toolFolders();
  const path = [...folders, process.env['PATH'] ?? ''].join(delimiter);
  const env = {
    ...process.env,
    ...(folders.length > 0 && { PATH: path }),
    // Node from 22 on keeps what it compiled there: the next start of the server, or of a dry run, is quicker.
    NODE_COMPILE_CACHE:
      process.env['NODE_COMPILE_CACHE'] ?? vscode.Uri.joinPath(context.globalStorageUri, 'compiled').fsPath,
  };
  const run = {
    module: vscode.Uri.joinPath(context.extensionUri, 'dist', 'main.js').fsPath,
    args: ['lsp'],
    transport: TransportKind.ipc,
    options: { env },
  };
  return new LanguageClient(CONFIGURATION_SECTION, 'Drillbook', { run, debug: run }, options);
}
