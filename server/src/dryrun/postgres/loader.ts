/** Loads a plain SQL dump: through psql where a fitting one is there, else by itself over the wire; stops at the first error. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import { announced, type ShapeObject } from '../../core/recovery/shape.ts';
import type { EnginePorts } from '../ports.ts';
import { refuseKilled, toolEnvironment } from '../tool.ts';
import { clientArguments, connect } from './connection.ts';
import type { PostgresHandle } from './handle.ts';
import { copyFrom, runSimple } from './copy.ts';
import { textIn } from './encoding.ts';
import { addNeeds, noNeeds, type DumpNeeds } from './needs.ts';
import { refuseCluster, refuseCommand, refuseElsewhere } from './oneDatabase.ts';
import { noteRoles, nothingPrepared, prepare, type Prepared } from './prepare.ts';
import { restoreFault } from './restoreFault.ts';
import { DumpTooLong, scan, type Piece } from './scanner.ts';
import { withoutComments } from './sqlBytes.ts';

export interface LoadOutcome {
  readonly statements: number;
  /** `psql 15.18`, or our own loader. */
  readonly by: string;
  /** What the dump's comments name. */
  readonly announced: readonly ShapeObject[];
}

interface Loading {
  readonly ports: EnginePorts;
  readonly run: RunContext;
  readonly handle: PostgresHandle;
  readonly database: string;
  readonly needs: DumpNeeds;
  readonly prepared: Prepared;
  readonly announced: ShapeObject[];
  statements: number;
  line: number;
  complete: boolean;
}

const TRAILER = /PostgreSQL database (?:cluster )?dump complete/u;

/** Loads `source` into `database`. Rejects with a fault that names the statement; a missing end trailer is one too. */
export async function loadPlain(
  ports: EnginePorts,
  run: RunContext,
  handle: PostgresHandle,
  database: string,
  source: AsyncIterable<Uint8Array>,
): Promise<LoadOutcome> {
  const loading: Loading = {
    ports,
    run,
    handle,
    database,
    needs: noNeeds(),
    prepared: nothingPrepared(),
    announced: [],
    statements: 0,
    line: 1,
    complete: false,
  };
  const clients = handle.all.filter((each) => each.client && canRestrict(each.version));
  const client = clients.find((each) => each.major >= handle.binaries.major) ?? clients[0];
  const psql =
    client && ports.machine.variable('DRILLBOOK_OWN_LOADER') !== '1' ? join(client.folder, 'psql') : undefined;
  const by = client && psql !== undefined ? `psql ${client.version}` : 'own loader';
  try {
    if (client && psql !== undefined) {
      run.engine('psql', client.version, client.folder);
      await throughPsql(loading, psql, source);
    } else await overWire(loading, source);
  } catch (error) {
    if (error instanceof DumpTooLong) throw new StageFault('failed', `The dump can't be read as SQL: ${error.message}`);
    throw error;
  }
  noteRoles(run, loading.prepared);
  if (loading.statements === 0) throw new StageFault('failed', 'The dump holds no statement: nothing was restored.');
  if (!loading.complete) throw new StageFault('failed', cutOff());
  return { statements: loading.statements, by, announced: loading.announced };
}

/**
 * Whether this psql knows `\restrict`, under which it runs no command of its own but `\unrestrict KEY` (CVE-2025-8714).
 * The scanner refuses such commands too, but psql may read a text differently (client encoding, backslashes in quotes).
 */
function canRestrict(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const since: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };
  return major >= 18 || minor >= (since[major] ?? Infinity);
}

export function cutOff(): string {
  return 'The dump is cut off: its end trailer ("PostgreSQL database dump complete") is missing, so psql would load half of it and still exit 0.';
}

/** Whether a piece holds the end trailer: it stands in a comment behind the last statement. */
export function isTrailer(piece: Piece): boolean {
  return (
    piece.kind !== 'data' &&
    piece.kind !== 'copy-end' &&
    piece.bytes.length < 1_000_000 &&
    TRAILER.test(piece.bytes.toString('latin1'))
  );
}

/** Looks at each piece before it goes on: counts, makes what it needs, refuses what psql would run for it. Undefined: leave it out. */
async function admit(loading: Loading, piece: Piece): Promise<Piece | undefined> {
  if (piece.kind === 'data') return piece;
  const text = piece.bytes.length < 1_000_000 ? textIn(loading.needs.encoding, piece.bytes) : '';
  if (piece.kind !== 'copy-end' && TRAILER.test(text)) loading.complete = true;
  refuseCluster(text, loading.statements);
  if (piece.kind === 'meta') {
    const command = text.trim();
    if (/^\\(?:un)?restrict\s+\S+$/u.test(command)) return undefined;
    refuseCommand(command, loading.statements);
  }
  if (piece.kind === 'statement' || piece.kind === 'copy') {
    refuseElsewhere(withoutComments(text), loading.statements);
    loading.statements += 1;
    for (const object of announced(text)) loading.announced.push(object);
    addNeeds(loading.needs, withoutComments(text));
    await prepare(loading.ports, loading.run, loading.handle, loading.database, loading.needs, loading.prepared);
  }
  return piece;
}

/** Whoever loads it through anything but psql, or behind another file, would stumble over the mark. */
function onMark(run: RunContext): () => void {
  return () =>
    run.note({
      severity: 'information',
      code: 'byte-order-mark',
      message:
        'The dump begins with a byte-order mark of UTF-8, which pg_dump writes none of: an editor or a shell put it there. It was left out, as psql leaves it out.',
    });
}

async function throughPsql(loading: Loading, psql: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { ports, run, handle } = loading;
  const child = await ports.processes.spawn(
    psql,
    [
      '-X',
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-v',
      'VERBOSITY=default',
      ...clientArguments(handle.address, loading.database),
      '-f',
      '-',
    ],
    {
      env: toolEnvironment(ports, run, {
        PGOPTIONS: '-c client_min_messages=warning',
        PGPASSWORD: handle.address.password ?? '',
      }),
      cwd: run.folder,
      stdin: 'pipe',
      signal: run.signal,
      graceMs: 1500,
      ...(run.owner ? { owner: run.owner } : {}),
    },
  );
  let complaint = '';
  const listen = async (stream: AsyncIterable<Uint8Array>, keep: boolean): Promise<void> => {
    for await (const chunk of stream) {
      if (!keep) continue;
      const text = Buffer.from(chunk).toString('utf8');
      complaint = (complaint + text).slice(-8000);
      run.output('restore', text);
    }
  };
  const listening = [listen(child.stdout, false), listen(child.stderr, true)].map(
    async (each) => await each.catch(() => undefined),
  );
  let refused: unknown;
  try {
    await child.write(Buffer.from(`\\restrict ${randomBytes(24).toString('hex')}\n`));
    for await (const piece of scan(source, onMark(run))) {
      const admitted = await admit(loading, piece);
      if (admitted) await child.write(admitted.bytes);
    }
    await child.end();
  } catch (error) {
    // EPIPE: psql stopped at an error, and says which.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) {
      refused = error;
      await child.kill();
    }
  }
  const exit = await child.exit;
  await Promise.all(listening);
  run.signal.throwIfAborted();
  if (refused !== undefined) throw refused instanceof Error ? refused : new Error('The dump could not be read.');
  refuseKilled(psql, exit);
  if (exit.code !== 0)
    throw restoreFault(
      complaint.trim() || `psql ended with ${exit.code ?? exit.signal ?? 'nothing'}`,
      'psql',
      complaint,
    );
}

async function overWire(loading: Loading, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { run, handle } = loading;
  run.engine('own loader', '1', 'no psql with \\restrict on this machine');
  const client = await connect(handle.address, loading.database);
  const onAbort = (): void => void client.end().catch(() => undefined);
  run.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const pieces = scan(source, onMark(run))[Symbol.asyncIterator]();
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
      run.signal.throwIfAborted();
      const piece = await admit(loading, next.value);
      if (!piece || piece.kind === 'rest') continue;
      if (loading.needs.encoding !== undefined && !/^(?:utf-?8|unicode|sql_ascii)$/iu.test(loading.needs.encoding)) {
        throw new StageFault(
          'inconclusive',
          `The dump is written in ${loading.needs.encoding}, which only psql can load; install current PostgreSQL client tools (a psql that knows \\restrict: 13.22, 14.19, 15.14, 16.10, 17.6 or newer).`,
          { sandbox: true, code: 'no-binaries' },
        );
      }
      if (piece.kind === 'copy') {
        const data = dataOf(loading, pieces);
        await copyFrom(client, piece.bytes.toString('utf8'), data);
      } else if (piece.kind === 'statement') await runSimple(client, piece.bytes.toString('utf8'));
    }
  } catch (error) {
    run.signal.throwIfAborted();
    if (error instanceof StageFault || error instanceof DumpTooLong) throw error;
    throw restoreFault(error instanceof Error ? error.message : String(error), 'the server', '', loading.statements);
  } finally {
    run.signal.removeEventListener('abort', onAbort);
    await client.end().catch(() => undefined);
  }
}

/** The data of one COPY. A dump that ends inside it is cut off: what came must not be committed. */
async function* dataOf(loading: Loading, pieces: AsyncIterator<Piece>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) throw new StageFault('failed', cutOff());
    const piece = await admit(loading, next.value);
    if (piece?.kind === 'copy-end') return;
    if (piece?.kind === 'data') yield piece.bytes;
  }
}
