/** Evidence by runbook: thousands of records are sorted once, not once a runbook. */
import type { EvidenceEntry, EvidenceSummary } from '../rules/rule.ts';

const NONE: readonly EvidenceEntry[] = [];
/** A memo, no state: a function of the records, which goes when they go. */
const indexes = new WeakMap<readonly EvidenceEntry[], ReadonlyMap<string, readonly EvidenceEntry[]>>();

/** The records of one runbook, in the order in which they stand. */
export function recordsOf(evidence: Pick<EvidenceSummary, 'entries'>, runbook: string): readonly EvidenceEntry[] {
  if (evidence.entries.length === 0) return NONE;
  let index = indexes.get(evidence.entries);
  if (!index) {
    index = group(evidence.entries);
    indexes.set(evidence.entries, index);
  }
  return index.get(runbook) ?? NONE;
}

function group(entries: readonly EvidenceEntry[]): ReadonlyMap<string, readonly EvidenceEntry[]> {
  const made = new Map<string, EvidenceEntry[]>();
  for (const entry of entries) {
    const known = made.get(entry.runbook);
    if (known) known.push(entry);
    else made.set(entry.runbook, [entry]);
  }
  return made;
}
