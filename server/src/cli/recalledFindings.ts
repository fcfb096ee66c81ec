/**
 * What a big workspace's last `check` found, kept in the user's cache folder: where no text, no evidence, no owner, no option
 * and no part of the program has changed since, and the time hasn't come at which a finding would, it is recalled unparsed.
 */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCodeOwners } from '../app/codeOwners.ts';
import { steadyUntil } from '../core/rules/changes.ts';
import type { CommandContext } from './command.ts';
import { readEvidence } from './evidenceSummary.ts';
import type { ReportFinding, SuppressedFinding } from './format/report.ts';
import type { Selection } from './workspace.ts';

/** The findings of the selections of a run, placed and redacted; the lists of the selections are in their order. */
export interface Found {
  readonly findings: readonly ReportFinding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** How many documents of ours each has. */
  readonly documents: readonly number[];
  /** Files that were named and hold none. */
  readonly foreign: readonly (readonly string[])[];
}

interface Kept {
  readonly key: string;
  /** Milliseconds since the epoch; the findings hold from the first and before the second. */
  readonly from: number;
  readonly until: number;
  readonly found: Found;
}

/** Below this a check is quicker than looking whether it was made before. */
const FEWEST_FILES = 200;
/** Workspaces (and parts of them) that are remembered; the rest makes room. */
const MOST_KEPT = 32;

/**
 * The findings of the last run where nothing that they depend on has changed, else those of `find`, which tells when a
 * finding will read differently. A cache that can't be read or written costs time, not correctness.
 */
export async function findOrRecall(
  context: CommandContext,
  selection: Selection,
  find: (onChangesAt?: (ms: number) => void) => Promise<Found>,
): Promise<Found> {
  const program = await programIdentity(context);
  const asksMore = ['since', 'environment'].some((name) => context.values.text(name) !== undefined);
  if (selection.texts.size < FEWEST_FILES || program === undefined || asksMore) return await find();
  const { clock, files, machine } = context.dependencies;
  const evidence = await readEvidence(context, selection.root);
  const owners = await readCodeOwners(files, selection.root);
  const key = keyOf([program, selection.root, JSON.stringify(evidence), owners ?? '-'], selection);
  const folder = path.join(machine.cacheFolder, 'checks');
  // Another part of the workspace is another file, so that two habits don't push each other out.
  const place = path.join(folder, `${digest(JSON.stringify([selection.root, selection.files]))}.json`);
  const kept = await read(context, place);
  const now = clock.now();
  if (kept?.key === key && kept.from <= now && now < kept.until) return kept.found;
  let until = steadyUntil(evidence, now);
  const found = await find((ms) => {
    if (ms > now && ms < until) until = ms;
  });
  await keep(context, folder, place, { key, from: now, until, found });
  return found;
}

/** Everything that the findings depend on but the time. */
function keyOf(parts: readonly string[], selection: Selection): string {
  const hash = createHash('sha256');
  const add = (text: string): void => {
    hash.update(`${text.length}:`).update(text);
  };
  for (const part of parts) add(part);
  for (const file of selection.files) add(file);
  add(JSON.stringify(selection.failed));
  for (const [file, text] of selection.texts) {
    add(file);
    add(text);
  }
  return hash.digest('hex');
}

/** What tells this build from every other: the built main file names its parts by their content. Undefined where it runs from source. */
async function programIdentity(context: CommandContext): Promise<string | undefined> {
  try {
    const main = await context.dependencies.files.readText(fileURLToPath(new URL('main.js', context.program.home)));
    return `${context.program.version} ${context.program.commit} ${main}`;
  } catch {
    return undefined;
  }
}

async function read(context: CommandContext, place: string): Promise<Kept | undefined> {
  try {
    const value = JSON.parse(await context.dependencies.files.readText(place)) as Partial<Kept> | null;
    const isWhole =
      typeof value?.key === 'string' &&
      typeof value.from === 'number' &&
      typeof value.until === 'number' &&
      Array.isArray(value.found?.findings);
    return isWhole ? (value as Kept) : undefined;
  } catch {
    return undefined;
  }
}

async function keep(context: CommandContext, folder: string, place: string, kept: Kept): Promise<void> {
  const { files } = context.dependencies;
  try {
    await files.makeFolder(folder);
    await files.setMode(folder, 0o700);
    // Replaced in one step: a second process reads the old answer or the new one, and its key says which.
    await files.writeAtomic(place, JSON.stringify(kept));
    await files.setMode(place, 0o600);
    await makeRoom(context, folder);
  } catch {
    // A read-only home or a full disk: the next run checks again.
  }
}

async function makeRoom(context: CommandContext, folder: string): Promise<void> {
  const { files } = context.dependencies;
  const names = (await files.list(folder)).filter((name) => name.endsWith('.json'));
  if (names.length <= MOST_KEPT) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await files.info(path.join(folder, name)))?.modifiedMs ?? 0 })),
  );
  aged.sort((one, other) => one.at - other.at);
  for (const { name } of aged.slice(0, names.length - MOST_KEPT)) await files.remove(path.join(folder, name));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
