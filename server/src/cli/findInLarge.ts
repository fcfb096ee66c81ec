/** `check` of one large workspace: the last answer where nothing changed, else what was found a file at a time. */
import { checkLarge, FEWEST_FILES, groundOf, type LargeCheck } from './checkLarge.ts';
import type { CommandContext, ExitStatus } from './command.ts';
import { compilesMoreNow } from './compiled.ts';
import { foundOf } from './foundRow.ts';
import type { Found, Shown } from './found.ts';
import { isCurrent, recallAnswer } from './keptAnswer.ts';
import { sumOf } from './keptChecks.ts';
import { printLarge } from './printLarge.ts';
import type { Look } from './printedFile.ts';
import { chooseFiles, covers, type Target } from './workspace.ts';

/** One large workspace: the whole answer as text, or what was found. */
export type Large =
  | { readonly text: Uint8Array; readonly status: ExitStatus; readonly keep: () => Promise<void> }
  | { readonly found: Found; readonly keep: () => Promise<void> };

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
  const isPlain = outputs.length === 1 && output?.format === 'text' && output.file === undefined;
  const prints = isPlain && !asks('baseline', 'write-baseline');
  const look: Look = { cwd, color: terminal.color, columns: terminal.columns };
  const failOn = values.text('fail-on') ?? '';
  const asked = [cwd, ...context.operands, failOn, String(look.columns), String(look.color)];
  const question = sumOf(ground.key, ...asked);
  const keeps = ground.keeps && prints && more.length === 0;
  const before = keeps ? recallAnswer(context, root, question) : undefined;
  if (before !== undefined && isCurrent(before, root, listed)) {
    compilesMoreNow();
    return { text: before.text, status: before.status, keep: async () => await Promise.resolve() };
  }
  const large = await checkLarge(context, root, ground, { listed, named: more }, prints ? look : undefined);
  compilesMoreNow();
  if (large === undefined) return undefined;
  const shown = shownLarge(large, root, targets, named);
  if (prints) return printLarge(context, { large, shown, listed, look, before, keepAs: keeps ? question : undefined });
  return { found: foundLarge(large, shown), keep: large.keep };
}

function shownLarge(large: LargeCheck, root: string, targets: readonly Target[], named: readonly string[]): Shown {
  const files = chooseFiles(large.files, targets);
  const all = new Set(large.files);
  return {
    root,
    files,
    allFiles: large.files,
    failed: large.failed.filter(({ file }) => targets.some((target) => covers(target, file))),
    foreign: named.filter((file) => all.has(file) && large.fileOf(file)?.facts?.ours !== true),
    documents: files.reduce((count, file) => count + (large.fileOf(file)?.facts?.documents ?? 0), 0),
    textOf: large.textOf,
  };
}

function foundLarge(large: LargeCheck, shown: Shown): Found {
  const found = shown.files.flatMap((file) => {
    const row = large.fileOf(file)?.found;
    return row === undefined ? [] : foundOf(file, row);
  });
  return {
    shown: [shown],
    findings: found.flatMap((each) => each.findings),
    suppressed: found.flatMap((each) => each.suppressed),
    live: [],
  };
}
