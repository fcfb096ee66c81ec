/** How long it takes until the backup that a restore uses can be read at all: declared, or by the storage class it was seen in. */
import { durationOf, textOf } from '../rules/read.ts';
import type { EvidenceEntry } from '../rules/rule.ts';
import type { BackupView, RunbookView } from '../rules/runbookView.ts';
import { RETRIEVAL_MS } from '../values/retrieval.ts';

export interface Retrieval {
  /** Name of the backup that takes the longest. */
  readonly backup: string;
  /** Milliseconds that no step has waited for already. */
  readonly ms: number;
  /** The storage class, where that is why. */
  readonly from: string | undefined;
}

/** A step that asks for the retrieval itself: what it takes counts as that. */
const ASKS = /\brestore-object\b|\bRestoreObject\b|\binitiate-job\b|\bretriev/i;

/** The wait before the steps; undefined where there is none. `observed` are the last passes, of which each names its dry run. */
export function retrievalOf(view: RunbookView, observed: readonly EvidenceEntry[]): Retrieval | undefined {
  const slow = view.backups.flatMap((backup): Retrieval[] => {
    const declared = durationOf(backup.value['retrieval']);
    const from = declared === undefined ? classOf(view, backup, observed) : undefined;
    const ms = declared ?? RETRIEVAL_MS[from ?? ''] ?? 0;
    return ms > 0 ? [{ backup: backup.name, ms, from }] : [];
  });
  if (slow.length === 0) return undefined;
  const used = usedBackups(view);
  let longest: Retrieval | undefined;
  for (const group of used) {
    // One of several backups of a source is enough: the restore takes the one that opens first.
    const waits = group.map((backup) => slow.find((each) => each.backup === backup.name));
    if (waits.includes(undefined)) continue;
    const first = waits.filter((each) => each !== undefined).sort((one, other) => one.ms - other.ms)[0];
    if (first && first.ms > (longest?.ms ?? 0)) longest = first;
  }
  if (!longest) return undefined;
  const waited = Math.max(
    0,
    ...view.steps
      .filter((step) => ASKS.test(`${step.run ?? ''} ${step.manual ?? ''}`))
      .map((step) => step.timeoutMs ?? step.effortMs ?? 0),
  );
  return longest.ms > waited ? { ...longest, ms: longest.ms - waited } : undefined;
}

/** What the steps name each by itself; of sources that they don't name, all originals together. */
function usedBackups(view: RunbookView): readonly (readonly BackupView[])[] {
  const text = view.steps.map((step) => `${step.run ?? ''} ${step.manual ?? ''} ${step.verify ?? ''}`).join('\n');
  const named = view.backups.filter((backup) => text.includes(`backups.${backup.name}.`));
  if (named.length > 0) return named.map((backup) => [backup]);
  return view.groups.map((group) => group.backups).filter((backups) => backups.length > 0);
}

function classOf(view: RunbookView, backup: BackupView, observed: readonly EvidenceEntry[]): string | undefined {
  const inside = backup.value['in'];
  const declared =
    typeof inside === 'object' && inside !== null
      ? textOf((inside as Record<string, unknown>)['storageClass'])
      : undefined;
  if (declared !== undefined || observed.length === 0) return declared;
  const dryRuns = view.dryRuns.filter((each) => each.backups.length === 1 && each.backups[0] === backup.name);
  const seen = observed.filter((record) => dryRuns.some((each) => each.name === record.dryRun));
  return seen.map((record) => record.backup?.storageClass).find((each) => each !== undefined);
}
