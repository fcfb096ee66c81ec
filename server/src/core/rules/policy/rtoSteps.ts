/** The steps may take longer than the RTO: their timeouts and efforts along the critical path, and getting the backup out of an archive. */
import { retrievalOf, type Retrieval } from '../../recovery/retrieval.ts';
import { stepPath } from '../../recovery/stepPath.ts';
import { cadenceIn } from '../cadenceView.ts';
import { runbookRule } from '../say.ts';
import { listWords, timeWords } from '../words.ts';

export const rtoSteps = runbookRule(
  { id: 'policy/rto-steps', title: 'The steps may take longer than the RTO.' },
  (view, say, context) => {
    if (!view.rto) return;
    const observed = context.evidence.entries.length === 0 ? [] : cadenceIn(context, view).measured;
    const retrieval = retrievalOf(view, observed);
    const waitMs = retrieval?.ms ?? 0;
    // The longest chain is no longer than all steps one after another, and those mostly fit.
    const all = view.steps.reduce((total, step) => total + (step.timeoutMs ?? step.effortMs ?? 0), 0);
    if (all + waitMs <= view.rto.ms) return;
    const path = stepPath(view.steps);
    const ms = path.ms + waitMs;
    if (ms <= view.rto.ms) return;
    const steps = `Steps ${listWords(path.steps)} may take ${timeWords(path.ms)} together`;
    const opening = retrieval && openingWords(retrieval);
    const message =
      opening === undefined
        ? `${steps}, longer than the RTO of ${view.rto.text}: shorten their timeouts, run some side by side with needs, or accept a longer RTO.`
        : path.ms > 0
          ? `${steps} after ${opening}, longer than the RTO of ${view.rto.text}: keep the newest backup where it can be read at once, or accept a longer RTO.`
          : `It may take ${opening} before anything is restored, longer than the RTO of ${view.rto.text}: keep the newest backup where it can be read at once, or accept a longer RTO.`;
    const own = view.rto.from === 'runbook';
    say(own ? ['restore', 'rto'] : view.steps.length > 0 ? ['restore', 'steps'] : ['restore'], message, {
      at: own ? 'value' : 'key',
      expected: view.rto.text,
      actual: timeWords(ms),
    });
  },
);

function openingWords({ backup, ms, from }: Retrieval): string {
  return `${timeWords(ms)} to get ${backup} ${from === undefined ? 'to hand' : `out of ${from}`}`;
}
