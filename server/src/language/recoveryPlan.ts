/** The recovery plan of a runbook and all that it depends on, as Markdown with a Mermaid graph. */
import { planMermaid, recoveryPlanOf, type PlannedRunbook, type RecoveryPlan } from '../core/recovery/plan.ts';
import type { EvidenceSummary } from '../core/rules/rule.ts';
import { formatDuration } from '../core/values/duration.ts';
import type { Entry, Workspace } from '../core/workspace.ts';

const HOW: Readonly<Record<PlannedRunbook['how'], string>> = {
  measured: 'measured',
  steps: 'its steps’ timeouts',
  objective: 'its RTO',
  unknown: 'nothing says',
};

/** What comes back in which order, when, how that is known, and against which objective. */
export function recoveryPlan(entry: Entry, workspace: Workspace, evidence: EvidenceSummary): string {
  const plan = recoveryPlanOf(workspace, [entry], evidence);
  const rows = plan.runbooks.map((each, index) =>
    [
      String(index + 1),
      `${each.critical ? '**' : ''}${each.name}${each.critical ? '**' : ''}`,
      each.title ?? '',
      each.dependsOn.join(', '),
      each.takesMs === undefined ? 'unknown' : `${formatDuration(each.takesMs)} (${HOW[each.how]})`,
      each.backMs === undefined ? 'unknown' : formatDuration(each.backMs),
      each.rtoMs === undefined ? 'none' : formatDuration(each.rtoMs),
    ]
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  return [
    `# Recovery plan of ${entry.name ?? entry.file}`,
    '',
    verdictOf(entry, plan),
    ...plan.missing.map((name) => `\nRunbook ${name} is depended on and not there.`),
    ...plan.cycles.map((names) => `\n${names.join(' → ')} goes in a circle; the plan cuts it.`),
    '',
    '| | runbook | | after | takes | back after | RTO |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
    '```mermaid',
    `${planMermaid(plan, formatDuration)}\`\`\``,
    '',
  ].join('\n');
}

function verdictOf(entry: Entry, plan: RecoveryPlan): string {
  const name = entry.name ?? entry.file;
  const own = plan.runbooks.find((each) => each.name === name);
  if (own?.backMs === undefined)
    return 'The time of the whole is unknown: for a runbook on the way nothing says how long it takes.';
  const whole = `With everything it depends on, ${name} is back after ${formatDuration(own.backMs)}`;
  if (own.rtoMs === undefined) return `${whole}; it has no RTO.`;
  const objective = formatDuration(own.rtoMs);
  return own.verdict === 'late'
    ? `${whole}: later than its RTO of ${objective}.`
    : `${whole}, within its RTO of ${objective}.`;
}
