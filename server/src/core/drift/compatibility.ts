/** Restore compatibility, tool by engine: pairs that can't work are findings before anyone tries. */
import type { Finding } from '../finding.ts';
import type { Entry } from '../workspace.ts';
import type { DriftContext } from './kinds/kind.ts';

export function compatibilityFindings(_entry: Entry, _context: DriftContext): readonly Finding[] {
  return [];
}
