/** Which live data stores no runbook covers: lists each environment through its inventories, then compares. */
import { coverageMarkdown, coverageText } from '../core/recovery/coverageText.ts';
import { coverageOf, type CoverageReport } from '../core/recovery/coverage.ts';
import { parseBaseline } from '../core/recovery/coverageBaseline.ts';
import type { Inventory } from '../core/ports.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

export const COVERAGE_FORMATS = ['text', 'json', 'markdown'] as const;
export type CoverageFormat = (typeof COVERAGE_FORMATS)[number];

export interface CoverageDependencies {
  readonly inventory: Inventory;
  readonly evidence: EvidenceSummary;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
  /** Text of the baseline file, where there is one. */
  readonly baseline?: string;
  /** Default: every environment of the workspace. */
  readonly environments?: readonly Entry[];
}

/** The report. Environments are listed side by side; rejects only on abort. */
export async function coverage(workspace: Workspace, dependencies: CoverageDependencies): Promise<CoverageReport> {
  const { inventory, evidence, now, signal, deadlineMs, baseline } = dependencies;
  const entries = dependencies.environments ?? workspace.byKind('Environment');
  const options = { signal, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
  const environments = await Promise.all(
    entries.map(async (entry) => ({
      entry,
      ...(await inventory.list({ name: entry.name, value: entry.document.value, file: entry.file }, options)),
    })),
  );
  return coverageOf({
    workspace,
    evidence,
    now,
    environments,
    ...(baseline === undefined ? {} : { baseline: parseBaseline(baseline) }),
  });
}

/** The exit status of cli.md: 1 where a store is not covered, 3 where none is but something could not be listed, else 0. */
export function coverageStatus(report: CoverageReport): 0 | 1 | 3 {
  const { counts } = report;
  if (counts.uncovered + counts['no-backup'] + counts.untested > 0) return 1;
  return report.unchecked.length > 0 ? 3 : 0;
}

/** The report as a document, newline at its end. */
export function renderCoverage(report: CoverageReport, format: CoverageFormat): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  return format === 'markdown' ? coverageMarkdown(report) : coverageText(report);
}
