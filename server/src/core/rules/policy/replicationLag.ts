/** A replica may be further behind than the RPO allows. */
import { boundedDurationOf } from '../read.ts';
import { runbookRule } from '../say.ts';
import { lagWords } from '../words.ts';
import { strategyPath } from './strategy.ts';

export const replicationLag = runbookRule(
  { id: 'policy/replication-lag', title: 'The replica may be further behind than the RPO allows.' },
  (view, say) => {
    if (!view.replication || !view.rpo) return;
    const lag = view.value['lag'];
    const lagMs = boundedDurationOf(lag);
    if (lag === undefined) {
      say(
        strategyPath(view),
        `Runbook ${view.name} relies on replication and says no lag, so nothing tells whether the RPO of ${view.rpo.text} holds: add how far the replica may be behind.`,
        { expected: `<=${view.rpo.text}` },
      );
    } else if (lagMs !== undefined && lagMs > view.rpo.ms) {
      say(
        ['lag'],
        `The replica may be ${lagWords(lag)} behind, more than the RPO of ${view.rpo.text}: hold it closer, or accept a longer RPO.`,
        { expected: view.rpo.text, actual: lag },
      );
    }
  },
);
