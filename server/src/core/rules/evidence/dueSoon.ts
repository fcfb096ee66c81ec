/** A layer of verification is due before long: while it is, there is time to plan it. */
import { cadenceIn } from '../cadenceView.ts';
import { runbookRule } from '../say.ts';
import { layerPath, layerWords, mendWords } from './layers.ts';

export const dueSoon = runbookRule(
  { id: 'evidence/due-soon', severity: 'information', title: 'A layer of verification is due soon.' },
  (view, say, context) => {
    if (view.class?.value['verify'] === undefined || context.evidence.entries.length === 0) return;
    for (const layer of cadenceIn(context, view).layers) {
      if (layer.state !== 'due-soon' || layer.dueAt === undefined) continue;
      say(
        layerPath(view, layer),
        `${layerWords(view, layer)} is due again by ${new Date(layer.dueAt).toISOString().slice(0, 10)}: ${mendWords(view, layer)}.`,
        { at: 'key', data: { layer: layer.layer, dueAt: new Date(layer.dueAt).toISOString() } },
      );
    }
  },
);
