/**
 * The check of a large workspace: what is unchanged since the last run is recalled file by file, the rest is checked in
 * parts on every core, and the findings come out as of one check of the whole, in the same order.
 */
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileFacts } from '../app/checkParts.ts';
import { readCodeOwners } from '../app/codeOwners.ts';
import { steadyUntil } from '../core/rules/changes.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { readOurs, type FileStamp } from '../platform/workspaceFiles.ts';
import { bringUpToDate } from './checkDue.ts';
import type { PartSetting, Text } from './checkPart.ts';
import { createThreads, type Threads } from './checkThreads.ts';
import { differs, keepable, look, type Looked } from './checkRows.ts';
import type { CommandContext } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import type { FoundRow } from './foundRow.ts';
import { hasKept, readKept, sumOf, writeKept } from './keptChecks.ts';
import type { Look } from './printedFile.ts';

/** Below this a whole check is quicker than looking for what was found before. */
export const FEWEST_FILES = 200;
/** Where every other file is a policy there is nothing to divide. */
const MOST_SHARED = 100;

/** What the findings depend on beside the files. */
export interface Ground {
  readonly evidence: EvidenceSummary;
  readonly owners: string | undefined;
  /** Tells this ground, and this build of the program, from every other. */
  readonly key: string;
  /** Whether what is found may be kept, and what was kept be used. */
  readonly keeps: boolean;
}

/** What is known of one file. */
export interface LargeFile {
  readonly facts?: FileFacts;
  readonly found?: FoundRow;
  /** Of its text, and of what else the findings depend on beside what all depend on. */
  readonly sum: string;
  readonly key: string;
  /** Where it was checked just now: the findings as text, set as was asked. */
  readonly printed?: string;
}

export interface LargeCheck {
  /** What all findings depend on. */
  readonly key: string;
  /** The findings hold from the first moment and before the second, milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Of every file that was looked at, in that order; undefined where one may change without its stamp. */
  readonly stamps: readonly (readonly [file: string, stamp: FileStamp])[] | undefined;
  /** Every file that is ours, sorted. */
  readonly files: readonly string[];
  readonly failed: readonly { readonly file: string; readonly why: string }[];
  readonly fileOf: (file: string) => LargeFile | undefined;
  readonly textOf: (file: string) => string | undefined;
  /** Keeps what was found for the next run, and lets the threads go. */
  readonly keep: () => Promise<void>;
}

/** The ground of a check; undefined where only a whole check will do. */
export async function groundOf(context: CommandContext, root: string): Promise<Ground | undefined> {
  const program = await programIdentity(context);
  if (program === undefined) return undefined;
  const evidence = await readEvidence(context, root);
  // A broken chain is told at the first policy or runbook of all.
  if (evidence.problems.length > 0) return undefined;
  const owners = await readCodeOwners(context.dependencies.files, root);
  const key = sumOf(program, root, JSON.stringify(evidence), owners ?? '-');
  return { evidence, owners, key, keeps: mayKeep(context, root) };
}

/**
 * Checks the files of a root that lie at these paths; undefined where only a whole check will do. `named` are read whatever
 * they hold. `printing`: how the findings are to be set as text.
 */
export async function checkLarge(
  context: CommandContext,
  root: string,
  ground: Ground,
  files: { readonly listed: readonly string[]; readonly named: readonly string[] },
  printing: Look | undefined,
): Promise<LargeCheck | undefined> {
  const threads = createThreads({
    program: await threadProgram(context),
    cores: context.dependencies.machine.cpus,
    signal: context.signal,
  });
  try {
    // Nothing is known: the others start while the files are looked at.
    if (!ground.keeps || !hasKept(context, root)) threads.start();
    const task: Task = { context, root, ground, ...files, printing, threads, known: new Set() };
    let done = await attempt(task);
    // Policies that only the parser could tell: all depends on them.
    if (done !== undefined && 'late' in done) done = await attempt({ ...task, known: new Set(done.late) });
    if (done !== undefined && !('late' in done)) return done;
  } catch (error) {
    await threads.end();
    throw error;
  }
  await threads.end();
  return undefined;
}

interface Task {
  readonly context: CommandContext;
  readonly root: string;
  readonly ground: Ground;
  readonly listed: readonly string[];
  readonly named: readonly string[];
  readonly printing: Look | undefined;
  readonly threads: Threads;
  /** Files that all others depend on, though their looks don't tell. */
  readonly known: ReadonlySet<string>;
}

async function attempt(task: Task): Promise<LargeCheck | { readonly late: readonly string[] } | undefined> {
  const { context, root, ground, listed, named, known, threads, printing } = task;
  const { evidence, owners, keeps } = ground;
  let kept = keeps ? await readKept(context, root) : undefined;
  const now = context.dependencies.clock.now();
  const lookWith = (recalled: typeof kept): Looked =>
    look(context, root, [...listed, ...named], { named: new Set(named), known, kept: recalled });
  let { rows, shared } = lookWith(kept);
  let key = keyOf(ground, shared);
  if (kept !== undefined && (kept.key !== key || now < kept.from || kept.until <= now)) {
    kept = undefined;
    ({ rows, shared } = lookWith(undefined));
    key = keyOf(ground, shared);
  }
  if (shared.size > MOST_SHARED) return undefined;
  const setting: PartSetting = {
    root,
    now,
    evidence,
    shared: [...shared].map(([file, text]): Text => ({ file, text })),
    named,
    ...(owners === undefined ? {} : { codeOwners: owners }),
    ...(printing === undefined ? {} : { look: printing }),
  };
  threads.use(setting);
  const due = await bringUpToDate({ rows, shared: [...shared.keys()], threads });
  if ('late' in due) return due;
  const until = Math.min(kept?.until ?? steadyUntil(evidence, now), due.changesAt);
  const from = kept?.from ?? now;
  const failed = [...rows].flatMap(([file, row]) => (row.failed === undefined ? [] : [{ file, why: row.failed }]));
  for (const { file } of failed) rows.delete(file);
  const isNew =
    due.checked ||
    kept?.files.size !== rows.size ||
    [...rows].some(([file, row]) => differs(kept.files.get(file), row));
  const settled = [...rows].map(([file, row]) => (row.settled && row.stamp ? ([file, row.stamp] as const) : undefined));
  return {
    key,
    from,
    until,
    stamps: settled.every((each) => each !== undefined) ? settled : undefined,
    files: [...rows]
      .filter(([, row]) => row.sum !== '')
      .map(([file]) => file)
      .sort(),
    failed,
    fileOf: (file) => rows.get(file),
    textOf: (file) => {
      const read = rows.has(file) ? readOurs(root, file, named.includes(file)) : undefined;
      return read?.state === 'ours' ? read.text : undefined;
    },
    keep: async () => {
      const writing =
        keeps && isNew ? writeKept(context, root, { key, from, until, files: keepable(rows) }) : undefined;
      await Promise.all([writing, threads.end()]);
    },
  };
}

function keyOf(ground: Ground, shared: ReadonlyMap<string, string>): string {
  return sumOf(ground.key, ...[...shared].sort(([one], [other]) => (one < other ? -1 : 1)).flat());
}

/** A cache folder in the checkout may come with it, and an untrusted one from whoever wrote it: it could hide findings. */
function mayKeep(context: CommandContext, root: string): boolean {
  const { machine, trusted } = context.dependencies;
  const within = path.relative(root, machine.cacheFolder);
  return trusted && (within.startsWith('..') || path.isAbsolute(within));
}

/** What tells this build from every other: the built main file names the engine by its content. Undefined where it runs from source. */
async function programIdentity(context: CommandContext): Promise<string | undefined> {
  try {
    const main = await context.dependencies.files.readText(fileURLToPath(new URL('main.js', context.program.home)));
    return `${context.program.version} ${context.program.commit} ${main}`;
  } catch {
    return undefined;
  }
}

async function threadProgram(context: CommandContext): Promise<URL | undefined> {
  const program = new URL('check-worker.js', context.program.home);
  return (await context.dependencies.files.info(fileURLToPath(program))) === undefined ? undefined : program;
}
