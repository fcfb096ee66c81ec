/** Statements and COPY … FROM STDIN over the driver's own connection, with back-pressure; the driver has no copying of its own. */
import type { Client, Connection } from 'pg';

interface Wire extends Connection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
  readonly stream: Connection['stream'];
}

/** The driver's contract for things that are submitted to it: one method for each message of the server. */
interface Submitted {
  submit(connection: Connection): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
  handleCommandComplete(): void;
  handleCopyInResponse(connection: Connection): void;
  handleRowDescription(): void;
  handleDataRow(): void;
  handlePortalSuspended(): void;
  handleEmptyQuery(): void;
  handleCopyData(): void;
}

const nothing = (): void => undefined;

/** Runs one or more statements by the simple protocol and drops what they answer. */
export async function runSimple(client: Client, text: string): Promise<void> {
  await submit(client, text, undefined);
}

/** Runs `statement` (`COPY … FROM stdin;`) and sends it `data`. Where `data` fails the copy is given up, and its error is thrown. */
export async function copyFrom(client: Client, statement: string, data: AsyncIterable<Uint8Array>): Promise<void> {
  await submit(client, statement, data);
}

async function submit(client: Client, text: string, data: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let failure: Error | undefined;
    let stopped = false;
    const onEnd = (): void => {
      stopped = true;
      reject(failure ?? new Error('Connection terminated'));
    };
    client.once('end', onEnd);
    const submitted: Submitted = {
      submit: (connection) => (connection as Wire).query(text),
      handleError: (error) => {
        failure ??= error;
        stopped = true;
        client.off('end', onEnd);
        // The driver forgets a query at its error: no ready message follows for it.
        reject(failure);
      },
      handleReadyForQuery: () => {
        client.off('end', onEnd);
        if (failure) reject(failure);
        else resolve();
      },
      handleCopyInResponse: (connection) => {
        const wire = connection as Wire;
        if (!data) {
          wire.sendCopyFail('no data');
          return;
        }
        void send(wire, data, () => stopped).catch((error: unknown) => {
          failure ??= error instanceof Error ? error : new Error(String(error));
          wire.sendCopyFail('the source of the data failed');
        });
      },
      handleCommandComplete: nothing,
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handlePortalSuspended: nothing,
      handleEmptyQuery: nothing,
      handleCopyData: nothing,
    };
    client.query(submitted as never);
  });
}

async function send(wire: Wire, data: AsyncIterable<Uint8Array>, stopped: () => boolean): Promise<void> {
  for await (const chunk of data) {
    // After an error the server drops what comes; the rest is read so that the dump's place is kept.
    if (stopped()) continue;
    wire.sendCopyFromChunk(chunk);
    if (wire.stream.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          wire.stream.off('drain', go);
          wire.stream.off('close', go);
          resolve();
        };
        wire.stream.once('drain', go);
        wire.stream.once('close', go);
      });
    }
  }
  if (!stopped()) wire.endCopyFrom();
}
