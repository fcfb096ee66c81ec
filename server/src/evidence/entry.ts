/** What lenses and rules need of one record. */
import { failedPart } from '../core/recovery/failedPart.ts';
import type { EvidenceRecord } from '../core/recovery/record.ts';
import type { EvidenceEntry } from '../core/rules/rule.ts';

/** The summary of one record. */
export function entryOf(record: EvidenceRecord): EvidenceEntry {
  const numbers: Record<string, number> = {};
  for (const check of record.checks) if (typeof check.actual === 'number') numbers[check.name] = check.actual;
  const { backup, measured } = record;
  const failed = failedPart(record);
  const confirmed = (record.steps ?? []).filter((step) => step.kind === 'manual' && step.state === 'confirmed');
  return {
    id: record.id,
    runbook: record.runbook.name,
    ...(record.dryRun === undefined ? {} : { dryRun: record.dryRun }),
    ...(record.scenario === undefined ? {} : { scenario: record.scenario }),
    level: record.level,
    result: record.result,
    proves: record.proves,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    ...(measured.restoreMs === undefined ? {} : { restoreMs: measured.restoreMs }),
    ...(measured.elapsedMs === undefined ? {} : { elapsedMs: measured.elapsedMs }),
    ...(confirmed.length === 0 ? {} : { confirmedSteps: confirmed.map((step) => step.id) }),
    by: record.by.git ?? record.by.user,
    restoreFingerprint: record.restoreFingerprint,
    ...(backup
      ? {
          backup: {
            id: backup.id,
            ...(backup.time === undefined ? {} : { time: backup.time }),
            ...(backup.bytes === undefined ? {} : { bytes: backup.bytes }),
            ...(backup.toolVersion === undefined ? {} : { toolVersion: backup.toolVersion }),
          },
        }
      : {}),
    ...(record.drift.facts === undefined ? {} : { facts: record.drift.facts }),
    ...(record.result === 'passed' ? {} : { message: record.summary }),
    ...(failed === undefined ? {} : { failed }),
    ...(Object.keys(numbers).length > 0 ? { numbers } : {}),
  };
}
