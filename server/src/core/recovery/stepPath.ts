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

/** A chain by its last step: copied only at the end, because thousands of steps make thousands of chains. */
interface Chain {
  readonly ms: number;
  readonly title?: string;
  readonly before?: Chain;
}
const EMPTY: Chain = { ms: 0 };

/** A step waits for those that it `needs`, else for the one before it. A run counts its timeout, a manual step its effort. */
export function stepPath(steps: readonly StepView[]): StepPath {
  const known = new Map<StepView, Chain>();
  const byId = new Map(steps.flatMap((step) => (step.id === undefined ? [] : [[step.id, step] as const])));
  const visiting = new Set<StepView>();
  const pathTo = (step: StepView): Chain => {
    const done = known.get(step);
    if (done) return done;
    if (visiting.has(step)) return EMPTY;
    visiting.add(step);
    const before = step.needs
      ? step.needs.flatMap((id) => byId.get(id) ?? [])
      : steps.slice(Math.max(0, step.index - 1), step.index);
    let longest = EMPTY;
    for (const each of before) {
      const path = each === step ? longest : pathTo(each);
      if (path.ms > longest.ms) longest = path;
    }
    visiting.delete(step);
    const own = ownTime(step) ?? 0;
    const made: Chain = own > 0 ? { ms: longest.ms + own, title: step.title, before: longest } : longest;
    known.set(step, made);
    return made;
  };
  let longest = EMPTY;
  for (const step of steps) {
    const path = pathTo(step);
    if (path.ms > longest.ms) longest = path;
  }
  return {
    ms: longest.ms,
    steps: titlesOf(longest),
    untimed: steps.filter((step) => ownTime(step) === undefined).map((step) => step.title),
  };
}

function titlesOf(chain: Chain): readonly string[] {
  const titles: string[] = [];
  for (let each: Chain | undefined = chain; each; each = each.before)
    if (each.title !== undefined) titles.push(each.title);
  return titles.reverse();
}

function ownTime(step: StepView): number | undefined {
  return step.timeoutMs ?? step.effortMs;
}
