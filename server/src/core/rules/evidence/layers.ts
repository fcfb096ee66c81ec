/** Words and places of the layers of verification, shared by the rules that speak of them. */
import type { Path } from '../../document/node.ts';
import type { LayerStatus } from '../../recovery/cadence.ts';
import type { RunbookView } from '../runbookView.ts';

/** What was to pass: starts a sentence. */
export function layerWords(view: RunbookView, layer: LayerStatus): string {
  if (layer.layer === 'drill') return `The ${view.replication ? 'failover drill' : 'drill'} of ${view.name}`;
  const level = layer.layer === 'checksum' ? 'The verification of the bytes in' : 'The restore test';
  const proof = layer.proves === 'runbook' ? ' of the runbook itself' : '';
  return `${level} ${layer.dryRun ?? ''}`.trim() + proof;
}

/** Where it is marked: the dry run, or for a drill the restore. */
export function layerPath(view: RunbookView, layer: LayerStatus): Path {
  if (layer.dryRun !== undefined) return ['dryRuns', layer.dryRun];
  return view.value['restore'] === undefined ? ['metadata', 'name'] : ['restore'];
}

/** What to do about it. */
export function mendWords(view: RunbookView, layer: LayerStatus): string {
  return layer.layer === 'drill'
    ? `hold a drill and record it with drillbook evidence record ${view.name}`
    : `run drillbook dry-run ${view.name}#${layer.dryRun ?? ''}${layer.level > 3 ? ` --level ${layer.level}` : ''}`;
}
