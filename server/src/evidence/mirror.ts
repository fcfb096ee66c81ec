/** Evidence kept a second time where it can't be changed: every record and journal line an object of its own, never written twice. */
import { join } from 'node:path';
import type { Files } from '../core/ports.ts';
import { parseEntry, readChains, type JournalEntry } from './journal.ts';
import { withLock, type LockPorts } from './lock.ts';
import type { Anchor } from './verify.ts';

/** A locked bucket, or what behaves like one. Keys are from its prefix. */
export interface EvidencePlace {
  /** `s3://bucket/prefix`. */
  readonly where: string;
  list(): Promise<readonly string[]>;
  read(key: string): Promise<string>;
  /** Writes the object only where there is none of that key yet; false: there is one, and it was left alone. */
  putNew(key: string, text: string): Promise<boolean>;
  close(): void;
}

const LINE = /^([^/]+)\/(\d{6,})\.entry\.json$/u;

function lineKey(entry: Pick<JournalEntry, 'writer' | 'sequence'>): string {
  return `${entry.writer}/${String(entry.sequence).padStart(6, '0')}.entry.json`;
}

/**
 * Copies what the place lacks of a writer's chain, records before the lines that name them, oldest first: what an earlier
 * upload missed is made up for. Rejects where the place can't be reached, or holds another object under one of the names.
 */
export async function mirrorChain(
  files: Files,
  folder: string,
  writer: string,
  place: EvidencePlace,
): Promise<{ readonly uploaded: number }> {
  const chain = (await readChains(files, folder)).find((each) => each.writer === writer);
  const there = new Set(await place.list());
  // Lines follow from the ones before, so the last that both have stands for all of them.
  const both = chain?.entries.findLast((entry) => there.has(lineKey(entry)));
  if (both) await putSame(place, lineKey(both), JSON.stringify(both));
  let uploaded = 0;
  for (const entry of chain?.entries ?? []) {
    const key = lineKey(entry);
    if (there.has(key)) continue;
    const record = await files.readText(join(folder, entry.record)).catch(() => undefined);
    if (record === undefined) throw new Error(`the record ${entry.record} is gone from the local evidence`);
    if (!there.has(entry.record)) await putSame(place, entry.record, record);
    await putSame(place, key, JSON.stringify(entry));
    uploaded += 1;
  }
  return { uploaded };
}

async function putSame(place: EvidencePlace, key: string, text: string): Promise<void> {
  if (await place.putNew(key, text)) return;
  if ((await place.read(key)) !== text) throw new Error(`${place.where}${key} holds something else already`);
}

/** The head of every chain as the place remembers it. A line there that can't be read is told as an error. */
export async function placeAnchors(place: EvidencePlace): Promise<readonly Anchor[]> {
  const heads = new Map<string, { readonly key: string; readonly sequence: number }>();
  for (const key of await place.list()) {
    const [, writer, digits] = LINE.exec(key) ?? [];
    if (writer === undefined || digits === undefined) continue;
    const sequence = Number(digits);
    if ((heads.get(writer)?.sequence ?? 0) < sequence) heads.set(writer, { key, sequence });
  }
  return await Promise.all(
    [...heads].map(async ([writer, { key, sequence }]) => {
      const entry = parseEntry(await place.read(key));
      if (!entry || entry.sequence !== sequence || entry.writer !== writer)
        throw new Error(`${place.where}${key} can't be read as a line of a journal`);
      return { writer, sequence, hash: entry.hash, source: `${place.where}${key}` };
    }),
  );
}

/**
 * Copies chains of other writers from the place, as far as they are not here: evidence of other machines counts here too.
 * Rejects where what the place holds is no chain that follows from what is here.
 */
export async function copyChains(
  ports: LockPorts,
  folder: string,
  place: EvidencePlace,
  mayCopy: (writer: string) => boolean,
): Promise<readonly { readonly writer: string; readonly records: number }[]> {
  const lines = new Map<string, string[]>();
  for (const key of [...(await place.list())].sort()) {
    const writer = LINE.exec(key)?.[1];
    if (writer !== undefined && mayCopy(writer)) lines.set(writer, [...(lines.get(writer) ?? []), key]);
  }
  const copied: { writer: string; records: number }[] = [];
  for (const [writer, keys] of lines) {
    await ports.files.makeFolder(join(folder, writer));
    const records = await withLock(ports, join(folder, `${writer}.lock`), async () => {
      const here = (await readChains(ports.files, folder)).find((each) => each.writer === writer)?.entries ?? [];
      for (const key of keys.slice(here.length)) await copyEntry(ports.files, folder, place, key);
      return Math.max(0, keys.length - here.length);
    });
    if (records > 0) copied.push({ writer, records });
  }
  return copied;
}

/** One record with its line; where it lies is never left to what the place says. */
async function copyEntry(files: Files, folder: string, place: EvidencePlace, key: string): Promise<void> {
  const [, writer = '', digits = ''] = LINE.exec(key) ?? [];
  const line = await place.read(key);
  const entry = parseEntry(line);
  const name = entry?.record.startsWith(`${writer}/`) === true ? entry.record.slice(writer.length + 1) : '';
  if (entry?.writer !== writer || entry.sequence !== Number(digits) || !/^[\w.-]+\.json$/u.test(name))
    throw new Error(`${place.where}${key} can't be read as a line of a journal`);
  await files.writeAtomic(join(folder, writer, name), await place.read(entry.record));
  await files.append(join(folder, `${writer}.jsonl`), `${line.trimEnd()}\n`);
}
