/** The last restore that passed took longer than the RTO. */
import { cadenceIn } from '../cadenceView.ts';
import { runbookRule } from '../say.ts';
import { timeWords } from '../words.ts';

export const rtoMeasured = runbookRule(
  { id: 'policy/rto-measured', title: 'The last restore or drill took longer than the RTO.' },
  (view, say, context) => {
    if (!view.rto || context.evidence.entries.length === 0) return;
    const [slowest] = cadenceIn(context, view)
      .measured.map((record) => ({ record, tookMs: record.elapsedMs ?? record.restoreMs ?? 0 }))
      .sort((one, other) => other.tookMs - one.tookMs);
    if (!slowest || slowest.tookMs <= view.rto.ms) return;
    const { record: last, tookMs } = slowest;
    say(
      view.rto.from === 'runbook' ? ['restore', 'rto'] : ['restore', 'steps'],
      `The ${last.level === 5 ? 'drill' : 'restore'} of ${last.finishedAt.slice(0, 10)} took ${timeWords(tookMs)}, longer than the RTO of ${view.rto.text}: make it faster, or accept a longer RTO.`,
      {
        at: view.rto.from === 'runbook' ? 'value' : 'key',
        expected: view.rto.text,
        actual: timeWords(tookMs),
        data: { evidence: last.id },
      },
    );
  },
);
