/**
 * The check of a large workspace: what is unchanged since the last run is recalled file by file, the rest is checked in
 * parts on every core, and the findings come out as of one check of the whole, in the same order.
 */
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { groupsOf, namesIn, unclearIn, type FileFacts } from '../app/checkParts.ts';
import { readCodeOwners } from '../app/codeOwners.ts';
import { steadyUntil } from '../core/rules/changes.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { readOurs, type FileStamp } from '../platform/workspaceFiles.ts';
import type { FileFound, PartAnswer, PartSetting, PartTask, Text } from './checkPart.ts';
import { createThreads, type Threads } from './checkThreads.ts';
import { differs, keepable, look, sharedFiles, type Row } from './checkRows.ts';
import type { CommandContext } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import { readKept, sumOf, writeKept } from './keptChecks.ts';

/** Below this a whole check is quicker than looking for what was found before. */
export const FEWEST_FILES = 200;
/** Files of one task: enough that handing it over costs little, few enough that no thread ends long after the others. */
const PER_TASK = 64;
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

export interface LargeCheck {
  /** The findings hold from the first moment and before the second, milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Of every file that was looked at, in that order; undefined where one may change without its stamp. */
  readonly stamps: readonly (readonly [file: string, stamp: FileStamp])[] | undefined;
  /** Every file that is ours, sorted. */
  readonly files: readonly string[];
  readonly failed: readonly { readonly file: string; readonly why: string }[];
  readonly factsOf: (file: string) => FileFacts | undefined;
  readonly foundIn: (file: string) => FileFound | undefined;
  readonly textOf: (file: string) => string | undefined;
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
 * they hold.
 */
export async function checkLarge(
  context: CommandContext,
  root: string,
  { evidence, owners, key: ground, keeps }: Ground,
  listed: readonly string[],
  named: readonly string[],
): Promise<LargeCheck | undefined> {
  const { clock } = context.dependencies;
  const kept = keeps ? await readKept(context, root) : undefined;
  const now = clock.now();
  const { rows, texts, failed } = look(context, root, [...listed, ...named], new Set(named), kept);
  const textOf = (file: string): string | undefined => {
    const known = texts.get(file);
    if (known !== undefined || rows.get(file)?.facts?.ours === undefined) return known;
    const read = readOurs(root, file);
    return read.state === 'ours' ? read.text : undefined;
  };
  const shared = sharedFiles(rows, texts).map((file): Text => ({ file, text: textOf(file) ?? '' }));
  if (shared.length > MOST_SHARED) return undefined;
  const key = sumOf(ground, ...shared.flatMap(({ file, text }) => [file, text]));
  const holds = kept !== undefined && kept.key === key && kept.from <= now && now < kept.until;
  if (!holds) for (const row of rows.values()) delete row.found;
  const setting: PartSetting = { now, evidence, shared, ...(owners === undefined ? {} : { codeOwners: owners }) };
  let until = holds ? kept.until : steadyUntil(evidence, now);
  const threads = createThreads({
    setting,
    program: await threadProgram(context),
    cores: context.dependencies.machine.cpus,
    signal: context.signal,
  });
  const take = (answer: PartAnswer): void => {
    for (const { file, facts, found } of answer.results) {
      const row = rows.get(file);
      if (row === undefined) continue;
      row.facts = facts;
      if (found === undefined) delete row.found;
      else row.found = found;
    }
    if (answer.changesAt !== undefined && answer.changesAt < until) until = answer.changesAt;
  };
  let checked: boolean;
  try {
    checked = await bringUpToDate({ rows, shared, textOf, threads, take });
  } finally {
    await threads.end();
  }
  // A policy that only the parser could tell: all depends on it.
  if ([...rows].some(([file, { facts }]) => facts?.shared === true && !shared.some((each) => each.file === file))) {
    return undefined;
  }
  const isNew =
    checked ||
    !holds ||
    kept.files.size !== rows.size ||
    [...rows].some(([file, row]) => differs(kept.files.get(file), row));
  if (keeps && isNew)
    await writeKept(context, root, { key, from: holds ? kept.from : now, until, files: keepable(rows) });
  const settled = [...rows].map(([file, row]) => (row.settled && row.stamp ? ([file, row.stamp] as const) : undefined));
  return {
    from: holds ? kept.from : now,
    until,
    stamps: settled.every((each) => each !== undefined) ? settled : undefined,
    files: [...rows]
      .filter(([, row]) => row.sum !== '')
      .map(([file]) => file)
      .sort(),
    failed,
    textOf,
    factsOf: (file) => rows.get(file)?.facts,
    foundIn: (file) => rows.get(file)?.found,
  };
}

interface Work {
  readonly rows: ReadonlyMap<string, Row>;
  readonly shared: readonly Text[];
  readonly textOf: (file: string) => string | undefined;
  readonly threads: Threads;
  readonly take: (answer: PartAnswer) => void;
}

/** Checks what has to be: files on their own first, then those that depend on others. @returns whether anything was checked. */
async function bringUpToDate(work: Work): Promise<boolean> {
  const { rows, shared, threads, take } = work;
  const isShared = new Set(shared.map(({ file }) => file));
  const ours = [...rows].filter(([file, { sum }]) => sum !== '' && !isShared.has(file)).map(([file]) => file);
  const lacksFacts = ours.filter((file) => rows.get(file)?.facts === undefined);
  await threads.run(tasksOf(work, lacksFacts), take);
  const facts = new Map(
    [...rows].flatMap(([file, row]) => (row.facts === undefined ? [] : [[file, row.facts] as const])),
  );
  // The facts of the shared files are told with their findings, and needed before.
  const lacking = shared.filter(({ file }) => rows.get(file)?.facts === undefined).map(({ file }) => file);
  if (lacking.length > 0) {
    const task: PartTask = { kind: 'shared', texts: [], wanted: lacking, elsewhere: NOWHERE, others: [] };
    await threads.run([task], (answer) => {
      for (const result of answer.results) facts.set(result.file, result.facts);
    });
  }
  const elsewhere = { names: namesIn(facts.values()), incomplete: unclearIn(facts.values()) };
  const groups = groupsOf(facts);
  const everywhere = sumOf(JSON.stringify(elsewhere));
  const keyOf = (file: string): string => {
    const group = groups.get(file);
    if (group === undefined) return '';
    const sums = group.files.flatMap((each) => [each, rows.get(each)?.sum ?? '']);
    return sumOf(...sums, group.missing ? everywhere : '');
  };
  const alone: string[] = [];
  const together = new Map<string, string[]>();
  const keys = new Map(ours.map((file) => [file, keyOf(file)]));
  for (const file of ours) {
    const row = rows.get(file);
    const key = keys.get(file) ?? '';
    if (row === undefined || (row.found !== undefined && row.key === key)) continue;
    row.key = key;
    if (key === '') alone.push(file);
    else together.set(key, [...(together.get(key) ?? []), file]);
  }
  await threads.run(tasksOf(work, alone), take);
  await threads.run([...gathered(work, together, groups, elsewhere)], take);
  const others = [...facts].filter(([file]) => !isShared.has(file));
  const mates = new Set(shared.flatMap(({ file }) => groups.get(file)?.files ?? []));
  const stale =
    shared.length === 0
      ? ''
      : sumOf(
          ...others.flatMap(([file, each]) => [file, JSON.stringify(each)]),
          ...[...mates].map((file) => rows.get(file)?.sum ?? ''),
        );
  const wanted = shared
    .map(({ file }) => file)
    .filter((file) => rows.get(file)?.found === undefined || rows.get(file)?.key !== stale);
  if (wanted.length > 0) {
    for (const file of wanted) {
      const row = rows.get(file);
      if (row !== undefined) row.key = stale;
    }
    const texts = [...mates]
      .filter((file) => !isShared.has(file))
      .map((file) => ({ file, text: work.textOf(file) ?? '' }));
    const standing = others.filter(([file]) => !mates.has(file));
    await threads.run([{ kind: 'shared', texts, wanted, elsewhere, others: standing }], take);
  }
  return lacksFacts.length + alone.length + together.size + wanted.length > 0;
}

const NOWHERE = { names: [], incomplete: [] };

function tasksOf(work: Work, files: readonly string[]): PartTask[] {
  const tasks: PartTask[] = [];
  for (let at = 0; at < files.length; at += PER_TASK) {
    const texts = files.slice(at, at + PER_TASK).map((file): Text => ({ file, text: work.textOf(file) ?? '' }));
    tasks.push({ kind: 'alone', texts });
  }
  return tasks;
}

/** Whole groups, several small ones to a task. */
function* gathered(
  work: Work,
  together: ReadonlyMap<string, readonly string[]>,
  groups: ReturnType<typeof groupsOf>,
  elsewhere: { readonly names: readonly string[]; readonly incomplete: ReturnType<typeof unclearIn> },
): Iterable<PartTask> {
  let texts: Text[] = [];
  let wanted: string[] = [];
  for (const files of together.values()) {
    const [first] = files;
    const group = first === undefined ? undefined : groups.get(first);
    texts = [...texts, ...(group?.files ?? []).map((file): Text => ({ file, text: work.textOf(file) ?? '' }))];
    wanted = [...wanted, ...files];
    if (texts.length < PER_TASK) continue;
    yield { kind: 'together', texts, wanted, elsewhere };
    texts = [];
    wanted = [];
  }
  if (wanted.length > 0) yield { kind: 'together', texts, wanted, elsewhere };
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
