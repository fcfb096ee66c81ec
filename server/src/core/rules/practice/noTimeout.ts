/** A scripted step without a timeout: it may hang for as long as the RTO, and longer. */
import { opinion } from '../say.ts';

export const noTimeout = opinion({ id: 'practice/no-timeout', title: 'A step has no timeout.' }, (view, say) => {
  for (const step of view.steps) {
    if (step.run === undefined || step.value['timeout'] !== undefined) continue;
    const rto = view.rto === undefined ? '' : ` of the ${view.rto.text} that the RTO gives`;
    say(
      [...step.path, 'run'],
      `Step ${step.title} has no timeout, so it may hang unseen: add timeout with what it may take${rto}.`,
    );
  }
});
