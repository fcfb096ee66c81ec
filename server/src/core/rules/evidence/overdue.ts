/** A layer of verification is overdue or has never been done, by the evidence. */
import { finished } from '../../recovery/cadence.ts';
import { cadenceIn } from '../cadenceView.ts';
import { formatDuration } from '../../values/duration.ts';
import { runbookRule } from '../say.ts';
import { classWords } from '../words.ts';
import { layerPath, layerWords, mendWords } from './layers.ts';

const DAY = 86_400_000;

export const overdue = runbookRule(
  { id: 'evidence/overdue', title: 'A layer of verification is overdue.' },
  (view, say, context) => {
    if (view.class?.value['verify'] === undefined) return;
    for (const layer of cadenceIn(context, view).layers) {
      if (layer.state !== 'never' && layer.state !== 'overdue') continue;
      const words = layerWords(view, layer);
      const since = layer.last && Math.floor((context.now - finished(layer.last)) / DAY) * DAY;
      const told =
        layer.last && since !== undefined
          ? `${words} last passed on ${layer.last.finishedAt.slice(0, 10)}, ${since === 0 ? 'less than a day' : formatDuration(since)} ago`
          : `${words} has never passed`;
      say(
        layerPath(view, layer),
        `${told}, but ${classWords(view)} asks for one every ${layer.every}: ${mendWords(view, layer)}.`,
        {
          at: 'key',
          expected: layer.every,
          ...(layer.last ? { actual: layer.last.finishedAt } : {}),
          data: { layer: layer.layer, ...(layer.dryRun === undefined ? {} : { dryRun: layer.dryRun }) },
        },
      );
    }
  },
);
