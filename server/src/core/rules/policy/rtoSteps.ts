/** The steps may take longer than the RTO, by their own timeouts and efforts along the critical path. */
import { stepPath } from '../../recovery/stepPath.ts';
import { runbookRule } from '../say.ts';
import { listWords, timeWords } from '../words.ts';

export const rtoSteps = runbookRule(
  { id: 'policy/rto-steps', title: 'The steps may take longer than the RTO.' },
  (view, say) => {
    if (!view.rto || view.steps.length === 0) return;
    // The longest chain is no longer than all steps one after another, and those mostly fit.
    const all = view.steps.reduce((total, step) => total + (step.timeoutMs ?? step.effortMs ?? 0), 0);
    if (all <= view.rto.ms) return;
    const path = stepPath(view.steps);
    if (path.ms <= view.rto.ms) return;
    say(
      view.rto.from === 'runbook' ? ['restore', 'rto'] : ['restore', 'steps'],
      `Steps ${listWords(path.steps)} may take ${timeWords(path.ms)} together, longer than the RTO of ${view.rto.text}: shorten their timeouts, run some side by side with needs, or accept a longer RTO.`,
      { at: view.rto.from === 'runbook' ? 'value' : 'key', expected: view.rto.text, actual: timeWords(path.ms) },
    );
  },
);
