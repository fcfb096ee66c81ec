/** The language server as a browser's worker: static checks, policy, committed evidence and recorded observations. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from 'vscode-languageserver/browser';
import { createBrowserDependencies } from './browserDependencies.ts';
import { createServer } from './server.ts';

declare const DRILLBOOK_VERSION: string | undefined;
declare const self: DedicatedWorkerGlobalScope;

const connection = createConnection(
  ProposedFeatures.all,
  new BrowserMessageReader(self),
  new BrowserMessageWriter(self),
);

/** Calls back once what is queued is done: a message to ourselves isn't held back as timers are. */
function soon(callback: () => void): () => void {
  const channel = new MessageChannel();
  let called = false;
  channel.port1.onmessage = () => {
    channel.port1.close();
    if (!called) callback();
  };
  channel.port2.postMessage(undefined);
  return () => {
    called = true;
  };
}

createServer(
  connection,
  createBrowserDependencies({
    version: typeof DRILLBOOK_VERSION === 'string' ? DRILLBOOK_VERSION : '0.0.0-source',
    ask: (method, params) => connection.sendRequest(method, params),
    log: {
      write: (level, message) => {
        if (level === 'error') connection.console.error(message);
        else if (level === 'warning') connection.console.warn(message);
      },
    },
    soon,
    now: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => {
        clearTimeout(timer);
      };
    },
  }),
);
connection.listen();
