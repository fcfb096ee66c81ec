/** Which audit controls a piece of evidence supports; it never satisfies one by itself. */
import type { ControlRecord, RunResult } from './record.ts';

const RESTORE: readonly ControlRecord[] = [
  {
    framework: 'soc2',
    control: 'A1.2',
    title: 'Recovery infrastructure and data backup processes are maintained and monitored',
  },
  { framework: 'iso27001', control: 'A.8.13', title: 'Backup copies are maintained and regularly tested' },
  { framework: 'pci-dss', control: '12.10', title: 'Incident response includes data backup processes' },
];
const TESTED: readonly ControlRecord[] = [
  { framework: 'soc2', control: 'A1.3', title: 'Recovery plan procedures are tested' },
  {
    framework: 'hipaa',
    control: '164.308(a)(7)',
    title: 'Contingency plan: data backup, disaster recovery, testing and revision',
  },
  {
    framework: 'dora',
    control: 'Art. 12',
    title: 'Backup policies, restoration and recovery procedures and methods are tested',
  },
];
const DRILL: readonly ControlRecord[] = [
  { framework: 'dora', control: 'Art. 11', title: 'Response and recovery plans are tested' },
];

/**
 * Controls that a run of this level supports, of the frameworks that the policy names (of all where it names none); one
 * that came to no result supports none.
 */
export function controlsOf(
  kind: 'dry-run' | 'drill',
  level: number,
  result: RunResult,
  frameworks?: readonly string[],
): readonly ControlRecord[] {
  if (result === 'cancelled' || result === 'inconclusive') return [];
  const supported = supportedBy(kind, level);
  return frameworks === undefined ? supported : supported.filter((each) => frameworks.includes(each.framework));
}

function supportedBy(kind: 'dry-run' | 'drill', level: number): readonly ControlRecord[] {
  if (kind === 'drill') return [...RESTORE, ...TESTED, ...DRILL];
  if (level >= 3) return [...RESTORE, ...TESTED];
  return level >= 1 ? RESTORE : [];
}
