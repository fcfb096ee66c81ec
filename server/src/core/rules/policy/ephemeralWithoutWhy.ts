/** A class is held to less and nobody says why: the exception outlives its reason. */
import { namedMaps, textOf } from '../read.ts';
import { policyDocumentRule } from '../say.ts';

export const ephemeralWithoutWhy = policyDocumentRule(
  { id: 'policy/ephemeral-without-why', title: 'A class is ephemeral and does not say why.' },
  ({ entry }, say) => {
    for (const [name, each] of namedMaps((entry.document.value as { readonly classes?: unknown } | null)?.classes)) {
      if (each['ephemeral'] !== true || textOf(each['why']) !== undefined) continue;
      say(
        ['classes', name, 'ephemeral'],
        `Class ${name} is ephemeral and does not say why: add why, in words that can turn out wrong, such as "rebuilt from events in an hour".`,
      );
    }
  },
);
