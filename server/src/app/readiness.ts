/** Where each runbook stands between hope and proof, as a report in the format that was asked for. */
import { recoveryPlanOf, type RecoveryPlan } from '../core/recovery/plan.ts';
import { readinessHtml } from '../core/recovery/readinessHtml.ts';
import { readinessMarkdown, readinessText } from '../core/recovery/readinessText.ts';
import { readinessOf, type ReadinessReport } from '../core/recovery/readiness.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

export const READINESS_FORMATS = ['text', 'json', 'markdown', 'html'] as const;
export type ReadinessFormat = (typeof READINESS_FORMATS)[number];

const RENDERERS: Readonly<Record<ReadinessFormat, (report: ReadinessReport, plan?: RecoveryPlan) => string>> = {
  text: readinessText,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  markdown: readinessMarkdown,
  html: readinessHtml,
};

/** The report over `runbooks`, default all of the workspace; `now` is in milliseconds since the epoch. */
export function readiness(
  workspace: Workspace,
  options: { readonly evidence: EvidenceSummary; readonly now: number; readonly runbooks?: readonly Entry[] },
): ReadinessReport {
  return readinessOf(workspace, options.evidence, options.now, options.runbooks);
}

/** The plan over the same runbooks, for the page that draws it. */
export function readinessPlan(
  workspace: Workspace,
  evidence: EvidenceSummary,
  runbooks?: readonly Entry[],
): RecoveryPlan {
  return recoveryPlanOf(workspace, runbooks ?? workspace.byKind('Runbook'), evidence);
}

/** The report as a document, newline at its end; HTML draws the plan where one is given. */
export function renderReadiness(report: ReadinessReport, format: ReadinessFormat, plan?: RecoveryPlan): string {
  return RENDERERS[format](report, plan);
}
