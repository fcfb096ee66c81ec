/** What of a large check is due: files on their own first, then those that depend on others, then those that all depend on. */
import { groupsOf, namesIn, unclearIn } from '../app/checkParts.ts';
import type { PartAnswer, PartTask } from './checkPart.ts';
import { takeText, type Row } from './checkRows.ts';
import type { Threads } from './checkThreads.ts';
import { sumOf } from './keptChecks.ts';

/** Files of one task: enough that handing them over costs little, few enough that no thread ends long after the others. */
const PER_TASK = 32;
const NOWHERE = { names: [], incomplete: [] };

export interface Work {
  readonly rows: ReadonlyMap<string, Row>;
  /** The files that all others depend on. */
  readonly shared: readonly string[];
  readonly threads: Threads;
}

export interface Done {
  /** Whether anything was checked. */
  readonly checked: boolean;
  /** When the first of what was found now may read differently; infinite where the time changes none. */
  readonly changesAt: number;
}

/** Checks what is due, into the rows. `late` are files that turned out to be such as all others depend on: then all is open. */
export async function bringUpToDate({
  rows,
  shared,
  threads,
}: Work): Promise<Done | { readonly late: readonly string[] }> {
  let changesAt = Infinity;
  const take = (answer: PartAnswer, task: PartTask): void => {
    changesAt = Math.min(changesAt, answer.changesAt ?? Infinity);
    for (const result of answer.results) {
      const row = rows.get(result.file);
      if (row !== undefined) takeResult(row, result, task.kind === 'alone');
    }
  };
  const isShared = new Set(shared);
  const unread = [...rows].flatMap(([file, row]) => (row.unread ? [[file, row.before?.sum ?? ''] as const] : []));
  await threads.run(inTasks(unread), take);
  const late = [...rows].flatMap(([file, { facts }]) => (facts?.shared === true && !isShared.has(file) ? [file] : []));
  if (late.length > 0) return { late: [...shared, ...late] };
  const facts = new Map(
    [...rows].flatMap(([file, row]) => (row.facts === undefined ? [] : [[file, row.facts] as const])),
  );
  // The facts of the shared files are told with their findings, and needed before.
  const lacking = shared.filter((file) => rows.get(file)?.facts === undefined);
  if (lacking.length > 0) {
    const task: PartTask = { kind: 'shared', files: [], wanted: lacking, elsewhere: NOWHERE, others: [] };
    await threads.run([task], (answer) => {
      for (const result of answer.results) if ('facts' in result) facts.set(result.file, result.facts);
    });
  }
  const ours = [...rows].filter(([file, { sum }]) => sum !== '' && !isShared.has(file));
  const elsewhere = { names: namesIn(facts.values()), incomplete: unclearIn(facts.values()) };
  const groups = groupsOf(facts);
  const everywhere = sumOf(JSON.stringify(elsewhere));
  const keyFor = (file: string): string => {
    const group = groups.get(file);
    if (group === undefined) return '';
    const sums = group.files.flatMap((each) => [each, rows.get(each)?.sum ?? '']);
    return sumOf(...sums, group.missing ? everywhere : '');
  };
  const alone: string[] = [];
  const together = new Map<string, string[]>();
  for (const [file, row] of ours) {
    const key = keyFor(file);
    if (row.found !== undefined && row.key === key) continue;
    row.key = key;
    if (key === '') alone.push(file);
    else together.set(key, [...(together.get(key) ?? []), file]);
  }
  await threads.run(inTasks(alone.map((file) => [file, ''] as const)), take);
  await threads.run([...gathered(together, groups, elsewhere)], take);
  const wanted = await checkShared();
  return { checked: unread.length + alone.length + together.size + wanted > 0, changesAt };

  async function checkShared(): Promise<number> {
    if (shared.length === 0) return 0;
    const others = [...facts].filter(([file]) => !isShared.has(file));
    const mates = new Set(shared.flatMap((file) => groups.get(file)?.files ?? []));
    const stale = sumOf(
      ...others.flatMap(([file, each]) => [file, JSON.stringify(each)]),
      ...[...mates].map((file) => rows.get(file)?.sum ?? ''),
    );
    const due = shared.filter((file) => rows.get(file)?.found === undefined || rows.get(file)?.key !== stale);
    for (const file of due) {
      const row = rows.get(file);
      if (row !== undefined) row.key = stale;
    }
    const beside = [...mates].filter((file) => !isShared.has(file));
    const standing = others.filter(([file]) => !mates.has(file));
    if (due.length > 0)
      await threads.run([{ kind: 'shared', files: beside, wanted: due, elsewhere, others: standing }], take);
    return due.length;
  }
}

/** What was said of one file, into its row. */
function takeResult(row: Row, result: PartAnswer['results'][number], isFirst: boolean): void {
  if ('state' in result) {
    if (result.state === 'same') takeText(row, row.before?.sum ?? '');
    else {
      row.unread = false;
      if (result.state === 'failed') row.failed = result.why;
    }
    return;
  }
  // Later on the sum stays that of the first reading, by which the keys are made: another text is another stamp as well.
  if (isFirst && row.unread) takeText(row, result.sum);
  row.facts = result.facts;
  if (result.found === undefined) delete row.found;
  else row.found = result.found;
  if (result.printed !== undefined) row.printed = result.printed;
}

function inTasks(files: readonly (readonly [file: string, sum: string])[]): PartTask[] {
  const tasks: PartTask[] = [];
  for (let at = 0; at < files.length; at += PER_TASK)
    tasks.push({ kind: 'alone', files: files.slice(at, at + PER_TASK) });
  return tasks;
}

/** Whole groups, several small ones to a task. */
function* gathered(
  together: ReadonlyMap<string, readonly string[]>,
  groups: ReturnType<typeof groupsOf>,
  elsewhere: { readonly names: readonly string[]; readonly incomplete: ReturnType<typeof unclearIn> },
): Iterable<PartTask> {
  let files: string[] = [];
  let wanted: string[] = [];
  for (const each of together.values()) {
    const [first] = each;
    const group = first === undefined ? undefined : groups.get(first);
    files = [...files, ...(group?.files ?? [])];
    wanted = [...wanted, ...each];
    if (files.length < PER_TASK) continue;
    yield { kind: 'together', files, wanted, elsewhere };
    files = [];
    wanted = [];
  }
  if (wanted.length > 0) yield { kind: 'together', files, wanted, elsewhere };
}
