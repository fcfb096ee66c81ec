/** Directory-format dumps: several stored objects that are one backup, told by their toc.dat. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { RunContext } from '../../core/recovery/engine.ts';
import { StageFault } from '../../core/recovery/stageFault.ts';
import type { StoredObject } from '../../core/recovery/newest.ts';
import type { ChecksumRecord } from '../../core/recovery/record.ts';
import type { EnginePorts } from '../ports.ts';
import { freshPath, ownName, stage } from '../staging.ts';
import { describeBytes, head } from '../streams.ts';
import { eachMember } from '../tree.ts';
import { makeFolder } from '../writeFile.ts';
import type { Grouping, StoredHandle } from '../stored.ts';

/** Objects beside a `toc.dat` become one backup named after their folder. */
export const groupDirectories: Grouping = (objects) => {
  const tocs = objects.filter((each) => each.name === 'toc.dat' || each.name.endsWith('/toc.dat'));
  if (tocs.length === 0) return objects;
  const folders = new Map<string, StoredObject[]>();
  for (const toc of tocs) folders.set(toc.name.slice(0, -'toc.dat'.length), []);
  const single: StoredObject[] = [];
  for (const object of objects) {
    const folder = object.name.slice(0, object.name.lastIndexOf('/') + 1);
    const members = object.hidden === undefined ? folders.get(folder) : undefined;
    if (members) members.push(object);
    else if (!folders.has(folder)) single.push(object);
  }
  const grouped = [...folders].flatMap(([folder, members]) => {
    const toc = members.find((each) => each.name === `${folder}toc.dat`);
    if (!toc) return [];
    const key = toc.key.slice(0, -'/toc.dat'.length);
    return [
      {
        key,
        name: folder === '' ? key.slice(key.lastIndexOf('/') + 1) : folder.slice(0, -1),
        bytes: members.reduce((sum, each) => sum + each.bytes, 0),
        storedMs: Math.max(...members.map((each) => each.storedMs)),
        members: [toc, ...members.filter((each) => each !== toc)],
      },
    ];
  });
  return [...single, ...grouped];
};

/** Whether a found backup is such a folder, be it that only its toc.dat is left. */
export function isDirectory({ object, members }: StoredHandle): boolean {
  return members.length > 1 || (members[0] !== undefined && members[0].key !== object.key);
}

/** How a file of data begins where its name says that it is compressed: pg_restore would read anything else as rows. */
const HEADS: Readonly<Record<string, string>> = { gz: '1f8b', lz4: '04224d18', zst: '28b52ffd' };
/** How the rows of a table begin and end, with nothing around them, as COPY and as INSERT; large objects end as they like. */
const ENDS: readonly (readonly [start: string, end: string])[] = [
  ['', '\\.\n\n\n'],
  ['INSERT INTO ', ';\n\n\n'],
];
const NO_INSERTS = '\n\n';
const LOOKED_AT = 16;

/** Rejects a file of data that is empty, cut off or something else, which pg_restore takes for fewer rows. */
async function refuseNoData(ports: EnginePorts, folder: string, member: StoredObject): Promise<void> {
  const name = basename(member.name);
  const [, compressed] = /^(?:\d+|blob_\d+)\.dat(?:\.(\w+))?$/u.exec(name) ?? ['', undefined];
  const wanted = compressed === undefined ? undefined : HEADS[compressed];
  const read = async (start: number, end: number): Promise<Buffer> =>
    member.bytes === 0
      ? Buffer.alloc(0)
      : await head(ports.files.readStream(join(folder, name), { start, end }), end - start);
  const first = await read(0, LOOKED_AT);
  if (wanted !== undefined) {
    if (first.toString('hex').startsWith(wanted)) return;
    throw new StageFault(
      'failed',
      `The backup is cut off or damaged: its file ${name} ${first.length === 0 ? 'is empty' : `begins with ${describeBytes(first)}, which is no ${compressed ?? ''} stream`}.`,
    );
  }
  if (!/^\d+\.dat$/u.test(name)) return;
  const from = first.toString('latin1');
  const to = (await read(Math.max(0, member.bytes - LOOKED_AT), member.bytes)).toString('latin1');
  if (to !== NO_INSERTS && !ENDS.some(([start, end]) => from.startsWith(start) && to.endsWith(end)))
    throw new StageFault(
      'failed',
      `The backup is cut off or damaged: its file ${name} does not end with the end of its rows.`,
    );
}

/** Stages every file of a directory dump into one folder; the checksum is over the names and sums of all. */
export async function stageDirectory(
  ports: EnginePorts,
  run: RunContext,
  handle: StoredHandle,
): Promise<{ readonly path: string; readonly bytes: number; readonly checksum: ChecksumRecord }> {
  const sums: string[] = [];
  let bytes = 0;
  let path: string | undefined;
  // A folder of its own, and the files' own names: pg_restore looks for them by those, whatever version of an object they are.
  const own = await freshPath(ports, run, ownName(handle.object));
  await makeFolder(ports, run, own);
  await eachMember(run, handle.members, async (member, within) => {
    const target = join(own, basename(member.name));
    const staged = await stage(ports, within, handle.store, member, undefined, target);
    bytes += staged.bytes;
    sums.push(`${staged.checksum.value}  ${member.name}`);
    path ??= dirname(staged.path);
    if (dirname(staged.path) !== path)
      throw new StageFault('inconclusive', `The files of ${handle.object.name} were staged in different folders.`, {
        sandbox: true,
      });
  });
  for (const member of handle.members) await refuseNoData(ports, path ?? own, member);
  const value = createHash('sha256').update(sums.sort().join('\n')).digest('hex');
  return {
    path: path ?? own,
    bytes,
    checksum: { algorithm: 'sha256', value, state: 'computed', source: 'sums of all files' },
  };
}
