/** Sockets of the file system (named pipes on Windows): one message there, one back. */
import { connect } from 'node:net';
import type { LocalSockets } from '../core/ports.ts';

const LENGTH = 4;

export function createLocalSockets(): LocalSockets {
  return {
    exchange: async (path, message, { most, signal }) =>
      await new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const socket = connect({ path });
        let answer = Buffer.alloc(0);
        const end = (settle: () => void): void => {
          signal.removeEventListener('abort', onAbort);
          socket.destroy();
          settle();
        };
        const fail = (error: unknown): void =>
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
        const onAbort = (): void => fail(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        socket.once('error', fail);
        socket.once('close', () => fail(new Error('it closed the connection without an answer')));
        socket.on('data', (chunk: Buffer) => {
          answer = Buffer.concat([answer, chunk]);
          if (answer.length < LENGTH) return;
          const length = answer.readUInt32BE(0);
          if (length > most) fail(new Error(`it announced an answer of ${length} bytes`));
          else if (answer.length >= LENGTH + length) end(() => resolve(answer.subarray(LENGTH, LENGTH + length)));
        });
        const length = Buffer.alloc(LENGTH);
        length.writeUInt32BE(message.length);
        socket.write(Buffer.concat([length, message]));
      }),
  };
}
