/** `check` of one large workspace: the last answer where nothing changed, else what was found a file at a time. */
import { checkLarge, FEWEST_FILES, groundOf, type LargeCheck } from './checkLarge.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import type { Found, Shown } from './found.ts';
import { keepAnswer, recallAnswer } from './keptAnswer.ts';
import { sumOf } from './keptChecks.ts';
import { chooseFiles, covers, type Target } from './workspace.ts';

/** One large workspace: the whole answer as it was given before, or what was found a file at a time. */
export interface Large {
  readonly recalled?: { readonly status: ExitStatus; readonly text: Buffer };
  readonly found?: Found;
  readonly keep?: (text: string, status: ExitStatus) => Promise<void>;
}

/** Undefined where there is none, or only a whole check can answer. */
export async function findInLarge(
  context: CommandContext,
  roots: ReadonlyMap<string, readonly Target[]>,
  outputs: readonly { readonly format: string; readonly file: string | undefined }[],
): Promise<Large | undefined> {
  const { terminal, values, cwd, dependencies, signal } = context;
  const [first] = roots;
  const asks = (...names: readonly string[]): boolean => names.some((name) => values.text(name) !== undefined);
  if (first === undefined || roots.size > 1 || asks('since', 'environment')) return undefined;
  const [root, targets] = first;
  const listed = await dependencies.workspaceFiles.list(root, signal);
  const ground = listed.length < FEWEST_FILES ? undefined : await groundOf(context, root);
  if (ground === undefined) return undefined;
  // A file that is named counts, whatever .gitignore or its ending say.
  const known = new Set(listed);
  const named = targets.filter((target) => target.kind === 'file').map((target) => target.relative);
  const more = named.filter((file) => !known.has(file));
  const [output] = outputs;
  // Other formats tell the time, or are written elsewhere.
  const isPlain = outputs.length === 1 && output?.format === 'text' && output.file === undefined && more.length === 0;
  const keeps = ground.keeps && isPlain && !asks('baseline', 'write-baseline');
  const asked = [
    cwd,
    ...context.operands,
    values.text('fail-on') ?? '',
    String(terminal.columns),
    String(terminal.color),
  ];
  const question = sumOf(ground.key, ...asked);
  const recalled = keeps ? recallAnswer(context, root, question, listed) : undefined;
  if (recalled !== undefined) return { recalled };
  const large = await checkLarge(context, root, ground, listed, more);
  if (large === undefined) return undefined;
  const found = shownLarge(large, root, targets, named);
  const isQuiet = found.shown.every((each) => each.failed.length + each.foreign.length === 0 && each.documents > 0);
  const { from, until, stamps: files } = large;
  if (!keeps || !isQuiet || files === undefined) return { found };
  const keep = async (text: string, status: ExitStatus): Promise<void> =>
    await keepAnswer(context, root, { question, from, until, status, files }, terminal.printable(text));
  return { found, keep };
}

function shownLarge(large: LargeCheck, root: string, targets: readonly Target[], named: readonly string[]): Found {
  const files = chooseFiles(large.files, targets);
  const all = new Set(large.files);
  const found = files.flatMap((file) => large.foundIn(file) ?? []);
  const shown: Shown = {
    root,
    files,
    allFiles: large.files,
    failed: large.failed.filter(({ file }) => targets.some((target) => covers(target, file))),
    foreign: named.filter((file) => all.has(file) && large.factsOf(file)?.ours !== true),
    documents: files.reduce((count, file) => count + (large.factsOf(file)?.documents ?? 0), 0),
    textOf: large.textOf,
  };
  return {
    shown: [shown],
    findings: found.flatMap((each) => each.findings),
    suppressed: found.flatMap((each) => each.suppressed),
    live: [],
  };
}
