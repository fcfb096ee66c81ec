/** The client in a browser: the language server runs in a web worker, and nothing can be looked up or restored. */
import * as vscode from 'vscode';
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  LanguageClient,
  type LanguageClientOptions,
} from 'vscode-languageclient/browser';
import { CONFIGURATION_SECTION } from '../../server/src/protocol.ts';
import { createStub } from './activation.ts';
import { startClient } from './client.ts';

/** The browser's own; its types would bring the DOM's with them. */
declare const Worker: new (script: string) => object;

const stub = createStub(() =>
  Promise.resolve({
    start: (context, parts) =>
      startClient(context, parts, {
        canRun: false,
        createLanguageClient: (options) => createWorkerClient(context, options),
      }),
  }),
);

export const activate = stub.activate;
export const deactivate = stub.deactivate;

/** A client over a worker that runs dist/server.web.js; a new one each time the server is started. */
function createWorkerClient(context: vscode.ExtensionContext, options: LanguageClientOptions): LanguageClient {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.web.js').toString(true);
  return new LanguageClient(
    CONFIGURATION_SECTION,
    'Drillbook',
    () => {
      // Handed over as reader and writer: the host's worker is a class of its own, which the client wouldn't know.
      const worker = new Worker(script);
      return Promise.resolve({ reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) });
    },
    options,
  );
}
