/** A stand-in for a repository that a tool reads itself: links to all that it holds, and one file copied with a byte changed. */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type { RunContext } from '../core/recovery/engine.ts';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { EnginePorts } from './ports.ts';
import { freshPath } from './staging.ts';
import { lastWords, runTool } from './tool.ts';
import { makeFolder, writeFile } from './writeFile.ts';

/** Links made by one command. */
const AT_ONCE = 500;

/** `source` with the byte at `at` changed. */
export async function* flipped(source: AsyncIterable<Uint8Array>, at: number): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const chunk of source) {
    if (at >= position && at < position + chunk.byteLength) {
      const copy = Buffer.from(chunk);
      copy[at - position] = (copy[at - position] ?? 0) ^ 0xff;
      yield copy;
    } else yield chunk;
    position += chunk.byteLength;
  }
}

/** Path of the stand-in for `root`, in which the byte at `at` of `file` (from the root, with `/`) is another; nothing is written to `root`. */
export async function standIn(
  ports: EnginePorts,
  run: RunContext,
  root: string,
  file: string,
  at: number,
): Promise<string> {
  const copy = await freshPath(ports, run, 'spoiled');
  let from = root;
  let to = copy;
  for (const part of file.split('/')) {
    await makeFolder(ports, run, to);
    const beside = (await ports.files.list(from)).filter((name) => name !== part).map((name) => join(from, name));
    for (let start = 0; start < beside.length; start += AT_ONCE) {
      const made = await runTool(ports, run, 'ln', ['-s', '--', ...beside.slice(start, start + AT_ONCE), `${to}/`], {
        stage: 'locate',
        asSelf: true,
      });
      if (made.code !== 0)
        throw new StageFault(
          'inconclusive',
          `The stand-in of ${root} for the scenario could not be made: ${lastWords(made)}`,
          {
            sandbox: true,
          },
        );
    }
    from = join(from, part);
    to = join(to, part);
  }
  await writeFile(ports, run, to, flipped(ports.files.readStream(from), at));
  return copy;
}
