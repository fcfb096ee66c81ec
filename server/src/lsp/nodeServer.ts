/** The language server on Node: over stdio, the channel of the process that started it, or a socket. */
import {
  createConnection,
  createServerSocketTransport,
  IPCMessageReader,
  IPCMessageWriter,
  ProposedFeatures,
  type Connection,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageserver/node';
import { withQuietEnd } from '../platform/standardOutput.ts';
import { createNodeDependencies, type ServerProgram } from './nodeDependencies.ts';
import { createServer } from './server.ts';
import { WholeReader } from './nodeReader.ts';
import { WholeWriter } from './nodeWriter.ts';

/**
 * Serves until the client goes away; then the process ends. `args`: `--stdio` (the default), `--node-ipc` or
 * `--socket=PORT`.
 */
export async function serveOn(args: readonly string[], program: ServerProgram): Promise<void> {
  withQuietEnd(process.stdout);
  withQuietEnd(process.stderr);
  // Standard output belongs to the protocol: what anything prints goes to the log instead.
  const dependencies = await createNodeDependencies(program, (line) => void process.stderr.write(`${line}\n`));
  const end = (why: string) => (error: unknown) => {
    dependencies.log.write(
      'error',
      `${why}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  };
  process.on('unhandledRejection', end('A promise was rejected and nobody listened'));
  process.on('uncaughtException', end('An error was not caught'));
  const connection = connect(args, end('A message could not be read'));
  createServer(connection, dependencies);
  connection.listen();
}

function connect(args: readonly string[], onUnread: (error: Error) => void): Connection {
  const [reader, writer] = transport(args);
  reader.onError(onUnread);
  return createConnection(ProposedFeatures.all, reader, writer);
}

function transport(args: readonly string[]): [MessageReader, MessageWriter] {
  if (args.includes('--node-ipc')) return [new IPCMessageReader(process), new IPCMessageWriter(process)];
  const socket = args.find((argument) => argument.startsWith('--socket='))?.slice('--socket='.length);
  if (socket !== undefined) {
    const port = Number(socket);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new RangeError(`"${socket}" is no port: give one from 1 to 65535.`);
    return createServerSocketTransport(port);
  }
  return [new WholeReader(process.stdin), new WholeWriter(process.stdout)];
}
