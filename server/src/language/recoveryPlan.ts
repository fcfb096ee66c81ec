/** The recovery order of a runbook and all that it depends on, as Markdown with a Mermaid graph. */
import { asText, asTexts, dig } from '../core/references/read.ts';
import { formatDuration } from '../core/values/duration.ts';
import type { Entry, Workspace } from '../core/workspace.ts';
import { objectivesOf } from './objectives.ts';

interface Step {
  readonly name: string;
  readonly entry: Entry | undefined;
  readonly before: readonly string[];
  /** Milliseconds from the start until it is back, each by its RTO; undefined where some RTO is not known. */
  readonly doneMs: number | undefined;
}

/** Markdown: what comes back in which order, when, and against which objective. */
export function recoveryPlan(entry: Entry, workspace: Workspace): string {
  const steps = orderOf(entry, workspace);
  const wanted = entry.name ?? entry.file;
  const rows = steps.map((step, index) => {
    const { rtoMs } = step.entry ? objectivesOf(step.entry, workspace) : { rtoMs: undefined };
    const title = asText(dig(step.entry?.document.value, 'metadata', 'title')) ?? (step.entry ? '' : 'not found');
    const rto = rtoMs === undefined ? 'unknown' : formatDuration(rtoMs);
    const done = step.doneMs === undefined ? 'unknown' : formatDuration(step.doneMs);
    return `| ${index + 1} | ${step.name} | ${title.replaceAll('|', '\\|')} | ${step.before.join(', ')} | ${rto} | ${done} |`;
  });
  const last = steps.at(-1);
  const own = objectivesOf(entry, workspace).rtoMs;
  const verdict =
    last?.doneMs === undefined || own === undefined
      ? 'The time of the whole is unknown: a runbook on the way has no RTO.'
      : last.doneMs > own
        ? `With everything it depends on, ${wanted} takes ${formatDuration(last.doneMs)}: more than its RTO of ${formatDuration(own)}.`
        : `With everything it depends on, ${wanted} is back in ${formatDuration(last.doneMs)}, within its RTO of ${formatDuration(own)}.`;
  const edges = steps.flatMap((step) => step.before.map((other) => `  ${nodeOf(other)} --> ${nodeOf(step.name)}`));
  const nodes = steps.map((step) => `  ${nodeOf(step.name)}["${step.name.replaceAll('"', "'")}"]`);
  return [
    `# Recovery plan of ${wanted}`,
    '',
    verdict,
    '',
    '| | runbook | | after | RTO | back after |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    '```mermaid',
    'graph LR',
    ...nodes,
    ...edges,
    '```',
    '',
  ].join('\n');
}

/** What it depends on first, each once; a circle is cut where it closes. */
function orderOf(entry: Entry, workspace: Workspace): readonly Step[] {
  const done = new Map<string, Step>();
  const visit = (name: string, here: Entry | undefined, from: string, on: readonly string[]): void => {
    if (done.has(name) || on.includes(name) || on.length > 1000) return;
    const before = here ? asTexts(dig(here.document.value, 'restore', 'dependsOn')) : [];
    for (const other of before) {
      const resolution = workspace.resolve('Runbook', other, from);
      visit(other, resolution.state === 'found' ? resolution.entry : undefined, from, [...on, name]);
    }
    const own = here ? objectivesOf(here, workspace).rtoMs : undefined;
    const ends = before.map((other) => done.get(other)?.doneMs);
    const known = ends.filter((end) => end !== undefined);
    const doneMs = own === undefined || known.length < ends.length ? undefined : own + Math.max(0, ...known);
    done.set(name, { name, entry: here, before, doneMs });
  };
  visit(entry.name ?? entry.file, entry, entry.file, []);
  return [...done.values()];
}

function nodeOf(name: string): string {
  return name.replace(/[^A-Za-z0-9]/gu, '_');
}
