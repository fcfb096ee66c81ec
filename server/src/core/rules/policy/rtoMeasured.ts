/** The last restore that passed took longer than the RTO. */
import { cadenceIn } from '../cadenceView.ts';
import { runbookRule } from '../say.ts';
import { timeWords } from '../words.ts';

export const rtoMeasured = runbookRule(
  { id: 'policy/rto-measured', title: 'The last restore took longer than the RTO.' },
  (view, say, context) => {
    if (!view.rto || context.evidence.entries.length === 0) return;
    const last = cadenceIn(context, view).lastPass;
    const tookMs = last?.elapsedMs ?? last?.restoreMs;
    if (!last || tookMs === undefined || tookMs <= view.rto.ms) return;
    say(
      view.rto.from === 'runbook' ? ['restore', 'rto'] : ['restore', 'steps'],
      `The restore of ${last.finishedAt.slice(0, 10)} took ${timeWords(tookMs)}, longer than the RTO of ${view.rto.text}: make it faster, or accept a longer RTO.`,
      {
        at: view.rto.from === 'runbook' ? 'value' : 'key',
        expected: view.rto.text,
        actual: timeWords(tookMs),
        data: { evidence: last.id },
      },
    );
  },
);
