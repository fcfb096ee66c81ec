/** Tells by a program's own words that it lacked memory: that is this machine's, and says nothing of the backup. */
import { basename } from 'node:path';
import { StageFault } from '../core/recovery/stageFault.ts';
import type { EnginePorts } from './ports.ts';

/** As C libraries, the loader, runtimes and compressors say it. */
const WORDS = new RegExp(
  [
    String.raw`\bout of (?:shared )?memory\b`,
    String.raw`\b(?:can(?:no|')t|could not|unable to|failed to|not able to) (?:allocate|reserve|map)\b[^\n]{0,60}\b(?:memory|arena|heap|shared object|bytes)\b`,
    String.raw`\bnot enough memory\b|\bmemory exhausted\b|\bmalloc(?:\(\d*\))? fail|\bstd::bad_alloc\b|\bMemoryError\b`,
    String.raw`\bcannot allocate heap metadata\b|\bfailed to create new OS thread\b|\bout of core\b`,
  ].join('|'),
  'iu',
);

/** Whether that is what the words say. */
export function saysNoMemory(words: string): boolean {
  return WORDS.test(words);
}

/** The sandbox's fault, where a program that failed complains of memory; else undefined. */
export async function memoryFault(ports: EnginePorts, command: string, words: string): Promise<StageFault | undefined> {
  const line = words.split('\n').find((each) => WORDS.test(each));
  if (line === undefined) return undefined;
  const name = basename(command);
  // A damaged length in an archive asks for more than there is anywhere: where nothing limits memory, that is what it means.
  if (name === 'pg_restore' && /^pg_restore: error: out of memory/mu.test(words) && !(await isLimited(ports)))
    return undefined;
  return noMemory(name, line);
}

export function noMemory(name: string, line: string): StageFault {
  return new StageFault(
    'inconclusive',
    `There was not enough memory for ${name}, which says "${line.trim().slice(0, 200)}"; give the dry run more, by "ulimit -v" too, or let less run beside it.`,
    { sandbox: true, code: 'no-memory' },
  );
}

/** Whether what a program may have is less than the machine could give: by a limit of ours, which it inherits, or by the system's. */
async function isLimited(ports: EnginePorts): Promise<boolean> {
  const read = async (path: string): Promise<string> => await ports.files.readText(path).catch(() => '');
  const limits = await read('/proc/self/limits');
  return (
    /^Max (?:address space|data size)\s+\d/mu.test(limits) ||
    (await read('/proc/sys/vm/overcommit_memory')).trim() === '2'
  );
}
