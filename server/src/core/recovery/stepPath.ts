/** How long the steps of a restore take at most: the critical path over their timeouts and efforts. */
import type { StepView } from '../rules/runbookView.ts';

export interface StepPath {
  /** Milliseconds along the longest chain of steps; untimed steps count as nothing. */
  readonly ms: number;
  /** Titles of the steps on it, in order. */
  readonly steps: readonly string[];
  /** Titles of all steps that say neither timeout nor effort. */
  readonly untimed: readonly string[];
}

/** A step waits for those that it `needs`, else for the one before it. A run counts its timeout, a manual step its effort. */
export function stepPath(steps: readonly StepView[]): StepPath {
  const known = new Map<StepView, { readonly ms: number; readonly steps: readonly string[] }>();
  const byId = new Map(steps.flatMap((step) => (step.id === undefined ? [] : [[step.id, step] as const])));
  const visiting = new Set<StepView>();
  const pathTo = (step: StepView): { readonly ms: number; readonly steps: readonly string[] } => {
    const done = known.get(step);
    if (done) return done;
    if (visiting.has(step)) return { ms: 0, steps: [] };
    visiting.add(step);
    const before = step.needs
      ? step.needs.flatMap((id) => byId.get(id) ?? [])
      : steps.slice(Math.max(0, step.index - 1), step.index);
    let longest: { readonly ms: number; readonly steps: readonly string[] } = { ms: 0, steps: [] };
    for (const each of before) {
      const path = each === step ? longest : pathTo(each);
      if (path.ms > longest.ms) longest = path;
    }
    visiting.delete(step);
    const own = ownTime(step) ?? 0;
    const made = { ms: longest.ms + own, steps: own > 0 ? [...longest.steps, step.title] : longest.steps };
    known.set(step, made);
    return made;
  };
  let longest: { readonly ms: number; readonly steps: readonly string[] } = { ms: 0, steps: [] };
  for (const step of steps) {
    const path = pathTo(step);
    if (path.ms > longest.ms) longest = path;
  }
  return { ...longest, untimed: steps.filter((step) => ownTime(step) === undefined).map((step) => step.title) };
}

function ownTime(step: StepView): number | undefined {
  return step.timeoutMs ?? step.effortMs;
}
