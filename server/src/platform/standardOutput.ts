/**
 * Standard output and error: written straight to the descriptor where a file or a pipe takes it, and by Node's stream
 * elsewhere, which takes longer to load than a small file to be checked. A reader that went away is no error of ours.
 */
import { fstatSync, statSync, writeSync, type Stats } from 'node:fs';

/** What a pipe takes though nobody reads: to wait for a reader, the stream is asked, beside which signals are heard. */
const PIPE_BYTES = 65_536;

export interface StandardOutput {
  /** Resolves when the content is taken, or can't be: a run goes on to clean up, and asks for `failure` at its end. */
  readonly write: (content: string | Uint8Array) => Promise<void>;
  readonly isTerminal: boolean;
  /** Columns of the terminal; Infinity where it is none, or doesn't know. */
  readonly columns: number;
  /** Resolves when all that was written is on its way. */
  readonly flushed: () => Promise<void>;
  /** What kept something from being written (a full disk), in words; undefined also where the reader went away. */
  readonly failure: string | undefined;
}

/** The output with this number: 1 standard output, 2 standard error. Each is to be opened once. */
export function openStandardOutput(descriptor: 1 | 2): StandardOutput {
  let opened: NodeJS.WriteStream | undefined;
  let failure: string | undefined;
  let isGone = false;
  const fail = (error: unknown): void => {
    isGone = true;
    if (!isReaderGone(error)) failure ??= error instanceof Error ? error.message : String(error);
  };
  const stream = (): NodeJS.WriteStream =>
    (opened ??= (descriptor === 1 ? process.stdout : process.stderr).on('error', fail));
  let room = roomOf(descriptor);
  const isStream = room === 0;
  const writeStraight = (content: Uint8Array): Uint8Array => {
    let left = content;
    while (left.length > 0) {
      try {
        left = left.subarray(writeSync(descriptor, left));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') break;
        fail(error);
        return left.subarray(left.length);
      }
    }
    return left;
  };
  return {
    write: async (content) => {
      if (isGone) return;
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      let left = bytes;
      if (opened === undefined && bytes.length <= room) {
        room -= bytes.length;
        left = writeStraight(bytes);
        if (left.length === 0) return;
      }
      const to = stream();
      await new Promise<void>((resolve) => {
        if (to.destroyed || to.writableEnded) resolve();
        else {
          to.write(left, (error) => {
            if (error) fail(error);
            resolve();
          });
        }
      });
    },
    get isTerminal() {
      return isStream && stream().isTTY;
    },
    get columns() {
      const { isTTY, columns } = isStream ? stream() : { isTTY: false, columns: 0 };
      return isTTY && columns > 0 ? columns : Infinity;
    },
    flushed: async () => {
      const to = opened;
      if (isGone || to === undefined || to.destroyed || to.writableLength === 0) return;
      await new Promise<void>((resolve) => void to.write('', () => resolve()));
    },
    get failure() {
      return failure;
    },
  };
}

/** Bytes that may be written straight: none to a terminal, and none on Windows, where a pipe is another thing. */
function roomOf(descriptor: number): number {
  if (process.platform === 'win32') return 0;
  try {
    const stat = fstatSync(descriptor);
    if (stat.isFile() || isNowhere(stat)) return Infinity;
    return stat.isFIFO() || stat.isSocket() ? PIPE_BYTES : 0;
  } catch {
    return 0;
  }
}

function isNowhere(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === statSync('/dev/null').rdev;
}

/** `drillbook rules | head` is fine. */
export function withQuietEnd(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isReaderGone(error)) throw error;
  });
}

function isReaderGone(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
}
